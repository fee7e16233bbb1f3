//! The token of the pod that the host runs in.

use std::path::Path;

use zeroize::Zeroizing;

use super::Credentials;
use crate::capability::net::NetError;

/// Where the kubelet puts it.
pub const TOKEN_FILE: &str = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/// The file's token as it is now: the kubelet writes a new one long before the old one ends.
pub(super) fn token(file: &Path) -> Result<Credentials, NetError> {
    let bytes = std::fs::read(file).map(Zeroizing::new).map_err(|error| {
        NetError::Denied(format!(
            "the token's file {} cannot be read: {error}; outside of a pod use another kind of `auth`",
            file.display()
        ))
    })?;
    let text = str::from_utf8(&bytes).unwrap_or_default().trim();
    Credentials::bearer(text, &format!("the content of {}", file.display()))
}
