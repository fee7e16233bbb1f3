//! HAProxy: one PEM with leaf, chain and key; an optional check; a reload by the operator's means.
#![no_std]

extern crate alloc;

mod config;
#[cfg(test)]
mod tests;

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use lastmile_sdk::failure::complaint;
use lastmile_sdk::{
    Attributes, Capability, Command, Connector, Deployment, Failure, Part, Problem, Receipt, Sandbox,
    Written, document,
};

use crate::config::Config;

/// The connector.
pub struct Haproxy;

impl Connector for Haproxy {
    fn name() -> &'static str {
        "haproxy"
    }

    fn capabilities(config: &str) -> Result<Vec<Capability>, Vec<Problem>> {
        let config = Config::parse(config)?;
        let mut needs = vec![Capability::FsWrite(config.pem)];
        needs.extend(config.check.map(Capability::ProcessExec));
        needs.push(Capability::ProcessExec(config.reload));
        Ok(needs)
    }

    fn deploy<S: Sandbox>(sandbox: &mut S, deployment: &Deployment) -> Result<Receipt, Failure> {
        let config = Config::parse(&deployment.config).map_err(Failure::Misconfigured)?;
        let content = [Part::Text(document::full_chain(&deployment.certificate)), document::private_key()];
        let attributes =
            Attributes { mode: config.mode, owner: config.owner.clone(), group: config.group.clone() };
        let changed = sandbox.write(&config.pem, &content, &attributes)? != Written::Unchanged;
        // A later attempt reloads in any case: the file may be right and the server may not have read it.
        if !changed && deployment.attempt <= 1 {
            return Ok(receipt(&config, false));
        }
        if let Some(check) = &config.check {
            let checked = sandbox.exec(&command(check, false))?;
            if let Some(text) = complaint("the check", &checked) {
                return Err(Failure::Rejected(text));
            }
        }
        let reloaded = sandbox.exec(&command(&config.reload, true))?;
        if let Some(text) = complaint("the reload", &reloaded) {
            return Err(Failure::Unavailable((text, None)));
        }
        Ok(receipt(&config, changed))
    }
}

fn command(argv: &[String], repeat_on_rollback: bool) -> Command {
    Command { argv: argv.to_vec(), stdin: Vec::new(), timeout_ms: None, repeat_on_rollback }
}

fn receipt(config: &Config, changed: bool) -> Receipt {
    let note = if changed { "HAProxy reloaded" } else { "HAProxy has it already" };
    Receipt { changed, reference: config.pem.clone(), note: note.into() }
}

lastmile_sdk::export!(Haproxy);
