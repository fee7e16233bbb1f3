//! `net.dial`: one connection per granted endpoint, whose address, trust and credentials the host holds.
//!
//! ```text
//! endpoint ─ equal to one of the table? ─ resolve ─ judge every address ─ pin one ─ connection
//! request  ─ check ─ fill sealed parts in ─ add credentials ─ line ─ limit ─ scrub ─ answer
//! ```
//!
//! Callers are plain threads; the rooms below are asynchronous on the runtime whose handle the door holds,
//! which must have workers of its own (a current-thread runtime would stand still).

mod address;
mod auth;
mod check;
mod clock;
mod connection;
mod door;
mod http;
mod notes;
mod raw;
mod sigv4;
mod tls;

#[cfg(test)]
mod tests;

pub use connection::Connection;
pub use door::NetDoor;
pub use notes::Notes;

use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;

use super::document::Document;

/// Whom an encrypted endpoint must prove to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    /// A certificate under one of the system's roots.
    SystemRoots,
    /// A certificate under one of the roots in this PEM file.
    CaFile(PathBuf),
    /// The SHA-256 of the leaf's DER is one of these.
    Pins(Vec<[u8; 32]>),
}

/// What the host adds to each request. The fields that name secrets hold names in the target's `secrets`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Auth {
    /// Nothing.
    None,
    /// RFC 7617.
    Basic {
        /// The user's name itself.
        username: String,
        /// Name of the secret.
        password: String,
    },
    /// RFC 6750.
    Bearer {
        /// Name of the secret.
        token: String,
    },
    /// One header whose value is a secret.
    Header {
        /// The header's name itself.
        name: String,
        /// Name of the secret.
        value: String,
    },
    /// AWS Signature Version 4, over the request as it is sent.
    AwsSigv4 {
        /// The region itself.
        region: String,
        /// The service itself, for example `acm`.
        service: String,
        /// Name of the secret.
        access_key_id: String,
        /// Name of the secret.
        secret_access_key: String,
        /// Name of the secret, for temporary credentials.
        session_token: Option<String>,
    },
}

/// How the endpoints of one target are dialled.
#[derive(Clone, Debug)]
pub struct NetSettings {
    /// Whom to trust.
    pub trust: Trust,
    /// What the host adds.
    pub auth: Auth,
    /// Whether secrets may cross a plain-text connection to a loopback address.
    pub plaintext: bool,
    /// The largest answer, in bytes.
    pub response_limit: usize,
    /// For the connection and its handshake.
    pub connect_timeout: Duration,
    /// For one exchange.
    pub request_timeout: Duration,
}

/// Why the network did not do it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NetError {
    /// The endpoint, its address or the content may not be used. The connector or the operator is at fault.
    #[error("denied: {0}")]
    Denied(String),
    /// No answer: refused, reset, unresolved, timed out.
    #[error("unreachable: {0}")]
    Unreachable(String),
    /// The peer is not who the operator said it is.
    #[error("untrusted: {0}")]
    Untrusted(String),
    /// The connector asked for something that makes no sense.
    #[error("invalid: {0}")]
    Invalid(String),
    /// The answer is larger than the operator allows.
    #[error("the answer is larger than {0} bytes")]
    TooLarge(u64),
}

/// An HTTP request: a path, and no host.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Names and values.
    pub headers: Vec<(String, Document)>,
    /// The body.
    pub body: Document,
    /// Shorter than the operator's, where the connector wants that.
    pub timeout: Option<Duration>,
}

/// Its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Names in lower case and values.
    pub headers: Vec<(String, String)>,
    /// The body, scrubbed of the target's secrets.
    pub body: Vec<u8>,
}
