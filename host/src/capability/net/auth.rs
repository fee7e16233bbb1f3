//! What the host adds to a request, so that the connector never holds the credentials.

use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::sigv4::{self, Keys, Signable};
use super::{Auth, NetError};
use crate::capability::vault::Vault;

/// A header of a request that is about to leave.
pub(super) type Header = (String, Zeroizing<String>);

/// The headers to add to `request`, whose sealed parts are filled in already.
pub(super) fn headers(
    auth: &Auth,
    request: &Signable<'_>,
    vault: &Vault,
    now: SystemTime,
) -> Result<Vec<Header>, NetError> {
    let authorization = |value: String| vec![("authorization".to_owned(), Zeroizing::new(value))];
    match auth {
        Auth::None => Ok(Vec::new()),
        Auth::Basic { username, password } => {
            if username.contains(':') || username.chars().any(char::is_control) {
                return Err(NetError::Denied(
                    "the `username` of the target's `auth` holds a colon".to_owned(),
                ));
            }
            let password = named(vault, password)?;
            let pair = Zeroizing::new(format!("{username}:{}", &*password));
            Ok(authorization(format!("Basic {}", STANDARD.encode(pair.as_bytes()))))
        }
        Auth::Bearer { token } => {
            let token = named(vault, token)?;
            Ok(authorization(format!("Bearer {}", &*token)))
        }
        Auth::Header { name, value } => Ok(vec![(name.to_ascii_lowercase(), named(vault, value)?)]),
        Auth::AwsSigv4 { region, service, access_key_id, secret_access_key, session_token } => {
            let keys = Keys {
                region,
                service,
                access_key_id: named(vault, access_key_id)?,
                secret_access_key: named(vault, secret_access_key)?,
                session_token: session_token.as_ref().map(|name| named(vault, name)).transpose()?,
            };
            sigv4::sign(request, &keys, now)
        }
    }
}

/// One of the target's secrets as text that can stand in a header.
fn named(vault: &Vault, name: &str) -> Result<Zeroizing<String>, NetError> {
    let secret = vault.named(name).ok_or_else(|| {
        NetError::Denied(format!("the target's `auth` names the secret `{name}`, which it does not have"))
    })?;
    let text = str::from_utf8(secret.expose()).ok().filter(|text| !text.chars().any(char::is_control));
    text.map(|text| Zeroizing::new(text.to_owned())).ok_or_else(|| {
        NetError::Denied(format!(
            "the secret `{name}` holds a line break or other bytes that cannot stand in a header"
        ))
    })
}
