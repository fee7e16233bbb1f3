//! A whole connector of this shape: its configuration and its work.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use crate::http::answer::Answer;
use crate::http::api::Api;
use crate::http::verdict::Judged;
use crate::{Capability, Connection, Deployment, Failure, Problem, Receipt, Sandbox};

/// One target as its configuration describes it, and what is done there. [`http_connector!`](crate::http_connector) makes a
/// connector of the type: it declares the endpoint, dials it, and gives the work an [`Api`].
pub trait Target: Sized {
    /// The connector's name, as in its file's name.
    const NAME: &'static str;

    /// Reads a configuration (a JSON object).
    ///
    /// # Errors
    ///
    /// Every problem of the configuration at once.
    fn parse(config: &str) -> Result<Self, Vec<Problem>>;

    /// Where the API is, `https://host:port`.
    fn endpoint(&self) -> &str;

    /// What an answer means: by its status, unless the vendor says more.
    fn judge(answer: &Answer) -> Judged {
        answer.by_status().into()
    }

    /// Brings the target to hold the certificate. The same deployment again must change nothing.
    ///
    /// # Errors
    ///
    /// The failure says who is at fault.
    fn bring<C: Connection>(&self, api: &mut Api<C>, deployment: &Deployment) -> Result<Receipt, Failure>;

    /// The fingerprint that the target serves now, if it can tell.
    ///
    /// # Errors
    ///
    /// As [`Target::bring`].
    fn served<C: Connection>(&self, _: &mut Api<C>, _: &Deployment) -> Result<Option<String>, Failure> {
        Ok(None)
    }

    /// Brings the target back to where it was: for `http_connector!(It, reversible)`, see
    /// [`Reversible::rollback`](crate::Reversible::rollback). `notes` are those of [`Api::note`], newest first.
    ///
    /// # Errors
    ///
    /// As [`Target::bring`].
    fn take_back<C: Connection>(&self, _: &mut Api<C>, _: &Deployment, _: &[String]) -> Result<(), Failure> {
        Ok(())
    }
}

/// What a target with this configuration needs: its endpoint.
///
/// # Errors
///
/// Those of [`Target::parse`].
pub fn capabilities<T: Target>(config: &str) -> Result<Vec<Capability>, Vec<Problem>> {
    Ok(vec![Capability::NetDial(T::parse(config)?.endpoint().into())])
}

/// Does one of a target's works on its dialled API.
///
/// # Errors
///
/// Those of the configuration, of the door, and of the work.
pub fn on<T: Target, S: Sandbox, R>(
    sandbox: &mut S,
    deployment: &Deployment,
    work: impl FnOnce(&T, &mut Api<S::Connection>) -> Result<R, Failure>,
) -> Result<R, Failure> {
    let target = T::parse(&deployment.config).map_err(Failure::Misconfigured)?;
    let mut api = Api::new(sandbox.dial(target.endpoint())?).judged_by(T::judge);
    work(&target, &mut api)
}

/// Makes a connector, and a component, of a type that implements [`Target`](crate::http::Target); with `, reversible` behind
/// it, of one that [takes back](crate::http::Target::take_back) as well.
#[macro_export]
macro_rules! http_connector {
    ($target:ty) => {
        $crate::http_connector!(@ $target);
        $crate::export!($target);
    };
    ($target:ty, reversible) => {
        $crate::http_connector!(@ $target);
        impl $crate::Reversible for $target {
            fn rollback<S: $crate::Sandbox>(
                sandbox: &mut S,
                deployment: &$crate::Deployment,
                notes: &[::alloc::string::String],
            ) -> Result<(), $crate::Failure> {
                $crate::http::target::on(sandbox, deployment, |target: &Self, api| {
                    $crate::http::Target::take_back(target, api, deployment, notes)
                })
            }
        }
        $crate::export!($target, reversible);
    };
    (@ $target:ty) => {
        impl $crate::Connector for $target {
            fn name() -> &'static str {
                <Self as $crate::http::Target>::NAME
            }
            fn capabilities(
                config: &str,
            ) -> Result<::alloc::vec::Vec<$crate::Capability>, ::alloc::vec::Vec<$crate::Problem>> {
                $crate::http::target::capabilities::<Self>(config)
            }
            fn deploy<S: $crate::Sandbox>(
                sandbox: &mut S,
                deployment: &$crate::Deployment,
            ) -> Result<$crate::Receipt, $crate::Failure> {
                $crate::http::target::on(sandbox, deployment, |target: &Self, api| {
                    $crate::http::Target::bring(target, api, deployment)
                })
            }
            fn observe<S: $crate::Sandbox>(
                sandbox: &mut S,
                deployment: &$crate::Deployment,
            ) -> Result<Option<::alloc::string::String>, $crate::Failure> {
                $crate::http::target::on(sandbox, deployment, |target: &Self, api| {
                    $crate::http::Target::served(target, api, deployment)
                })
            }
        }
    };
}
