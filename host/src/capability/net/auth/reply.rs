//! What an issuer answered: a token, or whose fault it is that there is none.

use std::time::{Duration, SystemTime};

use serde::Deserialize;
use serde_json::Value;
use zeroize::Zeroizing;

use super::Credentials;
use super::caller::Caller;
use super::credentials::sealed;
use super::tokens::Issued;
use crate::capability::net::{NetError, Response};
use crate::capability::vault::Vault;
use crate::grant::Endpoint;
use crate::printable::printable;

/// How much of an issuer's own words is repeated.
const WORDS: usize = 300;
/// Statuses that speak for coming back, from whichever issuer.
const AGAIN: [u16; 2] = [408, 429];
/// OAuth's names for the same, which some issuers send with other statuses.
const TRANSIENT: [&str; 3] = ["internal_failure", "server_error", "temporarily_unavailable"];
/// The life of a token whose issuer does not tell it (RFC 6749, section 5.1, only recommends that).
const UNTOLD: Duration = Duration::from_secs(300);

/// An answer. It may hold a token, so nothing prints it.
pub(super) struct Reply {
    from: String,
    status: u16,
    body: Zeroizing<Vec<u8>>,
}

impl Reply {
    pub(super) fn new(from: &Endpoint, answer: Response) -> Self {
        Self { from: from.to_string(), status: answer.status, body: Zeroizing::new(answer.body) }
    }

    /// The body of a success. Statuses in `again` speak for coming back, beside those that always do.
    pub(super) fn body(self, vault: &Vault, again: &[u16]) -> Result<Zeroizing<Vec<u8>>, NetError> {
        if (200..300).contains(&self.status) {
            return Ok(self.body);
        }
        let said = said(&self.body);
        let text = format!(
            "the host gets no credentials for the target: `{}` answered {}{}",
            self.from,
            self.status,
            words(&said, vault)
        );
        let passing = AGAIN.contains(&self.status)
            || again.contains(&self.status)
            || TRANSIENT.iter().any(|name| said.starts_with(name));
        if (400..500).contains(&self.status) && !passing {
            Err(NetError::Denied(text))
        } else {
            Err(NetError::Unreachable(text))
        }
    }

    /// The body of a success as text.
    pub(super) fn text(self, vault: &Vault, again: &[u16]) -> Result<Zeroizing<String>, NetError> {
        let from = self.from.clone();
        let mut body = self.body(vault, again)?;
        String::from_utf8(std::mem::take(&mut *body)).map(Zeroizing::new).map_err(|error| {
            drop(Zeroizing::new(error.into_bytes()));
            NetError::Unreachable(format!("`{from}` answered what is no text"))
        })
    }

    /// The token of a success, RFC 6749, section 5.1.
    pub(super) fn bearer(self, caller: &Caller<'_>, again: &[u16]) -> Result<Issued, NetError> {
        let from = self.from.clone();
        let body = self.body(caller.vault, again)?;
        // The parser's own words may repeat the token.
        let told: Told = serde_json::from_slice(&body).map_err(|_| {
            NetError::Unreachable(format!("`{from}` answered no JSON object with an `access_token`"))
        })?;
        if told.token_type.is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer")) {
            return Err(NetError::Denied(format!("`{from}` issues tokens of another type than Bearer")));
        }
        let life = told.expires_in.as_ref().and_then(seconds).unwrap_or(UNTOLD);
        let credentials = Credentials::bearer(&told.access_token, &format!("what `{from}` issued"))?;
        Ok(Issued { credentials, end: caller.now.checked_add(life) })
    }
}

#[derive(Deserialize)]
struct Told {
    #[serde(deserialize_with = "sealed")]
    access_token: Zeroizing<String>,
    token_type: Option<String>,
    expires_in: Option<Value>,
}

/// Azure's metadata service writes numbers as strings.
fn seconds(value: &Value) -> Option<Duration> {
    let seconds = value.as_u64().or_else(|| value.as_str()?.parse().ok())?;
    Some(Duration::from_secs(seconds))
}

/// The issuer's own account of a failure: OAuth's JSON, AWS's JSON or XML, or whatever it wrote.
fn said(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let pair = |code: Option<&str>, message: Option<&str>| match (code, message) {
        (None, None) => None,
        (one, other) => Some([one, other].into_iter().flatten().collect::<Vec<_>>().join(": ")),
    };
    let told = match serde_json::from_slice::<Value>(body) {
        Ok(json) => {
            let word = |names: [&str; 3]| names.into_iter().find_map(|name| json.get(name)?.as_str());
            pair(word(["error", "code", "Code"]), word(["error_description", "message", "Message"]))
        }
        Err(_) => pair(element(&text, "Code"), element(&text, "Message")),
    };
    told.unwrap_or_else(|| text.into_owned())
}

fn words(said: &str, vault: &Vault) -> String {
    let clean = vault.scrub(said.as_bytes());
    let text = printable(&String::from_utf8_lossy(&clean), WORDS);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() { text } else { format!(": {text}") }
}

/// The text of the first element of this name; no element that is asked for has attributes or others within.
pub(super) fn element<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    rest.split_once(&format!("</{name}>")).map(|(text, _)| text)
}

/// A failure on the way to an issuer: the target itself was not asked.
pub(super) fn unreached(error: NetError) -> NetError {
    let of = "the host gets no credentials for the target";
    match error {
        NetError::Unreachable(text) => NetError::Unreachable(format!("{of}: {text}")),
        NetError::Untrusted(text) => NetError::Untrusted(format!("{of}: {text}")),
        NetError::TooLarge(limit) => {
            NetError::Unreachable(format!("{of}: the issuer's answer is larger than {limit} bytes"))
        }
        other => other,
    }
}

/// Text as it stands in JSON answers of AWS and in XML ones: `2026-01-02T03:04:05Z`.
pub(super) fn instant(text: &str) -> Option<SystemTime> {
    time::OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339)
        .ok()
        .map(SystemTime::from)
}
