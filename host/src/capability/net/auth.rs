//! What the host adds to a request, so that the connector never holds the credentials.
//!
//! | file                                            | what it does                                           |
//! |-------------------------------------------------|--------------------------------------------------------|
//! | `session`                                       | the credentials of one deployment, renewed in time     |
//! | `tokens`                                        | a target's token between deployments                   |
//! | `caller`                                        | the host's own requests, to where tokens are issued    |
//! | `reply`                                         | what came back: a token, or whose fault it is          |
//! | `fixed`                                         | `basic`, `bearer`, `header`: secrets as they are       |
//! | `oauth2`, `azure`, `gcp`, `gcp_metadata`, `aws` | one issuer each                                        |
//! | `kubernetes`, `kubeconfig`                      | a cluster's token in a file, or its whole kubeconfig   |

pub mod aws;
pub mod azure;
mod caller;
mod credentials;
mod fixed;
pub mod gcp;
pub mod gcp_metadata;
pub(super) mod kubeconfig;
mod kubernetes;
pub mod oauth2;
mod reply;
mod session;
#[cfg(test)]
mod tests;
mod tokens;

use std::path::PathBuf;

pub use caller::{Loopback, TokenUrl};
pub use kubernetes::TOKEN_FILE;
pub use tokens::Tokens;

pub(super) use credentials::{Credentials, Header};
pub(super) use session::Session;

/// What the host adds to each request. The fields that name secrets hold names in the target's `secrets`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Auth {
    /// Nothing.
    None,
    /// RFC 7617.
    Basic {
        /// The user's name itself.
        username: String,
        /// Name of the secret.
        password: String,
    },
    /// RFC 6750.
    Bearer {
        /// Name of the secret.
        token: String,
    },
    /// One header whose value is a secret.
    Header {
        /// The header's name itself.
        name: String,
        /// Name of the secret.
        value: String,
    },
    /// AWS Signature Version 4, over the request as it is sent.
    AwsSigv4(aws::Signing),
    /// RFC 6749, section 4.4.
    ClientCredentials(oauth2::ClientCredentials),
    /// The identity that Azure gave the machine.
    ManagedIdentity(azure::ManagedIdentity),
    /// RFC 7523 with the key of a Google service account.
    ServiceAccount(gcp::ServiceAccount),
    /// The service account that Google gave the machine.
    GcpMetadata(gcp_metadata::Account),
    /// The token of the pod that the host runs in.
    KubernetesToken {
        /// Where it lies. It is read for each request, as it rotates.
        file: PathBuf,
    },
    /// Token or client certificate of a kubeconfig.
    Kubeconfig {
        /// Name of the secret that is the kubeconfig.
        kubeconfig: String,
    },
}

/// Headers that a signature is made with.
const OF_THE_SIGNATURE: [&str; 4] =
    ["authorization", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256"];

impl Auth {
    /// Whether the host itself sets this header, whose name is in lower case.
    pub(super) fn sets(&self, header: &str) -> bool {
        match self {
            Self::None => false,
            Self::Header { name, .. } => header.eq_ignore_ascii_case(name),
            Self::AwsSigv4(_) => OF_THE_SIGNATURE.contains(&header),
            _ => header == "authorization",
        }
    }
}
