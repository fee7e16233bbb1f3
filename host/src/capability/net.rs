//! `net.dial`: one connection per granted endpoint, whose address, trust and credentials the host holds.

mod address;
mod http;
mod sign;
mod stream;
mod trust;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use thiserror::Error;
use tokio::runtime::Handle;

use self::trust::Seen;
use super::document::{Document, has_sealed};
use super::vault::Vault;
use crate::grant::{Endpoint, Scheme};

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

/// The endpoints of one deployment.
pub struct NetDoor {
    declared: Vec<Endpoint>,
    settings: NetSettings,
    runtime: Handle,
}

/// One dialled endpoint. Its address was judged once and stays.
pub struct Connection {
    endpoint: Endpoint,
    settings: NetSettings,
    runtime: Handle,
    loopback: bool,
    seen: Seen,
    kind: Kind,
}

enum Kind {
    Http(reqwest::Client),
    Stream(stream::Stream),
}

impl NetDoor {
    /// A door for exactly these endpoints. Its methods block: call them from plain threads.
    #[must_use]
    pub fn new(declared: Vec<Endpoint>, settings: NetSettings, runtime: Handle) -> Self {
        Self { declared, settings, runtime }
    }

    /// Resolves the endpoint, judges its address and connects streams; HTTP connects with its first request.
    ///
    /// # Errors
    ///
    /// An endpoint that was not declared, an address that must not be reached, or no answer.
    pub fn dial(&self, endpoint: &str, deadline: Instant) -> Result<Connection, NetError> {
        let asked: Endpoint =
            endpoint.parse().map_err(|error| NetError::Denied(format!("{endpoint:?}: {error}")))?;
        if !self.declared.iter().any(|declared| declared.covers(&asked)) {
            return Err(NetError::Denied(format!(
                "{asked} is not an endpoint that the connector declared and the operator granted"
            )));
        }
        let left = remaining(deadline, self.settings.connect_timeout)?;
        let address = self.runtime.block_on(address::resolve(&asked, left))?;
        let seen = Seen::default();
        let tls = trust::client(&self.settings.trust, &seen)?;
        let kind = match asked.scheme {
            Scheme::Https | Scheme::Http => Kind::Http(http::client(&asked, address, tls, &self.settings)?),
            Scheme::Tls | Scheme::Tcp => {
                let tls = (asked.scheme == Scheme::Tls).then_some(tls);
                let opened = stream::Stream::open(&asked, address, tls, left);
                Kind::Stream(self.runtime.block_on(opened).map_err(|error| seen.explain(error))?)
            }
        };
        Ok(Connection {
            endpoint: asked,
            settings: self.settings.clone(),
            runtime: self.runtime.clone(),
            loopback: address.ip().is_loopback(),
            seen,
            kind,
        })
    }
}

impl Connection {
    /// One HTTP exchange.
    ///
    /// # Errors
    ///
    /// The request makes no sense or would expose a secret; or the exchange failed.
    pub fn request(
        &mut self,
        request: &Request,
        vault: &Vault,
        deadline: Instant,
    ) -> Result<Response, NetError> {
        let Kind::Http(client) = &self.kind else {
            return Err(NetError::Invalid(format!("{} speaks no HTTP", self.endpoint)));
        };
        let secrets = has_sealed(&request.body)
            || request.headers.iter().any(|(_, value)| has_sealed(value))
            || self.settings.auth != Auth::None;
        self.may_carry(secrets)?;
        let prepared = http::prepare(client, &self.endpoint, request, vault, &self.settings.auth)?;
        let limit = request.timeout.unwrap_or(self.settings.request_timeout);
        let left = remaining(deadline, limit.min(self.settings.request_timeout))?;
        let exchange = http::exchange(client, prepared, self.settings.response_limit);
        let answer = self.runtime.block_on(async { tokio::time::timeout(left, exchange).await });
        let response = answer
            .map_err(|_| NetError::Unreachable(format!("{} did not answer in {left:?}", self.endpoint)))?
            .map_err(|error| self.seen.explain(error))?;
        Ok(scrub(response, vault))
    }

    /// Sends bytes on a stream.
    ///
    /// # Errors
    ///
    /// The content would expose a secret, or the connection failed.
    pub fn send(&mut self, content: &Document, vault: &Vault, deadline: Instant) -> Result<(), NetError> {
        self.may_carry(has_sealed(content))?;
        let bytes = vault.fill(content).map_err(|error| NetError::Invalid(error.to_string()))?;
        let left = remaining(deadline, self.settings.request_timeout)?;
        let Kind::Stream(stream) = &mut self.kind else {
            return Err(NetError::Invalid(format!("{} speaks HTTP only", self.endpoint)));
        };
        self.runtime.block_on(stream.send(&bytes, left))
    }

    /// Receives up to `at_most` bytes; none at the end.
    ///
    /// # Errors
    ///
    /// The connection failed, or nothing came in time.
    pub fn receive(
        &mut self,
        at_most: u32,
        timeout: Duration,
        vault: &Vault,
        deadline: Instant,
    ) -> Result<Vec<u8>, NetError> {
        let left = remaining(deadline, timeout.min(self.settings.request_timeout))?;
        let at_most = usize::try_from(at_most).unwrap_or(usize::MAX).min(self.settings.response_limit);
        let Kind::Stream(stream) = &mut self.kind else {
            return Err(NetError::Invalid(format!("{} speaks HTTP only", self.endpoint)));
        };
        Ok(vault.scrub(&self.runtime.block_on(stream.receive(at_most, left))?))
    }

    /// What the peer presented, DER, leaf first. An HTTPS peer presents it with the first request.
    ///
    /// # Errors
    ///
    /// The connection is not encrypted.
    pub fn peer_certificates(&self) -> Result<Vec<Vec<u8>>, NetError> {
        if self.endpoint.scheme.is_encrypted() {
            return Ok(self.seen.certificates());
        }
        Err(NetError::Invalid(format!("{} is not encrypted", self.endpoint)))
    }

    fn may_carry(&self, secrets: bool) -> Result<(), NetError> {
        if !secrets || self.endpoint.scheme.is_encrypted() || (self.settings.plaintext && self.loopback) {
            return Ok(());
        }
        Err(NetError::Denied(format!(
            "{} is not encrypted and would carry a secret; `plaintext = true` under the target allows that for a \
             loopback address only",
            self.endpoint
        )))
    }
}

fn remaining(deadline: Instant, limit: Duration) -> Result<Duration, NetError> {
    let left = deadline.saturating_duration_since(Instant::now()).min(limit);
    if left.is_zero() {
        return Err(NetError::Unreachable("the deployment's time is over".to_owned()));
    }
    Ok(left)
}

fn scrub(mut response: Response, vault: &Vault) -> Response {
    response.body = vault.scrub(&response.body);
    for (_, value) in &mut response.headers {
        *value = String::from_utf8_lossy(&vault.scrub(value.as_bytes())).into_owned();
    }
    response
}
