//! OAuth 2.0 client credentials, RFC 6749, section 4.4: Microsoft Entra ID and whoever else speaks it.

use std::path::PathBuf;

use super::caller::{Caller, Loopback, Place, TokenUrl};
use super::fixed::named;
use super::tokens::Issued;
use crate::capability::net::NetError;

/// A client with a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientCredentials {
    /// Where tokens are issued.
    pub token_url: TokenUrl,
    /// The client's id itself.
    pub client_id: String,
    /// Name of the secret.
    pub client_secret: String,
    /// What the token is for.
    pub scope: String,
    /// Whom it is for, where the issuer asks that.
    pub audience: Option<String>,
    /// Roots for the issuer's own certificate.
    pub ca: Option<PathBuf>,
    /// In the issuer's place.
    pub endpoint: Option<Loopback>,
}

pub(super) async fn token(client: &ClientCredentials, caller: &Caller<'_>) -> Result<Issued, NetError> {
    let secret = named(caller.vault, &client.client_secret)?;
    let mut form = vec![
        ("grant_type", "client_credentials"),
        ("client_id", &client.client_id),
        ("client_secret", &secret),
        ("scope", &client.scope),
    ];
    if let Some(audience) = &client.audience {
        form.push(("audience", audience));
    }
    let place = Place::public(&client.token_url, client.ca.as_deref()).or(client.endpoint.as_ref());
    caller.post(&place, &form).await?.bearer(caller, &[])
}
