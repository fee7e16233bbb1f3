//! Keys that end, as AWS's services answer them in JSON.

use std::time::SystemTime;

use serde::Deserialize;
use zeroize::Zeroizing;

use super::super::credentials::sealed;
use super::super::reply::instant;
use super::Keys;
use crate::capability::net::NetError;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Told {
    #[serde(deserialize_with = "sealed")]
    access_key_id: Zeroizing<String>,
    #[serde(deserialize_with = "sealed")]
    secret_access_key: Zeroizing<String>,
    #[serde(deserialize_with = "sealed")]
    token: Zeroizing<String>,
    expiration: String,
}

/// The keys and their end. `whose` says who answered.
pub(super) fn parse(body: &[u8], whose: &str) -> Result<(Keys, Option<SystemTime>), NetError> {
    // The parser's own words may repeat a key.
    let nonsense =
        || NetError::Unreachable(format!("{whose} answered no JSON object with keys and their end"));
    let told: Told = serde_json::from_slice(body).map_err(|_| nonsense())?;
    let end = instant(&told.expiration).ok_or_else(nonsense)?;
    let keys = Keys {
        access_key_id: told.access_key_id,
        secret_access_key: told.secret_access_key,
        session_token: Some(told.token),
    };
    Ok((keys, Some(end)))
}
