//! The network's part of the doors: the lines that a connector opened, and how long they may be used.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::capability::document::Document;
use crate::capability::net::{Connection, NetDoor, NetError, Request, Response};
use crate::capability::vault::Vault;
use crate::sandbox::Cancel;

/// How often one who waits looks whether it was stopped.
const GLANCE: Duration = Duration::from_millis(20);

/// The door to the network, with what was dialled through it.
pub(super) struct Network {
    door: NetDoor,
    connections: Vec<Option<Connection>>,
    vault: Arc<Vault>,
    deadline: Instant,
    cancel: Cancel,
}

impl Network {
    pub(super) fn new(door: NetDoor, vault: Arc<Vault>, deadline: Instant, cancel: Cancel) -> Self {
        Self { door, connections: Vec::new(), vault, deadline, cancel }
    }

    pub(super) fn dial(&mut self, endpoint: &str) -> Result<usize, NetError> {
        self.stopped()?;
        let connection = self.door.dial(endpoint, &self.vault, self.deadline)?;
        self.connections.push(Some(connection));
        Ok(self.connections.len() - 1)
    }

    pub(super) fn request(&mut self, id: usize, request: &Request) -> Result<Response, NetError> {
        let (vault, deadline) = (Arc::clone(&self.vault), self.deadline);
        self.connection(id)?.request(request, &vault, deadline)
    }

    pub(super) fn send(&mut self, id: usize, content: &Document) -> Result<(), NetError> {
        let (vault, deadline) = (Arc::clone(&self.vault), self.deadline);
        self.connection(id)?.send(content, &vault, deadline)
    }

    pub(super) fn receive(
        &mut self,
        id: usize,
        at_most: u32,
        timeout: Duration,
    ) -> Result<Vec<u8>, NetError> {
        let (vault, deadline) = (Arc::clone(&self.vault), self.deadline);
        self.connection(id)?.receive(at_most, timeout, &vault, deadline)
    }

    pub(super) fn peer_certificates(&mut self, id: usize) -> Result<Vec<Vec<u8>>, NetError> {
        self.connection(id)?.peer_certificates()
    }

    /// Waits, until the deadline at the latest.
    pub(super) fn wait(&mut self, id: usize, time: Duration) -> Result<(), NetError> {
        let until = self.deadline.min(Instant::now() + time);
        loop {
            self.connection(id)?;
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            std::thread::sleep(left.min(GLANCE));
        }
    }

    pub(super) fn close(&mut self, id: usize) {
        if let Some(slot) = self.connections.get_mut(id) {
            *slot = None;
        }
    }

    /// The connection, while it is open and the deployment may go on.
    pub(super) fn connection(&mut self, id: usize) -> Result<&mut Connection, NetError> {
        self.stopped()?;
        self.connections
            .get_mut(id)
            .and_then(Option::as_mut)
            .ok_or_else(|| NetError::Invalid("the connection is closed".to_owned()))
    }

    fn stopped(&self) -> Result<(), NetError> {
        stopped(&self.cancel).map_err(NetError::Unreachable)
    }
}

/// Another host may have the target by now: nothing more is written, run or sent.
pub(super) fn stopped(cancel: &Cancel) -> Result<(), String> {
    if cancel.is_cancelled() { Err("the host has lost its claim on the target".to_owned()) } else { Ok(()) }
}

/// What a guest printed, into the log: without secrets, in one line.
pub(super) fn log(vault: &Vault, stream: &str, bytes: &[u8]) {
    let text = vault.scrub(bytes);
    let text = String::from_utf8_lossy(&text).escape_debug().to_string();
    tracing::info!(stream, "{text}");
}
