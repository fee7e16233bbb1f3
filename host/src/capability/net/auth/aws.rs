//! Where the keys of an AWS signature come from: one file a source, all of them the operator's choice. There is no
//! chain that falls through from one to the next, for nobody would know as whom the host acts.

mod container;
mod environment;
mod instance;
mod profile;
mod session;
mod web_identity;

use std::path::PathBuf;

use super::Credentials;
use super::caller::{Caller, Loopback};
use super::fixed::named;
use super::tokens::Issued;
use crate::capability::net::NetError;
use crate::capability::net::sigv4::{Keys, Signer};

/// Who signs, and for where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signing {
    /// The region itself.
    pub region: String,
    /// The services themselves, for example `acm`. The connector may choose one of them for each request.
    pub services: Vec<String>,
    /// Where the keys come from.
    pub credentials: Source,
    /// In the issuer's place.
    pub endpoint: Option<Loopback>,
}

/// Where the keys come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The target's secrets.
    Static {
        /// Name of the secret.
        access_key_id: String,
        /// Name of the secret.
        secret_access_key: String,
        /// Name of the secret, for temporary credentials.
        session_token: Option<String>,
    },
    /// `AWS_ACCESS_KEY_ID` and its like, of the host itself.
    Environment,
    /// A profile of a credentials file.
    Profile {
        /// The profile's name.
        profile: String,
        /// The file, if not the one of AWS's own tools.
        file: Option<PathBuf>,
    },
    /// A role, for the token of a Kubernetes service account or another OpenID identity.
    WebIdentity {
        /// The role, if not `AWS_ROLE_ARN`.
        role_arn: Option<String>,
        /// The token's file, if not `AWS_WEB_IDENTITY_TOKEN_FILE`.
        token_file: Option<PathBuf>,
    },
    /// The role of an ECS task or of an EKS pod.
    Container,
    /// The role of an EC2 instance.
    Instance,
}

/// The signer's keys.
pub(super) async fn keys(signing: &Signing, caller: &Caller<'_>) -> Result<Issued, NetError> {
    let endpoint = signing.endpoint.as_ref();
    let (keys, end) = match &signing.credentials {
        Source::Static { access_key_id, secret_access_key, session_token } => {
            let keys = Keys {
                access_key_id: named(caller.vault, access_key_id)?,
                secret_access_key: named(caller.vault, secret_access_key)?,
                session_token: session_token.as_ref().map(|name| named(caller.vault, name)).transpose()?,
            };
            (keys, None)
        }
        Source::Environment => (environment::keys(caller)?, None),
        Source::Profile { profile, file } => (profile::keys(profile, file.as_deref(), caller)?, None),
        Source::WebIdentity { role_arn, token_file } => {
            let who = web_identity::Who::new(role_arn.as_deref(), token_file.as_deref(), caller)?;
            web_identity::keys(&who, &signing.region, endpoint, caller).await?
        }
        Source::Container => container::keys(endpoint, caller).await?,
        Source::Instance => instance::keys(endpoint, caller).await?,
    };
    let signer = Signer { region: signing.region.clone(), services: signing.services.clone(), keys };
    Ok(Issued { credentials: Credentials::Aws(signer), end })
}

/// A variable of the host's own environment that must be there.
fn required(caller: &Caller<'_>, name: &str) -> Result<String, NetError> {
    (caller.variable)(name).ok_or_else(|| {
        NetError::Denied(format!(
            "the host's environment has no {name}, which the `credentials` of the target's `auth` need"
        ))
    })
}
