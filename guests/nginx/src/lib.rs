//! nginx: write certificate and key, let nginx test its configuration, reload.
#![no_std]

extern crate alloc;

mod config;
#[cfg(test)]
mod tests;

use alloc::format;
use alloc::vec;
use alloc::vec::Vec;

use lastmile_sdk::failure::complaint;
use lastmile_sdk::{
    Attributes, Capability, Command, Connector, Deployment, Failure, Part, Problem, Receipt, Sandbox,
    Written, document,
};

use crate::config::Config;

/// The connector.
pub struct Nginx;

impl Connector for Nginx {
    fn name() -> &'static str {
        "nginx"
    }

    fn capabilities(config: &str) -> Result<Vec<Capability>, Vec<Problem>> {
        let config = Config::parse(config)?;
        let mut needs =
            vec![Capability::FsWrite(config.key.clone()), Capability::FsWrite(config.certificate.clone())];
        needs.extend(config.chain.clone().map(Capability::FsWrite));
        needs.push(Capability::ProcessExec(config.command(&["-t"])));
        needs.push(Capability::ProcessExec(config.command(&["-s", "reload"])));
        Ok(needs)
    }

    fn deploy<S: Sandbox>(sandbox: &mut S, deployment: &Deployment) -> Result<Receipt, Failure> {
        let config = Config::parse(&deployment.config).map_err(Failure::Misconfigured)?;
        let changed = write_files(sandbox, &config, deployment)?;
        // A later attempt reloads in any case: the files may be right and the server may not have read them.
        if !changed && deployment.attempt <= 1 {
            return Ok(receipt(&config, false));
        }
        let tested = sandbox.exec(&command(config.command(&["-t"]), false))?;
        if let Some(text) = complaint("nginx -t", &tested) {
            return Err(Failure::Rejected(text));
        }
        let reloaded = sandbox.exec(&command(config.command(&["-s", "reload"]), true))?;
        if let Some(text) = complaint("nginx -s reload", &reloaded) {
            return Err(Failure::Unavailable((format!("is nginx running? {text}"), None)));
        }
        Ok(receipt(&config, changed))
    }
}

fn write_files<S: Sandbox>(
    sandbox: &mut S,
    config: &Config,
    deployment: &Deployment,
) -> Result<bool, Failure> {
    let certificate = &deployment.certificate;
    let mut files = vec![(&config.key, document::private_key(), config.key_mode)];
    match &config.chain {
        Some(chain) => {
            files.push((&config.certificate, document::text(&certificate.leaf_pem), 0o644));
            files.push((chain, document::text(&certificate.chain_pem), 0o644));
        }
        None => files.push((&config.certificate, Part::Text(document::full_chain(certificate)), 0o644)),
    }
    let mut changed = false;
    for (path, part, mode) in files {
        let attributes = Attributes { mode, owner: config.owner.clone(), group: config.group.clone() };
        changed |= sandbox.write(path, &[part], &attributes)? != Written::Unchanged;
    }
    Ok(changed)
}

fn command(argv: Vec<alloc::string::String>, repeat_on_rollback: bool) -> Command {
    Command { argv, stdin: Vec::new(), timeout_ms: None, repeat_on_rollback }
}

fn receipt(config: &Config, changed: bool) -> Receipt {
    let note = if changed { "nginx reloaded" } else { "nginx has it already" };
    Receipt { changed, reference: config.certificate.clone(), note: note.into() }
}

lastmile_sdk::export!(Nginx);
