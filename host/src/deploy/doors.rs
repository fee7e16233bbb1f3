//! The three doors of one deployment, over what its connector declared.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::Handle;

use crate::capability::document::Document;
use crate::capability::fs::{Attributes, FsDoor, FsError, Written};
use crate::capability::net::{NetDoor, NetError, Request, Response};
use crate::capability::process::{Command, ExecDoor, ExecError, Output};
use crate::capability::vault::Vault;
use crate::deploy::journal::{Journal, Told};
use crate::deploy::network::{Network, log, stopped};
use crate::deploy::resolve::Resolved;
use crate::fault;
use crate::grant::Grant;
use crate::outcome::{Failure, Outcome};
use crate::sandbox::{Cancel, Doors};

/// Doors that open for exactly what was declared within the grant.
pub struct GrantedDoors {
    fs: FsDoor,
    exec: ExecDoor,
    network: Network,
    vault: Arc<Vault>,
    journal: Arc<Journal>,
    told: Told,
    deadline: Instant,
    cancel: Cancel,
}

/// What doors are opened with, beside what was declared.
pub struct Keys<'a> {
    /// The target with its plugin.
    pub resolved: &'a Resolved,
    /// The deployment's secrets.
    pub vault: &'a Arc<Vault>,
    /// Where the doors write down how to undo.
    pub journal: &'a Arc<Journal>,
    /// For the connector's own way back.
    pub told: Told,
    /// Where the network runs.
    pub runtime: Handle,
    /// When the deployment must be over.
    pub deadline: Instant,
    /// Stops it.
    pub cancel: &'a Cancel,
}

impl GrantedDoors {
    /// Opens the directory handles and prepares the tables; nothing is dialled or run yet.
    ///
    /// # Errors
    ///
    /// A granted directory that is not there.
    pub fn open(declared: &Grant, keys: Keys<'_>) -> Result<Self, Failure> {
        let Keys { resolved, vault, journal, told, runtime, deadline, cancel } = keys;
        let fs = FsDoor::open(&declared.fs_write).map_err(|error| {
            let (FsError::Denied(text) | FsError::Invalid(text) | FsError::Io(text)) = error;
            Failure::new(Outcome::Misconfigured, text)
        })?;
        journal.expect(fs.files());
        let net = NetDoor::new(declared.net_dial.clone(), resolved.net_settings(), runtime);
        Ok(Self {
            fs,
            exec: ExecDoor::new(declared.process_exec.clone(), resolved.exec_settings()),
            network: Network::new(net, Arc::clone(vault), deadline, cancel.clone()),
            vault: Arc::clone(vault),
            journal: Arc::clone(journal),
            told,
            deadline,
            cancel: cancel.clone(),
        })
    }
}

impl Doors for GrantedDoors {
    fn fs_write(
        &mut self,
        path: &str,
        content: Document,
        attributes: Attributes,
    ) -> Result<Written, FsError> {
        stopped(&self.cancel).map_err(FsError::Io)?;
        self.fs.write(path, &content, &attributes, &self.vault, self.journal.as_ref())
    }

    fn exec(&mut self, command: Command) -> Result<Output, ExecError> {
        stopped(&self.cancel).map_err(ExecError::Failed)?;
        let aborted = || self.cancel.is_cancelled();
        self.exec.exec(&command, self.deadline, &aborted, &self.vault, self.journal.as_ref())
    }

    fn dial(&mut self, endpoint: &str) -> Result<usize, NetError> {
        self.network.dial(endpoint)
    }

    fn request(&mut self, id: usize, request: Request) -> Result<Response, NetError> {
        fault::point("request.before");
        let answered = self.network.request(id, &request);
        fault::point("request.after");
        answered
    }

    fn send(&mut self, id: usize, content: Document) -> Result<(), NetError> {
        self.network.send(id, &content)
    }

    fn receive(&mut self, id: usize, at_most: u32, timeout: Duration) -> Result<Vec<u8>, NetError> {
        self.network.receive(id, at_most, timeout)
    }

    fn peer_certificates(&mut self, id: usize) -> Result<Vec<Vec<u8>>, NetError> {
        self.network.peer_certificates(id)
    }

    fn on_rollback(&mut self, id: usize, note: &str) -> Result<(), NetError> {
        self.network.connection(id)?;
        fault::point("journal.note.before");
        self.journal.note(&self.told, note)?;
        fault::point("journal.note.after");
        Ok(())
    }

    fn wait(&mut self, id: usize, time: Duration) -> Result<(), NetError> {
        self.network.wait(id, time)
    }

    fn close(&mut self, id: usize) {
        self.network.close(id);
    }

    fn log(&mut self, stream: &str, bytes: &[u8]) {
        log(&self.vault, stream, bytes);
    }
}
