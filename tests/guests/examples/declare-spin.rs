//! Never says what it needs.
#![no_std]

extern crate alloc;

use alloc::vec::Vec;

use lastmile_sdk::{Capability, Connector, Deployment, Failure, Problem, Receipt, Sandbox};

struct Attack;

impl Connector for Attack {
    fn name() -> &'static str {
        "declare-spin"
    }
    fn capabilities(config: &str) -> Result<Vec<Capability>, Vec<Problem>> {
        core::hint::black_box(config);
        loop {
            core::hint::black_box(0);
        }
    }
    fn deploy<S: Sandbox>(_: &mut S, deployment: &Deployment) -> Result<Receipt, Failure> {
        Ok(hostile::success(deployment))
    }
}

lastmile_sdk::export!(Attack);
