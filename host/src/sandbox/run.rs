//! One call, in a store of its own.

use std::sync::Arc;
use std::time::{Duration, Instant};

use wasmtime::{Engine, Store, Trap, UpdateDeadline};

use super::bindings::DeploymentConnectorPre;
use super::bindings::exports::lastmile::connector::connector::Guest;
use super::clock::Clock;
use super::imports::State;
use super::limits::Exceeded;
use super::{
    Cancel, Capability, Doors, GuestDeployment, GuestFailure, GuestReceipt, Inert, Limits, Problem, RunError,
    convert, inert,
};
use crate::capability::document::Document;
use crate::capability::fs::{Attributes, FsError, Written};
use crate::capability::net::{NetError, Request, Response};
use crate::capability::process::{Command, ExecError, Output};

/// Copying arguments in costs fuel by their size; a certificate with its chain is far below this.
const HOSTCALL_FUEL: usize = 4 << 20;
/// For the calls that need no world: name and capabilities.
const THINKING_TIME: Duration = Duration::from_secs(5);
/// The longest text that a guest may answer.
const TEXT: usize = 64 << 10;

/// A component that was admitted, compiled and linked.
pub struct Loaded {
    pub(super) engine: Engine,
    clock: Arc<Clock>,
    pub(super) linked: DeploymentConnectorPre<State>,
    pub(super) limits: Limits,
}

impl Loaded {
    pub(super) fn new(
        engine: Engine,
        clock: Arc<Clock>,
        linked: DeploymentConnectorPre<State>,
        limits: Limits,
    ) -> Self {
        Self { engine, clock, linked, limits }
    }

    /// What the connector calls itself.
    ///
    /// # Errors
    ///
    /// The guest did not return.
    pub fn name(&self) -> Result<String, RunError> {
        self.think(|guest, store| guest.call_name(store)).map(|mut name| {
            name.truncate(name.floor_char_boundary(256));
            name
        })
    }

    /// What the connector needs for this configuration, or what is wrong with the configuration.
    ///
    /// # Errors
    ///
    /// The guest did not return.
    pub fn capabilities(&self, config: &str) -> Result<Result<Vec<Capability>, Vec<Problem>>, RunError> {
        let answer = self.think(|guest, store| guest.call_capabilities(store, config))?;
        Ok(answer
            .map(|list| list.into_iter().map(convert::capability).collect())
            .map_err(|problems| problems.into_iter().map(convert::problem).collect()))
    }

    /// What the component gets of each WASI import, if WASI is answered inertly.
    #[must_use]
    pub fn inert_wasi(&self) -> Vec<Inert> {
        inert::describe(&self.engine, self.linked.instance_pre().component())
    }

    /// Runs the deployment behind these doors.
    ///
    /// # Errors
    ///
    /// The guest did not return.
    pub fn deploy(
        &self,
        deployment: &GuestDeployment,
        doors: Box<dyn Doors>,
        deadline: Instant,
        cancel: &Cancel,
    ) -> Result<Result<GuestReceipt, GuestFailure>, RunError> {
        let told = convert::deployment(deployment);
        let answer = self.call(doors, deadline, cancel, |guest, store| guest.call_deploy(store, &told))?;
        Ok(answer.map(convert::receipt).map(bounded).map_err(convert::failure))
    }

    /// Asks the target what it serves.
    ///
    /// # Errors
    ///
    /// The guest did not return.
    pub fn observe(
        &self,
        deployment: &GuestDeployment,
        doors: Box<dyn Doors>,
        deadline: Instant,
        cancel: &Cancel,
    ) -> Result<Result<Option<String>, GuestFailure>, RunError> {
        let told = convert::deployment(deployment);
        let answer = self.call(doors, deadline, cancel, |guest, store| guest.call_observe(store, &told))?;
        Ok(answer.map_err(convert::failure))
    }

    fn think<R>(
        &self,
        call: impl FnOnce(&Guest, &mut Store<State>) -> wasmtime::Result<R>,
    ) -> Result<R, RunError> {
        let wall = self.limits.wall.min(THINKING_TIME);
        self.call(Box::new(Shut), Instant::now() + wall, &Cancel::default(), call)
    }

    fn call<R>(
        &self,
        doors: Box<dyn Doors>,
        deadline: Instant,
        cancel: &Cancel,
        call: impl FnOnce(&Guest, &mut Store<State>) -> wasmtime::Result<R>,
    ) -> Result<R, RunError> {
        let mut store = Store::new(&self.engine, State::new(doors, self.limits.clone()));
        store.limiter(|state| &mut state.budget);
        store.set_hostcall_fuel(HOSTCALL_FUEL);
        let (wall, cancel) = (self.limits.wall, cancel.clone());
        let _running = self.clock.run();
        // Armed just before instantiation: start functions are guest code.
        store.epoch_deadline_callback(move |_| {
            if cancel.is_cancelled() {
                return Err(Exceeded::Cancelled.into());
            }
            if Instant::now() >= deadline {
                return Err(Exceeded::Wall(wall).into());
            }
            Ok(UpdateDeadline::Continue(1))
        });
        store.set_epoch_deadline(1);
        let ended = self
            .linked
            .instantiate(&mut store)
            .and_then(|instance| call(instance.lastmile_connector_connector(), &mut store));
        store.data_mut().end_log();
        ended.map_err(|error| classify(&error))
    }
}

fn classify(error: &wasmtime::Error) -> RunError {
    if let Some(exceeded) = error.downcast_ref::<Exceeded>() {
        return RunError::Limit(exceeded.to_string());
    }
    // Above the cause stands wasmtime's list of the guest's frames, which tells an operator nothing.
    let text: String = error.root_cause().to_string().chars().take(1000).collect();
    match error.downcast_ref::<Trap>() {
        Some(Trap::StackOverflow) => RunError::Limit("the stack".to_owned()),
        Some(trap) => RunError::Trapped(trap.to_string()),
        None if text.contains("instance count") => RunError::Limit(format!("instances: {text}")),
        None if text.contains("fuel") => RunError::Limit("the size of what it passes to the host".to_owned()),
        None if text.contains("limit") || text.contains("exceed") => RunError::Limit(text),
        None => RunError::Trapped(text),
    }
}

fn bounded(mut receipt: GuestReceipt) -> GuestReceipt {
    receipt.reference.truncate(receipt.reference.floor_char_boundary(TEXT));
    receipt.note.truncate(receipt.note.floor_char_boundary(TEXT));
    receipt
}

/// The doors of a call that needs no world.
pub(super) struct Shut;

const SHUT: &str = "only `deploy` and `observe` reach the world";

impl Doors for Shut {
    fn fs_write(&mut self, _: &str, _: Document, _: Attributes) -> Result<Written, FsError> {
        Err(FsError::Denied(SHUT.to_owned()))
    }
    fn exec(&mut self, _: Command) -> Result<Output, ExecError> {
        Err(ExecError::Denied(SHUT.to_owned()))
    }
    fn dial(&mut self, _: &str) -> Result<usize, NetError> {
        Err(NetError::Denied(SHUT.to_owned()))
    }
    fn request(&mut self, _: usize, _: Request) -> Result<Response, NetError> {
        Err(NetError::Denied(SHUT.to_owned()))
    }
    fn send(&mut self, _: usize, _: Document) -> Result<(), NetError> {
        Err(NetError::Denied(SHUT.to_owned()))
    }
    fn receive(&mut self, _: usize, _: u32, _: Duration) -> Result<Vec<u8>, NetError> {
        Err(NetError::Denied(SHUT.to_owned()))
    }
    fn peer_certificates(&mut self, _: usize) -> Result<Vec<Vec<u8>>, NetError> {
        Err(NetError::Denied(SHUT.to_owned()))
    }
    fn close(&mut self, _: usize) {}
    fn log(&mut self, _: &str, _: &[u8]) {}
}
