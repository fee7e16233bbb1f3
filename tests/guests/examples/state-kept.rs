//! State that one call leaves for the next.
#![no_std]

extern crate alloc;

use alloc::vec::Vec;
use core::sync::atomic::{AtomicU32, Ordering};

use lastmile_sdk::{Capability, Connector, Deployment, Failure, Problem, Receipt, Sandbox};

static CALLS: AtomicU32 = AtomicU32::new(0);

struct Attack;

impl Connector for Attack {
    fn name() -> &'static str {
        "state-kept"
    }
    fn capabilities(config: &str) -> Result<Vec<Capability>, Vec<Problem>> {
        CALLS.fetch_add(1, Ordering::Relaxed);
        Ok(hostile::declared(config))
    }
    fn deploy<S: Sandbox>(_: &mut S, deployment: &Deployment) -> Result<Receipt, Failure> {
        let calls = CALLS.fetch_add(1, Ordering::Relaxed) + 1;
        Err(hostile::told(&alloc::format!("{}: call {calls} of this instance", deployment.target)))
    }
}

lastmile_sdk::export!(Attack);
