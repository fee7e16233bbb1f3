//! One connection, as the connector's calls meet it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::Handle;

use super::auth::{Credentials, Session};
use super::tls::Guard;
use super::{Auth, NetError, NetSettings, Request, Response, check, clock, http, raw};
use crate::capability::document::{Document, has_sealed};
use crate::capability::vault::Vault;
use crate::grant::Endpoint;

/// The request was not carried out, so that it may be sent again with other credentials.
const UNAUTHORIZED: u16 = 401;

pub(super) enum Line {
    Http(Box<http::Line>),
    Raw(raw::Line),
}

/// A connection to one declared endpoint. It stays on the address that was pinned when it was dialled.
pub struct Connection {
    endpoint: Endpoint,
    line: Line,
    guard: Guard,
    settings: NetSettings,
    session: Arc<Session>,
    runtime: Handle,
}

impl Connection {
    pub(super) fn new(
        endpoint: Endpoint,
        line: Line,
        guard: Guard,
        settings: NetSettings,
        session: Arc<Session>,
        runtime: Handle,
    ) -> Self {
        Self { endpoint, line, guard, settings, session, runtime }
    }

    /// One HTTP exchange. Redirects come back as they are.
    ///
    /// # Errors
    ///
    /// See [`NetError`]. An [`NetError::Unreachable`] says whether the request may have reached the peer.
    pub fn request(
        &mut self,
        request: &Request,
        vault: &Vault,
        deadline: Instant,
    ) -> Result<Response, NetError> {
        let Line::Http(line) = &self.line else {
            return Err(NetError::Invalid(format!(
                "`{}` carries bytes: use send and receive",
                self.endpoint
            )));
        };
        check::request(request, &self.settings.auth)?;
        let secrets = self.settings.auth != Auth::None
            || has_sealed(&request.body)
            || request.headers.iter().any(|(_, value)| has_sealed(value));
        if secrets {
            may_carry_secrets(&self.endpoint, line.pinned().ip().is_loopback(), &self.settings)?;
        }
        let wanted = request.timeout.unwrap_or(self.settings.request_timeout);
        let budget = || clock::budget(deadline, &[wanted]);
        let credentials = self.runtime.block_on(self.session.credentials(vault, budget()?))?;
        let mut answer = self.exchange(line, request, &credentials, vault, budget()?)?;
        if answer.status == UNAUTHORIZED {
            let other = self.session.renewed(&credentials, vault, budget()?);
            if let Some(other) = self.runtime.block_on(other)? {
                answer = self.exchange(line, request, &other, vault, budget()?)?;
            }
        }
        Ok(http::scrubbed(answer, vault))
    }

    fn exchange(
        &self,
        line: &http::Line,
        request: &Request,
        credentials: &Credentials,
        vault: &Vault,
        budget: Duration,
    ) -> Result<Response, NetError> {
        let prepared = line.prepare(request, credentials, vault)?;
        let limit = self.settings.response_limit;
        self.runtime.block_on(line.exchange(prepared, limit, budget, &self.guard))
    }

    /// Sends bytes over `tcp` or `tls`.
    ///
    /// # Errors
    ///
    /// See [`NetError`]. After a failure within the line the connection is of no more use.
    pub fn send(&mut self, content: &Document, vault: &Vault, deadline: Instant) -> Result<(), NetError> {
        let Line::Raw(line) = &mut self.line else {
            return Err(NetError::Invalid(format!("`{}` speaks HTTP: use request", self.endpoint)));
        };
        let sealed = has_sealed(content);
        if sealed {
            may_carry_secrets(&self.endpoint, line.pinned().ip().is_loopback(), &self.settings)?;
        }
        let budget = clock::budget(deadline, &[self.settings.request_timeout])?;
        let bytes = vault.fill(content).map_err(|error| NetError::Invalid(error.to_string()))?;
        self.runtime.block_on(line.send(&bytes, sealed, budget))
    }

    /// At most so many bytes from `tcp` or `tls`; none where the peer has ended the line.
    ///
    /// # Errors
    ///
    /// See [`NetError`]. A time-out leaves the connection as it is.
    pub fn receive(
        &mut self,
        at_most: u32,
        timeout: Duration,
        vault: &Vault,
        deadline: Instant,
    ) -> Result<Vec<u8>, NetError> {
        let Line::Raw(line) = &mut self.line else {
            return Err(NetError::Invalid(format!("`{}` speaks HTTP: use request", self.endpoint)));
        };
        let at_most = usize::try_from(at_most).unwrap_or(usize::MAX).min(self.settings.response_limit);
        if at_most == 0 {
            return Err(NetError::Invalid("receive of at most 0 bytes".to_owned()));
        }
        let budget = clock::budget(deadline, &[self.settings.request_timeout, timeout])?;
        self.runtime.block_on(line.receive(at_most, budget, vault))
    }

    /// The certificates that the peer presented and proved to hold, DER, leaf first.
    ///
    /// # Errors
    ///
    /// [`NetError::Invalid`] where nothing is encrypted. Over HTTPS before the first request this makes a
    /// handshake of its own, with that handshake's errors.
    pub fn peer_certificates(&self) -> Result<Vec<Vec<u8>>, NetError> {
        if !self.endpoint.scheme.is_encrypted() {
            return Err(NetError::Invalid(format!("`{}` is not encrypted", self.endpoint)));
        }
        if let Some(known) = self.guard.peer() {
            return Ok(known);
        }
        let pinned = match &self.line {
            Line::Http(line) => line.pinned(),
            Line::Raw(line) => line.pinned(),
        };
        let look = raw::look(&self.endpoint, pinned, &self.guard);
        self.runtime.block_on(clock::within(self.settings.connect_timeout, "while connecting", look))?;
        self.guard.peer().ok_or_else(|| NetError::Untrusted("the peer presented no certificate".to_owned()))
    }
}

/// Secrets leave encrypted, or in the clear to this very machine where the operator said so.
fn may_carry_secrets(endpoint: &Endpoint, loopback: bool, settings: &NetSettings) -> Result<(), NetError> {
    if endpoint.scheme.is_encrypted() || (settings.plaintext && loopback) {
        return Ok(());
    }
    let remedy = if loopback {
        "the target does not say `plaintext = true`"
    } else {
        "only a loopback address may be told them so"
    };
    Err(NetError::Denied(format!("secrets do not cross `{endpoint}` in the clear: {remedy}")))
}
