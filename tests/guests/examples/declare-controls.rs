//! A fault of the configuration that writes on the terminal.
#![no_std]

extern crate alloc;

use alloc::vec::Vec;

use lastmile_sdk::{Capability, Connector, Deployment, Failure, Problem, Receipt, Sandbox};

struct Attack;

impl Connector for Attack {
    fn name() -> &'static str {
        "declare-controls"
    }
    fn capabilities(config: &str) -> Result<Vec<Capability>, Vec<Problem>> {
        Err(alloc::vec![Problem {
            pointer: "/\u{1b}[2J".into(),
            message: config.replace(char::is_whitespace, "\r")
        }])
    }
    fn deploy<S: Sandbox>(_: &mut S, deployment: &Deployment) -> Result<Receipt, Failure> {
        Ok(hostile::success(deployment))
    }
}

lastmile_sdk::export!(Attack);
