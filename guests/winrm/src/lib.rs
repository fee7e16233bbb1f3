//! Windows over WinRM: the certificate store and HTTP.sys, which serves IIS.
//!
//! Every deployment looks, imports and binds only what is not as it should be, and looks again. What runs on the
//! Windows side are two fixed PowerShell scripts; their parameters, the PKCS#12 file and its passphrase go in on
//! standard input, where the host seals them.
#![no_std]

extern crate alloc;

mod config;
mod output;
mod script;
mod shell;
#[cfg(test)]
mod tests;
mod wsman;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use lastmile_sdk::{Capability, Connection, Connector, Deployment, Failure, Problem, Receipt, Sandbox};

use crate::config::Config;
use crate::script::{Job, State};
use crate::shell::Shell;
use crate::wsman::Service;

/// The connector.
pub struct Winrm;

impl Connector for Winrm {
    fn name() -> &'static str {
        "winrm"
    }

    fn capabilities(config: &str) -> Result<Vec<Capability>, Vec<Problem>> {
        Ok(vec![Capability::NetDial(Config::parse(config)?.endpoint)])
    }

    fn deploy<S: Sandbox>(sandbox: &mut S, deployment: &Deployment) -> Result<Receipt, Failure> {
        in_shell(sandbox, deployment, bring)
    }

    fn observe<S: Sandbox>(sandbox: &mut S, deployment: &Deployment) -> Result<Option<String>, Failure> {
        in_shell(sandbox, deployment, |shell, job| Ok(served(job, &job.look(shell)?)))
    }
}

/// Opens a shell for the work and deletes it, whatever came of the work.
fn in_shell<S: Sandbox, T>(
    sandbox: &mut S,
    deployment: &Deployment,
    work: impl FnOnce(&mut Shell<S::Connection>, &Job<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let config = Config::parse(&deployment.config).map_err(Failure::Misconfigured)?;
    let service = Service::new(sandbox.dial(&config.endpoint)?, &config.endpoint, deployment);
    let mut shell = Shell::open(service)?;
    let result = work(&mut shell, &Job { config: &config, deployment });
    shell.delete();
    result
}

fn bring<C: Connection>(shell: &mut Shell<C>, job: &Job<'_>) -> Result<Receipt, Failure> {
    let before = job.look(shell)?;
    if job.is_done(&before) {
        return Ok(job.receipt(false, "it is there and bound".to_string()));
    }
    let applied = job.apply(shell, !before.key)?;
    // The change was made: without a second look nobody knows what came of it.
    let after = job.look(shell).map_err(shell::uncertain)?;
    if !job.is_done(&after) {
        return Err(Failure::Rejected(format!("PowerShell ended well, but {}", job.missing(&after))));
    }
    let mut note = if before.key { "bound" } else { "imported and bound" }.to_string();
    if job.config.bindings.is_empty() {
        note = "imported".to_string();
    }
    if !applied.altered.is_empty() {
        note.push_str(&format!(
            "; other settings of {} differ from before: compare `netsh http show sslcert`",
            applied.altered.join(", ")
        ));
    }
    Ok(job.receipt(true, note))
}

/// What all bindings agree on; without bindings, ours where the store holds it.
fn served(job: &Job<'_>, state: &State) -> Option<String> {
    let Some(first) = state.bound.first() else {
        return state.key.then(|| job.deployment.certificate.fingerprint.clone());
    };
    (!first.is_empty() && state.bound.iter().all(|other| other == first)).then(|| first.clone())
}

lastmile_sdk::export!(Winrm);
