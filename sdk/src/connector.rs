//! What a connector is.

use alloc::string::String;
use alloc::vec::Vec;

use crate::{Capability, Deployment, Failure, Problem, Receipt, Sandbox};

/// One kind of target.
///
/// The sandbox is a type parameter, never a trait object: a door that the code does not reach is then left
/// out of the component, and the operator sees in its imports what it can do at most.
pub trait Connector {
    /// The connector's name, as in its file's name.
    fn name() -> &'static str;

    /// What a target with this configuration (a JSON object) needs, and no more.
    ///
    /// # Errors
    ///
    /// Every problem of the configuration at once.
    fn capabilities(config: &str) -> Result<Vec<Capability>, Vec<Problem>>;

    /// Brings the target to hold the certificate. The same deployment again must change nothing.
    ///
    /// # Errors
    ///
    /// The failure says who is at fault; the host then undoes what was written.
    fn deploy<S: Sandbox>(sandbox: &mut S, deployment: &Deployment) -> Result<Receipt, Failure>;

    /// The fingerprint that the target serves now, if the target can tell.
    ///
    /// # Errors
    ///
    /// As [`Connector::deploy`].
    fn observe<S: Sandbox>(_: &mut S, _: &Deployment) -> Result<Option<String>, Failure> {
        Ok(None)
    }
}

/// Makes a component of a type that implements [`Connector`].
#[macro_export]
macro_rules! export {
    ($connector:ty) => {
        // Natively there is nothing to export, and a test binary could not link the names.
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            struct Exported;

            impl $crate::bindings::exports::lastmile::connector::connector::Guest for Exported {
                fn name() -> ::alloc::string::String {
                    <$connector as $crate::Connector>::name().into()
                }
                fn capabilities(
                    config: ::alloc::string::String,
                ) -> Result<::alloc::vec::Vec<$crate::Capability>, ::alloc::vec::Vec<$crate::Problem>>
                {
                    <$connector as $crate::Connector>::capabilities(&config)
                }
                fn deploy(deployment: $crate::Deployment) -> Result<$crate::Receipt, $crate::Failure> {
                    <$connector as $crate::Connector>::deploy(&mut $crate::Host, &deployment)
                }
                fn observe(
                    deployment: $crate::Deployment,
                ) -> Result<Option<::alloc::string::String>, $crate::Failure> {
                    <$connector as $crate::Connector>::observe(&mut $crate::Host, &deployment)
                }
            }

    $crate::bindings::export!(Exported with_types_in $crate::bindings);
        };
    };
}
