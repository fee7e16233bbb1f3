//! `basic`, `bearer` and `header`: the target's secrets as they are.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::Credentials;
use crate::capability::net::NetError;
use crate::capability::vault::Vault;

pub(super) fn basic(username: &str, password: &str, vault: &Vault) -> Result<Credentials, NetError> {
    if username.contains(':') || username.chars().any(char::is_control) {
        return Err(NetError::Denied("the `username` of the target's `auth` holds a colon".to_owned()));
    }
    let password = named(vault, password)?;
    let pair = Zeroizing::new(format!("{username}:{}", &*password));
    let value = Zeroizing::new(format!("Basic {}", STANDARD.encode(pair.as_bytes())));
    Ok(Credentials::Header(("authorization".to_owned(), value)))
}

pub(super) fn bearer(token: &str, vault: &Vault) -> Result<Credentials, NetError> {
    let value = Zeroizing::new(format!("Bearer {}", &*named(vault, token)?));
    Ok(Credentials::Header(("authorization".to_owned(), value)))
}

pub(super) fn header(name: &str, value: &str, vault: &Vault) -> Result<Credentials, NetError> {
    Ok(Credentials::Header((name.to_ascii_lowercase(), named(vault, value)?)))
}

/// One of the target's secrets as text that can stand in a header.
pub(super) fn named(vault: &Vault, name: &str) -> Result<Zeroizing<String>, NetError> {
    let text = str::from_utf8(bytes(vault, name)?).ok().filter(|text| !text.chars().any(char::is_control));
    text.map(|text| Zeroizing::new(text.to_owned())).ok_or_else(|| {
        NetError::Denied(format!(
            "the secret `{name}` holds a line break or other bytes that cannot stand in a header"
        ))
    })
}

/// One of the target's secrets, whatever it holds.
pub(super) fn bytes<'a>(vault: &'a Vault, name: &str) -> Result<&'a [u8], NetError> {
    vault.named(name).map(|secret| secret.expose()).ok_or_else(|| {
        NetError::Denied(format!("the target's `auth` names the secret `{name}`, which it does not have"))
    })
}
