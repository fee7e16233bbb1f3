//! Google's service accounts: a statement signed with the account's key is exchanged for a token (RFC 7523).

use std::path::PathBuf;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rustls::SignatureScheme;
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::sign::SigningKey;
use serde::Deserialize;
use serde_json::json;
use zeroize::Zeroizing;

use super::caller::{Caller, Loopback, Place, TokenUrl};
use super::credentials::sealed;
use super::fixed::bytes;
use super::tokens::Issued;
use crate::capability::net::NetError;

/// The only issuer that a key file may name by itself: what it is shown is worth the account for an hour.
const GOOGLE: &str = "https://oauth2.googleapis.com/token";
const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// The longest that Google allows.
const LIFE: u64 = 3600;

/// A service account with its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceAccount {
    /// Name of the secret that is the key's JSON file.
    pub service_account_key: String,
    /// What the token is for.
    pub scope: String,
    /// Where tokens are issued, if not by Google's public service.
    pub token_url: Option<TokenUrl>,
    /// Roots for the issuer's own certificate.
    pub ca: Option<PathBuf>,
    /// In the issuer's place.
    pub endpoint: Option<Loopback>,
}

/// The file as Google makes it, as far as it is needed.
#[derive(Deserialize)]
struct KeyFile {
    client_email: String,
    #[serde(deserialize_with = "sealed")]
    private_key: Zeroizing<String>,
    private_key_id: String,
    token_uri: String,
}

pub(super) async fn token(account: &ServiceAccount, caller: &Caller<'_>) -> Result<Issued, NetError> {
    let file = read(account, caller)?;
    let url = issuer(account, &file)?;
    let statement = statement(account, &file, caller)?;
    caller.vault.learn(statement.as_bytes());
    let place = Place::public(&url, account.ca.as_deref()).or(account.endpoint.as_ref());
    let form = [("grant_type", GRANT), ("assertion", &statement)];
    caller.post(&place, &form).await?.bearer(caller, &[])
}

fn read(account: &ServiceAccount, caller: &Caller<'_>) -> Result<KeyFile, NetError> {
    let name = &account.service_account_key;
    let file: KeyFile = serde_json::from_slice(bytes(caller.vault, name)?).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        NetError::Denied(format!(
            "the secret `{name}` is no key of a service account (line {line}, column {column}): it is the JSON file \
             that `gcloud iam service-accounts keys create` makes"
        ))
    })?;
    caller.vault.learn(file.private_key.as_bytes());
    Ok(file)
}

/// Only the operator may send the statement elsewhere than to Google: the file may come from anybody.
fn issuer(account: &ServiceAccount, file: &KeyFile) -> Result<TokenUrl, NetError> {
    let wanted = account.token_url.as_ref().map_or_else(|| GOOGLE.to_owned(), ToString::to_string);
    if file.token_uri != wanted {
        return Err(NetError::Denied(format!(
            "the secret `{}` names {:?} as its `token_uri`, and not `{wanted}`: if that is right, write it as \
             `token-url` of the target's `auth`",
            account.service_account_key, file.token_uri
        )));
    }
    wanted.parse().map_err(|fault| NetError::Denied(format!("`{wanted}`: {fault}")))
}

/// A JSON Web Token, RFC 7519, signed with RS256.
fn statement(
    account: &ServiceAccount,
    file: &KeyFile,
    caller: &Caller<'_>,
) -> Result<Zeroizing<String>, NetError> {
    let now = caller.now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let header = json!({ "alg": "RS256", "typ": "JWT", "kid": file.private_key_id });
    let claims = json!({
        "iss": file.client_email, "scope": account.scope, "aud": file.token_uri, "iat": now, "exp": now + LIFE,
    });
    let part = |json: serde_json::Value| URL_SAFE_NO_PAD.encode(json.to_string());
    let signed = format!("{}.{}", part(header), part(claims));
    let unfit = || {
        NetError::Denied(format!(
            "the `private_key` in the secret `{}` is no RSA key in PEM",
            account.service_account_key
        ))
    };
    let signature = sign(&file.private_key, signed.as_bytes()).ok_or_else(unfit)?;
    Ok(Zeroizing::new(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))))
}

fn sign(key: &str, message: &[u8]) -> Option<Vec<u8>> {
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).ok()?;
    let key: Arc<dyn SigningKey> = any_supported_type(&key).ok()?;
    key.choose_scheme(&[SignatureScheme::RSA_PKCS1_SHA256])?.sign(message).ok()
}
