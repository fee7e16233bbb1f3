//! One call, in a store of its own.

use std::sync::Arc;
use std::time::{Duration, Instant};

use wasmtime::component::TypedFunc;
use wasmtime::{Engine, Store, UpdateDeadline};

use super::bindings::exports::lastmile::connector::connector::{Deployment, Failure, Guest};
use super::classify::classify;
use super::clock::Clock;
use super::imports::{Noting, State};
use super::limits::Budget;
use super::link::Linked;
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

/// For a rollback, beside whatever the deployment had; less where the plugin has less for everything.
const WAY_BACK: Duration = Duration::from_secs(60);

/// The contract's `rollback`.
type Rollback = TypedFunc<(Deployment, Vec<String>), (Result<(), Failure>,)>;

/// A component that was admitted, compiled and linked.
pub struct Loaded {
    pub(super) engine: Engine,
    clock: Arc<Clock>,
    pub(super) linked: Linked,
    pub(super) limits: Limits,
}

impl Loaded {
    pub(super) fn new(engine: Engine, clock: Arc<Clock>, linked: Linked, limits: Limits) -> Self {
        Self { engine, clock, linked, limits }
    }

    /// Instantiates once and runs nothing: what does not start, or is another kind of connector, is refused
    /// when it is loaded.
    pub(super) fn start(&self) -> Result<(), RunError> {
        self.think(|_, _| Ok(()))?;
        if self.is_reversible() {
            self.run(self.shut(), |store| self.rollback_of(store).map(|_| ()))?;
        }
        Ok(())
    }

    /// Whether the connector can take back what it told its target.
    #[must_use]
    pub const fn is_reversible(&self) -> bool {
        self.linked.rollback.is_some()
    }

    /// How long a rollback may take.
    #[must_use]
    pub fn time_to_go_back(&self) -> Duration {
        self.limits.wall.min(WAY_BACK)
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
        inert::describe(&self.engine, self.linked.connector.instance_pre().component())
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
        let budget = Budget::new(self.limits.clone(), deadline, cancel.clone());
        let noting = if self.is_reversible() { Noting::Durable } else { Noting::NoWayBack };
        let state = State::new(doors, budget, noting);
        let answer = self.connector(state, |guest, store| guest.call_deploy(store, &told))?;
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
        let budget = Budget::new(self.limits.clone(), deadline, cancel.clone());
        let state = State::new(doors, budget, Noting::NothingChanges);
        let answer = self.connector(state, |guest, store| guest.call_observe(store, &told))?;
        Ok(answer.map_err(convert::failure))
    }

    /// Has the connector take back what it told its target; the notes are newest first. Nobody cuts this short: whoever has
    /// lost the right to deploy must still go back.
    ///
    /// # Errors
    ///
    /// The guest did not return.
    pub fn rollback(
        &self,
        deployment: &GuestDeployment,
        notes: &[String],
        doors: Box<dyn Doors>,
        deadline: Instant,
    ) -> Result<Result<(), GuestFailure>, RunError> {
        let told = convert::deployment(deployment);
        let limits = Limits { wall: self.time_to_go_back(), ..self.limits.clone() };
        let budget = Budget::new(limits, deadline, Cancel::default());
        let (answer,) = self.run(State::new(doors, budget, Noting::GoingBack), |store| {
            self.rollback_of(store)?.call(store, (told, notes.to_vec()))
        })?;
        Ok(answer.map_err(convert::failure))
    }

    /// The function, of the contract's type, in an instance of its own.
    fn rollback_of(&self, store: &mut Store<State>) -> wasmtime::Result<Rollback> {
        let index = self.linked.rollback.as_ref();
        let index = index.ok_or_else(|| wasmtime::format_err!("the component exports no `rollback`"))?;
        self.linked.connector.instance_pre().instantiate(&mut *store)?.get_typed_func(store, index)
    }

    fn think<R>(
        &self,
        call: impl FnOnce(&Guest, &mut Store<State>) -> wasmtime::Result<R>,
    ) -> Result<R, RunError> {
        self.connector(self.shut(), call)
    }

    /// What needs no world.
    fn shut(&self) -> State {
        let deadline = Instant::now() + self.limits.wall.min(THINKING_TIME);
        let budget = Budget::new(self.limits.clone(), deadline, Cancel::default());
        State::new(Box::new(Shut), budget, Noting::NothingChanges)
    }

    fn connector<R>(
        &self,
        state: State,
        call: impl FnOnce(&Guest, &mut Store<State>) -> wasmtime::Result<R>,
    ) -> Result<R, RunError> {
        self.run(state, |store| {
            let instance = self.linked.connector.instantiate(&mut *store)?;
            call(instance.lastmile_connector_connector(), store)
        })
    }

    fn run<R>(
        &self,
        state: State,
        call: impl FnOnce(&mut Store<State>) -> wasmtime::Result<R>,
    ) -> Result<R, RunError> {
        let mut store = Store::new(&self.engine, state);
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
        let ended = call(&mut store);
        store.data_mut().end_log();
        ended.map_err(|error| classify(&error))
    }
}
