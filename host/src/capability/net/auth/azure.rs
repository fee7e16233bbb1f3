//! Azure's managed identities: the metadata service of a virtual machine, or that of App Service.

use std::net::Ipv4Addr;

use super::caller::{Caller, Loopback, Place, query, split};
use super::tokens::Issued;
use crate::capability::net::NetError;

/// Where every virtual machine of Azure finds it.
const ADDRESS: Ipv4Addr = Ipv4Addr::new(169, 254, 169, 254);
/// Answers of a service that is being updated or has no time.
const AGAIN: [u16; 4] = [404, 408, 410, 429];

/// The machine's own identity, or one of several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManagedIdentity {
    /// What the token is for.
    pub resource: String,
    /// Which of several identities; none for the machine's only one.
    pub client_id: Option<String>,
    /// In the metadata service's place.
    pub endpoint: Option<Loopback>,
}

pub(super) async fn token(identity: &ManagedIdentity, caller: &Caller<'_>) -> Result<Issued, NetError> {
    if let (Some(url), Some(header)) =
        ((caller.variable)("IDENTITY_ENDPOINT"), (caller.variable)("IDENTITY_HEADER"))
    {
        return app_service(identity, &url, &header, caller).await;
    }
    let path = query("/metadata/identity/oauth2/token", &asked("2018-02-01", identity));
    let place = Place::metadata(&ADDRESS.to_string(), ADDRESS, path).or(identity.endpoint.as_ref());
    caller.get(&place, &[("metadata", "true")]).await?.bearer(caller, &AGAIN)
}

/// App Service tells its programs where it answers, on their own machine, and what proves that they are its own.
async fn app_service(
    identity: &ManagedIdentity,
    url: &str,
    header: &str,
    caller: &Caller<'_>,
) -> Result<Issued, NetError> {
    let (origin, path) = split(url);
    let loopback: Loopback = origin.parse().map_err(|fault| {
        NetError::Denied(format!(
            "the variable IDENTITY_ENDPOINT leads elsewhere than App Service does: {fault}"
        ))
    })?;
    caller.vault.learn(header.as_bytes());
    let path = if path.is_empty() { "/" } else { path };
    let place = Place::loopback(&loopback, query(path, &asked("2019-08-01", identity)));
    caller.get(&place, &[("x-identity-header", header)]).await?.bearer(caller, &AGAIN)
}

fn asked<'a>(version: &'a str, identity: &'a ManagedIdentity) -> Vec<(&'a str, &'a str)> {
    let mut asked = vec![("api-version", version), ("resource", identity.resource.as_str())];
    if let Some(client) = &identity.client_id {
        asked.push(("client_id", client));
    }
    asked
}
