//! What an answer means, as data: tables of a vendor's codes and texts, and the status where they are silent.
//!
//! ```
//! use lastmile_sdk::http::verdict::{among, mentioned};
//! use lastmile_sdk::http::{Answer, Judged, Verdict};
//!
//! /// Codes that say more than the status.
//! const CODES: &[(i64, Verdict)] = &[(272, Verdict::Busy), (444, Verdict::SessionExpired), (1537, Verdict::Rejected)];
//! const TEXTS: &[(&str, Verdict)] = &[("commit is in progress", Verdict::Busy)];
//!
//! #[derive(serde::Deserialize, Default)]
//! struct Refusal {
//!     errorcode: i64,
//!     message: String,
//! }
//!
//! /// Given to [`Api::judged_by`](super::Api::judged_by).
//! fn judge(answer: &Answer) -> Judged {
//!     let Refusal { errorcode, message } = answer.json().unwrap_or_default();
//!     let verdict = among(CODES, &errorcode).or_else(|| mentioned(TEXTS, &message));
//!     verdict.unwrap_or_else(|| answer.by_status()).because(&message)
//! }
//! ```

use alloc::string::{String, ToString};

/// What an answer means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It was done, or this is what was asked for.
    Ok,
    /// There is no such thing. For the connector to decide.
    NotFound,
    /// There is one already, or it was changed meanwhile. For the connector to decide.
    Conflict,
    /// These credentials are not let in, or may not do it.
    Denied,
    /// The value of this key of the target's configuration is wrong.
    Misconfigured(&'static str),
    /// No, and it would be no again.
    Rejected,
    /// Not now, and nothing was done: waited for and sent again.
    Busy,
    /// Not soon, and nothing was done: the next attempt of the deployment.
    Unavailable,
    /// The session is over: logged in again once by [`Api::with_session`](super::Api::with_session). Outside of a session these
    /// credentials are not let in.
    SessionExpired,
    /// It may have been done. For a call that only reads, the same as [`Verdict::Unavailable`].
    Uncertain,
}

/// A verdict, and the target's own words for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    pub(crate) verdict: Verdict,
    pub(crate) says: String,
}

impl Verdict {
    /// The verdict with the target's own words, which the failure repeats.
    #[must_use]
    pub fn because(self, says: &str) -> Judged {
        Judged { verdict: self, says: says.to_string() }
    }
}

impl From<Verdict> for Judged {
    fn from(verdict: Verdict) -> Self {
        verdict.because("")
    }
}

/// The verdict that a table has for this code.
#[must_use]
pub fn among<K: PartialEq>(table: &[(K, Verdict)], code: &K) -> Option<Verdict> {
    table.iter().find(|(known, _)| known == code).map(|(_, verdict)| *verdict)
}

/// The verdict of the first text of a table that this one contains.
#[must_use]
pub fn mentioned(table: &[(&str, Verdict)], text: &str) -> Option<Verdict> {
    table.iter().find(|(known, _)| text.contains(known)).map(|(_, verdict)| *verdict)
}

/// What a status means where nothing else is known.
pub(crate) fn by_status(status: u16, says_when: bool) -> Verdict {
    match status {
        200..=299 => Verdict::Ok,
        401 | 403 => Verdict::Denied,
        404 => Verdict::NotFound,
        409 | 412 => Verdict::Conflict,
        429 => Verdict::Busy,
        503 if says_when => Verdict::Busy,
        // Whoever answers may have passed the request on, or have failed after it had done it.
        408 | 500.. => Verdict::Uncertain,
        _ => Verdict::Rejected,
    }
}
