//! Declares a hundred thousand prefixes.
#![no_std]

extern crate alloc;

use alloc::vec::Vec;

use lastmile_sdk::{Capability, Connector, Deployment, Failure, Problem, Receipt, Sandbox};

struct Attack;

impl Connector for Attack {
    fn name() -> &'static str {
        "declare-flood"
    }
    fn capabilities(config: &str) -> Result<Vec<Capability>, Vec<Problem>> {
        let _ = config;
        Ok(alloc::vec![Capability::FsWrite("/etc/".into()); 100_000])
    }
    fn deploy<S: Sandbox>(_: &mut S, deployment: &Deployment) -> Result<Receipt, Failure> {
        Ok(hostile::success(deployment))
    }
}

lastmile_sdk::export!(Attack);
