//! The sandbox: untrusted components, admitted, compiled elsewhere, run under limits. wasmtime is named only
//! here.
//!
//! A component goes through [`Sandbox::load`]: size cap, digest, linear scan, compilation in a limited child
//! process, a cache under the host's own MAC, and linking of the granted interfaces alone. Each call of
//! [`Loaded`] then runs in a fresh store.

mod admit;
mod artefact;
mod bindings;
mod cache;
mod classify;
mod clock;
mod compile;
mod convert;
mod engine;
#[cfg(feature = "bench")]
mod floor;
mod guest;
mod imports;
mod inert;
mod limits;
mod link;
mod run;
mod scan;
mod shut;
mod wasi;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use thiserror::Error;

use crate::capability::document::Document;
use crate::capability::fs::{Attributes, FsError, Written};
use crate::capability::net::{NetError, Request, Response};
use crate::capability::process::{Command, ExecError, Output};

pub use admit::{Report, inspect};
pub use compile::{COMPILE_CHILD, compile_child};
pub use engine::Sandbox;
#[cfg(feature = "bench")]
#[doc(hidden)]
pub use floor::Floor;
pub use guest::{Capability, GuestDeployment, GuestFailure, GuestReceipt, Problem};
pub use inert::Inert;
pub use limits::Limits;
pub use run::Loaded;

/// The interface that makes a component a connector.
const CONNECTOR: &str = "lastmile:connector/connector@0.1.0";
/// The one by which it takes back what it told its target. It need not be there.
const ROLLBACK: &str = "lastmile:connector/rollback@0.1.0";

/// Where the sandbox keeps its cache and which program compiles.
#[derive(Clone, Debug)]
pub struct SandboxSettings {
    /// The host's state directory.
    pub state_dir: PathBuf,
    /// This program, which compiles in a child when its first argument is [`COMPILE_CHILD`].
    pub compiler: PathBuf,
}

/// Which of the three interfaces are linked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Granted {
    /// `fs.write`.
    pub fs: bool,
    /// `net.dial`.
    pub net: bool,
    /// `process.exec`.
    pub process: bool,
}

impl Granted {
    /// The keys of a grant that link these.
    pub fn keys(self) -> impl Iterator<Item = &'static str> {
        let all = [(self.fs, "fs.write"), (self.net, "net.dial"), (self.process, "process.exec")];
        all.into_iter().filter_map(|(linked, key)| linked.then_some(key))
    }
}

/// A component as the operator names it.
#[derive(Clone, Debug)]
pub struct PluginSpec {
    /// The plugin's name.
    pub name: String,
    /// The component's file.
    pub path: PathBuf,
    /// The digest over its exact bytes; absent only for `unpinned = true`.
    pub sha256: Option<[u8; 32]>,
    /// What was granted.
    pub granted: Granted,
    /// Whether WASI imports are answered harmlessly; otherwise they are refused.
    pub inert_wasi: bool,
    /// The limits of each call.
    pub limits: Limits,
}

/// A component that is not admitted. The message says who is at fault.
#[derive(Debug, Error)]
#[error("plugin `{plugin}`: {reason}")]
pub struct LoadError {
    /// The plugin.
    pub plugin: String,
    /// Why.
    pub reason: String,
}

/// A call that did not return.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RunError {
    /// The connector crashed. Its vendor is at fault.
    #[error("the connector crashed: {0}")]
    Trapped(String),
    /// The connector exceeded a limit.
    #[error("the connector exceeded a limit: {0}")]
    Limit(String),
    /// The host failed.
    #[error("the sandbox failed: {0}")]
    Internal(String),
}

/// Stops a running connector: from another thread, or by itself once its right to run has lapsed.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<Stop>);

#[derive(Debug, Default)]
struct Stop {
    now: AtomicBool,
    at: Mutex<Option<Instant>>,
}

impl Cancel {
    /// Stops it at its next tick.
    pub fn cancel(&self) {
        self.0.now.store(true, Ordering::Release);
    }

    /// Stops it at this moment unless a later call says otherwise: a host that hears nothing more, or was
    /// itself stopped meanwhile, must not go on.
    pub fn cancel_at(&self, at: Instant) {
        *self.0.at.lock().unwrap_or_else(PoisonError::into_inner) = Some(at);
    }

    /// Whether it is to stop.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        let lapsed = || {
            let at = self.0.at.lock().unwrap_or_else(PoisonError::into_inner);
            at.is_some_and(|at| Instant::now() >= at)
        };
        self.0.now.load(Ordering::Acquire) || lapsed()
    }
}

/// What a connector reaches. The sandbox translates and counts; whoever implements this decides.
pub trait Doors: Send {
    /// `fs.write`.
    ///
    /// # Errors
    ///
    /// As the door says.
    fn fs_write(&mut self, path: &str, content: Document, attributes: Attributes)
    -> Result<Written, FsError>;

    /// `process.exec`.
    ///
    /// # Errors
    ///
    /// As the door says.
    fn exec(&mut self, command: Command) -> Result<Output, ExecError>;

    /// `net.dial`; the answer names the connection.
    ///
    /// # Errors
    ///
    /// As the door says.
    fn dial(&mut self, endpoint: &str) -> Result<usize, NetError>;

    /// One HTTP exchange.
    ///
    /// # Errors
    ///
    /// As the door says.
    fn request(&mut self, id: usize, request: Request) -> Result<Response, NetError>;

    /// Bytes to a stream.
    ///
    /// # Errors
    ///
    /// As the door says.
    fn send(&mut self, id: usize, content: Document) -> Result<(), NetError>;

    /// Bytes from a stream.
    ///
    /// # Errors
    ///
    /// As the door says.
    fn receive(&mut self, id: usize, at_most: u32, timeout: Duration) -> Result<Vec<u8>, NetError>;

    /// What the peer presented.
    ///
    /// # Errors
    ///
    /// As the door says.
    fn peer_certificates(&mut self, id: usize) -> Result<Vec<Vec<u8>>, NetError>;

    /// Notes what a rollback will need, durably.
    ///
    /// # Errors
    ///
    /// As the door says.
    fn on_rollback(&mut self, id: usize, note: &str) -> Result<(), NetError>;

    /// Waits, at most as long as the deployment may go on.
    ///
    /// # Errors
    ///
    /// As the door says.
    fn wait(&mut self, id: usize, time: Duration) -> Result<(), NetError>;

    /// The guest dropped the connection.
    fn close(&mut self, id: usize);

    /// What an inert WASI guest printed.
    fn log(&mut self, stream: &str, bytes: &[u8]);
}
