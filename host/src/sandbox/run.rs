//! One call, in a store of its own.

use std::sync::Arc;
use std::time::{Duration, Instant};

use wasmtime::{Engine, Store, UpdateDeadline};

use super::bindings::DeploymentConnectorPre;
use super::bindings::exports::lastmile::connector::connector::Guest;
use super::classify::classify;
use super::clock::Clock;
use super::imports::State;
use super::limits::Budget;
use super::shut::Shut;
use super::{
    Cancel, Capability, Doors, GuestDeployment, GuestFailure, GuestReceipt, Inert, Limits, Problem, RunError,
    convert, inert,
};

/// Copying what a guest passes to the host costs fuel by its size: the largest that one call may bring.
const HOSTCALL_FUEL: usize = 4 << 20;
/// Resources that exist at once in one call, those of the guest's own making included.
const HANDLES: usize = 512;
/// For the calls that need no world: name and capabilities.
const THINKING_TIME: Duration = Duration::from_secs(5);

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

    /// Instantiates once and runs nothing: what does not start, or is another kind of connector, is refused
    /// when it is loaded.
    pub(super) fn start(&self) -> Result<(), RunError> {
        self.think(|_, _| Ok(()))
    }

    /// What the connector calls itself.
    ///
    /// # Errors
    ///
    /// The guest did not return.
    pub fn name(&self) -> Result<String, RunError> {
        self.think(|guest, store| guest.call_name(store)).map(|name| convert::text(&name))
    }

    /// What the connector needs for this configuration, or what is wrong with the configuration.
    ///
    /// # Errors
    ///
    /// The guest did not return.
    pub fn capabilities(&self, config: &str) -> Result<Result<Vec<Capability>, Vec<Problem>>, RunError> {
        let answer = self.think(|guest, store| guest.call_capabilities(store, config))?;
        Ok(answer.map(|list| list.into_iter().map(convert::capability).collect()).map_err(convert::problems))
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
        Ok(answer.map(convert::receipt).map_err(convert::failure))
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
        let budget = Budget::new(self.limits.clone(), deadline, cancel.clone());
        let mut store = Store::new(&self.engine, State::new(doors, budget));
        store.limiter(|state| &mut state.budget);
        store.set_hostcall_fuel(HOSTCALL_FUEL);
        store.set_max_component_handles(HANDLES);
        let _running = self.clock.run();
        // Armed just before instantiation: start functions are guest code.
        store.epoch_deadline_callback(|store| {
            store.data().budget.in_time()?;
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
