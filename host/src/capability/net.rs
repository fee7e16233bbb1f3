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
pub mod auth;
mod check;
mod clock;
mod connection;
mod door;
mod http;
mod identity;
mod notes;
mod raw;
mod rotation;
mod sigv4;
mod tls;

#[cfg(test)]
mod tests;

pub use auth::{Auth, Tokens};
pub use connection::Connection;
pub use door::NetDoor;
pub use identity::ClientCertificate;
pub use notes::Notes;
pub use rotation::Rotation;

use std::path::PathBuf;
use std::sync::Arc;
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

/// How the endpoints of one target are dialled.
#[derive(Clone)]
pub struct NetSettings {
    /// Whom to trust.
    pub trust: Trust,
    /// The certificate that is being deployed, where the target itself may come to show it.
    pub rotation: Option<Arc<Rotation>>,
    /// Who the host itself is, where the target asks.
    pub client: Option<ClientCertificate>,
    /// What the host adds.
    pub auth: Auth,
    /// The target's tokens, which outlive a deployment.
    pub tokens: Tokens,
    /// Whether secrets may cross a plain-text connection to a loopback address.
    pub plaintext: bool,
    /// The largest answer, in bytes.
    pub response_limit: usize,
    /// For the connection and its handshake.
    pub connect_timeout: Duration,
    /// For one exchange, where the guest wants no other.
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
