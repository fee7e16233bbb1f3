//! The service account that Google gave the machine, by its metadata service.

use std::net::Ipv4Addr;

use super::caller::{Caller, Loopback, Place, query};
use super::tokens::Issued;
use crate::capability::net::NetError;

/// What `metadata.google.internal` leads to. It is not resolved: whoever answers for DNS must not get a say.
const ADDRESS: Ipv4Addr = Ipv4Addr::new(169, 254, 169, 254);
const HOST: &str = "metadata.google.internal";

/// One of the machine's accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its e-mail address, or `default`.
    pub account: String,
    /// Other scopes than the machine's own.
    pub scope: Option<String>,
    /// In the metadata service's place.
    pub endpoint: Option<Loopback>,
}

pub(super) async fn token(account: &Account, caller: &Caller<'_>) -> Result<Issued, NetError> {
    let path = format!("/computeMetadata/v1/instance/service-accounts/{}/token", account.account);
    // Several scopes are parted by commas here, by spaces everywhere else.
    let scopes = account.scope.as_ref().map(|scope| scope.split_whitespace().collect::<Vec<_>>().join(","));
    let asked: Vec<_> = scopes.iter().map(|scopes| ("scopes", scopes.as_str())).collect();
    let place = Place::metadata(HOST, ADDRESS, query(&path, &asked)).or(account.endpoint.as_ref());
    caller.get(&place, &[("metadata-flavor", "Google")]).await?.bearer(caller, &[])
}
