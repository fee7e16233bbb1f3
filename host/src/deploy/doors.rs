//! The three doors of one deployment, over what its connector declared.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::Handle;

use crate::capability::document::Document;
use crate::capability::fs::{Attributes, FsDoor, FsError, Written};
use crate::capability::net::{Connection, NetDoor, NetError, Request, Response};
use crate::capability::process::{Command, ExecDoor, ExecError, Output};
use crate::capability::vault::Vault;
use crate::deploy::journal::{Journal, Told};
use crate::deploy::resolve::Resolved;
use crate::fault;
use crate::grant::Grant;
use crate::outcome::{Failure, Outcome};
use crate::sandbox::{Cancel, Doors};

/// How often one who waits looks whether it was stopped.
const GLANCE: Duration = Duration::from_millis(20);

/// Doors that open for exactly what was declared within the grant.
pub struct GrantedDoors {
    fs: FsDoor,
    net: NetDoor,
    exec: ExecDoor,
    connections: Vec<Option<Connection>>,
    vault: Arc<Vault>,
    journal: Arc<Journal>,
    deadline: Instant,
    cancel: Cancel,
    told: Told,
}

impl GrantedDoors {
    /// Opens the directory handles and prepares the tables; nothing is dialled or run yet.
    ///
    /// # Errors
    ///
    /// A granted directory that is not there.
    pub fn open(
        resolved: &Resolved,
        declared: &Grant,
        vault: &Arc<Vault>,
        journal: &Arc<Journal>,
        told: Told,
        runtime: Handle,
        deadline: Instant,
        cancel: &Cancel,
    ) -> Result<Self, Failure> {
        let fs = FsDoor::open(&declared.fs_write).map_err(|error| {
            let (FsError::Denied(text) | FsError::Invalid(text) | FsError::Io(text)) = error;
            Failure::new(Outcome::Misconfigured, text)
        })?;
        journal.expect(fs.files());
        Ok(Self {
            fs,
            net: NetDoor::new(declared.net_dial.clone(), resolved.net_settings(), runtime),
            exec: ExecDoor::new(declared.process_exec.clone(), resolved.exec_settings()),
            connections: Vec::new(),
            vault: Arc::clone(vault),
            journal: Arc::clone(journal),
            deadline,
            cancel: cancel.clone(),
            told,
        })
    }

    /// Another host may have the target by now: nothing more is written, run or sent.
    fn stopped(&self) -> Result<(), String> {
        if self.cancel.is_cancelled() {
            Err("the host has lost its claim on the target".to_owned())
        } else {
            Ok(())
        }
    }

    fn connection(&mut self, id: usize) -> Result<&mut Connection, NetError> {
        self.stopped().map_err(NetError::Unreachable)?;
        self.connections
            .get_mut(id)
            .and_then(Option::as_mut)
            .ok_or_else(|| NetError::Invalid("the connection is closed".to_owned()))
    }
}

impl Doors for GrantedDoors {
    fn fs_write(
        &mut self,
        path: &str,
        content: Document,
        attributes: Attributes,
    ) -> Result<Written, FsError> {
        self.stopped().map_err(FsError::Io)?;
        self.fs.write(path, &content, &attributes, &self.vault, self.journal.as_ref())
    }

    fn exec(&mut self, command: Command) -> Result<Output, ExecError> {
        self.stopped().map_err(ExecError::Failed)?;
        let aborted = || self.cancel.is_cancelled();
        self.exec.exec(&command, self.deadline, &aborted, &self.vault, self.journal.as_ref())
    }

    fn dial(&mut self, endpoint: &str) -> Result<usize, NetError> {
        self.stopped().map_err(NetError::Unreachable)?;
        let connection = self.net.dial(endpoint, self.deadline)?;
        self.connections.push(Some(connection));
        Ok(self.connections.len() - 1)
    }

    fn request(&mut self, id: usize, request: Request) -> Result<Response, NetError> {
        let (vault, deadline) = (Arc::clone(&self.vault), self.deadline);
        self.connection(id)?.request(&request, &vault, deadline)
    }

    fn send(&mut self, id: usize, content: Document) -> Result<(), NetError> {
        let (vault, deadline) = (Arc::clone(&self.vault), self.deadline);
        self.connection(id)?.send(&content, &vault, deadline)
    }

    fn receive(&mut self, id: usize, at_most: u32, timeout: Duration) -> Result<Vec<u8>, NetError> {
        let (vault, deadline) = (Arc::clone(&self.vault), self.deadline);
        self.connection(id)?.receive(at_most, timeout, &vault, deadline)
    }

    fn peer_certificates(&mut self, id: usize) -> Result<Vec<Vec<u8>>, NetError> {
        self.connection(id)?.peer_certificates()
    }

    fn on_rollback(&mut self, id: usize, note: &str) -> Result<(), NetError> {
        self.connection(id)?;
        fault::point("journal.note.before");
        self.journal.note(&self.told, note)?;
        fault::point("journal.note.after");
        Ok(())
    }

    fn wait(&mut self, id: usize, time: Duration) -> Result<(), NetError> {
        self.connection(id)?;
        let until = (Instant::now() + time).min(self.deadline);
        while !self.cancel.is_cancelled() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            std::thread::sleep(left.min(GLANCE));
        }
        self.stopped().map_err(NetError::Unreachable)
    }

    fn close(&mut self, id: usize) {
        if let Some(slot) = self.connections.get_mut(id) {
            *slot = None;
        }
    }

    fn log(&mut self, stream: &str, bytes: &[u8]) {
        let text = self.vault.scrub(bytes);
        let text = String::from_utf8_lossy(&text).escape_debug().to_string();
        tracing::info!(stream, "{text}");
    }
}
