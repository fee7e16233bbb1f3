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

/// A connector that can take back what it told its target over the network. Files and commands the host takes back
/// by itself; a connector that does nothing else needs none of this.
///
/// Before each request that changes something, [`Connection::on_rollback`](crate::Connection::on_rollback) notes what will
/// be needed; `export!(It, reversible)` makes the component.
///
/// ```
/// # use lastmile_sdk::*;
/// # struct It;
/// # impl Connector for It {
/// #     fn name() -> &'static str { "it" }
/// #     fn capabilities(_: &str) -> Result<Vec<Capability>, Vec<Problem>> {
/// #         Ok(vec![Capability::NetDial(API.into())])
/// #     }
/// #     fn deploy<S: Sandbox>(sandbox: &mut S, deployment: &Deployment) -> Result<Receipt, Failure> {
/// #         let mut api = sandbox.dial(API)?;
/// #         let old = text(api.request(&call("GET", "/active", "")));
/// #         api.on_rollback(&old)?;
/// #         api.request(&call("PUT", "/active", &deployment.certificate.fingerprint))?;
/// #         Ok(Receipt { changed: true, reference: String::new(), note: String::new() })
/// #     }
/// # }
/// # const API: &str = "https://it.example";
/// # fn text(answer: Result<Response, NetError>) -> String { String::from_utf8(answer.unwrap().body).unwrap() }
/// # fn call(method: &str, path: &str, body: &str) -> Request {
/// #     Request { method: method.into(), path: path.into(), headers: vec![], body: vec![document::text(body)], timeout_ms: None }
/// # }
/// impl Reversible for It {
///     fn rollback<S: Sandbox>(
///         sandbox: &mut S,
///         deployment: &Deployment,
///         notes: &[String],
///     ) -> Result<(), Failure> {
///         let mut api = sandbox.dial(API)?;
///         for old in notes {
///             // Only what this deployment put there is taken back.
///             if text(api.request(&call("GET", "/active", ""))) == deployment.certificate.fingerprint {
///                 api.request(&call("PUT", "/active", old))?;
///             }
///         }
///         Ok(())
///     }
/// }
///
/// let mut sandbox = testing::Double::granting(It::capabilities("{}").unwrap());
/// let deployment = testing::deployment("{}");
/// sandbox.answer(200, "old");
/// sandbox.answer(200, "");
/// It::deploy(&mut sandbox, &deployment).unwrap();
/// assert_eq!(*sandbox.notes.borrow(), ["old"]);
///
/// sandbox.answer(200, &deployment.certificate.fingerprint);
/// sandbox.answer(200, "");
/// sandbox.roll_back::<It>(&deployment).unwrap();
/// assert_eq!(sandbox.requests.borrow().last().unwrap().body, "old");
/// ```
pub trait Reversible: Connector {
    /// Brings the target back to where it was. `deployment` is what [`Connector::deploy`] was told, without a private key;
    /// `notes` are newest first, and each says what was about to happen, not that it did. Only the network is open,
    /// and of the sealed parts only the target's own secrets.
    ///
    /// It may be cut anywhere and called again: it looks before it changes, and what is back already is a success.
    ///
    /// # Errors
    ///
    /// After `unavailable` and `uncertain` the host tries again later; other failures are final.
    fn rollback<S: Sandbox>(
        sandbox: &mut S,
        deployment: &Deployment,
        notes: &[String],
    ) -> Result<(), Failure>;
}

/// Makes a component of a type that implements [`Connector`]; with `, reversible` behind it, of one that implements
/// [`Reversible`] as well.
#[macro_export]
macro_rules! export {
    ($connector:ty) => {
        $crate::export!(@ $connector, $crate::plain::export, {});
    };
    ($connector:ty, reversible) => {
        $crate::export!(@ $connector, $crate::bindings::export, {
            impl $crate::bindings::exports::lastmile::connector::rollback::Guest for Exported {
                fn rollback(
                    deployment: $crate::Deployment,
                    notes: ::alloc::vec::Vec<::alloc::string::String>,
                ) -> Result<(), $crate::Failure> {
                    <$connector as $crate::Reversible>::rollback(&mut $crate::Host, &deployment, &notes)
                }
            }
        });
    };
    (@ $connector:ty, $($export:ident)::+, { $($more:tt)* }) => {
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

            $($more)*

            $($export)::+!(Exported with_types_in $crate::bindings);
        };
    };
}
