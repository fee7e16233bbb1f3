//! Deploys nothing.
#![no_std]

extern crate alloc;

use alloc::string::String;
use alloc::vec::Vec;

use lastmile_sdk::{Capability, Connector, Deployment, Failure, Problem, Receipt, Sandbox};

struct Idle;

impl Connector for Idle {
    fn name() -> &'static str {
        "idle"
    }

    fn capabilities(_: &str) -> Result<Vec<Capability>, Vec<Problem>> {
        Ok(Vec::new())
    }

    fn deploy<S: Sandbox>(_: &mut S, _: &Deployment) -> Result<Receipt, Failure> {
        Ok(Receipt { changed: false, reference: String::new(), note: String::new() })
    }
}

lastmile_sdk::export!(Idle);
