//! For `make bench` alone: what wasmtime itself needs for a call, without anything of this host's.
//!
//! Behind the feature `bench`, which no shipped build has, because only this room may name wasmtime.

use std::time::Instant;

use wasmtime::Store;

use super::bindings::exports::lastmile::connector::connector::Deployment;
use super::imports::{Noting, State};
use super::limits::Budget;
use super::run::Loaded;
use super::shut::Shut;
use super::{Cancel, GuestDeployment, RunError, convert};

/// The same component, engine and argument: a bare store, an instance, one typed call.
pub struct Floor<'a> {
    loaded: &'a Loaded,
    told: Deployment,
}

impl<'a> Floor<'a> {
    /// Prepares the argument, which is not part of the floor.
    #[must_use]
    pub fn new(loaded: &'a Loaded, deployment: &GuestDeployment) -> Self {
        Self { loaded, told: convert::deployment(deployment) }
    }

    /// One call: no limiter, no deadline, no budget of fuel.
    ///
    /// # Errors
    ///
    /// The guest did not return, or failed.
    pub fn call(&self) -> Result<(), RunError> {
        // The budget is asked by calls of the host alone, and an empty deployment makes none.
        let budget = Budget::new(self.loaded.limits.clone(), Instant::now(), Cancel::default());
        let mut store =
            Store::new(&self.loaded.engine, State::new(Box::new(Shut), budget, Noting::NoWayBack));
        // The profile counts epochs; a store begins at the one in which it would end.
        store.set_epoch_deadline(u64::MAX / 2);
        let called =
            self.loaded.linked.connector.instantiate(&mut store).and_then(|instance| {
                instance.lastmile_connector_connector().call_deploy(&mut store, &self.told)
            });
        match called {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(failure)) => Err(RunError::Internal(format!("{:?}", convert::failure(failure)))),
            Err(error) => Err(RunError::Internal(format!("{error:#}"))),
        }
    }
}
