//! HashiCorp Vault and OpenBao, KV version 2: a certificate, its chain and its key as one secret.
//!
//! What the secret holds is never read, since an old private key is in it: a mark in the secret's own metadata says which
//! version is whose. A write names the version that it replaces, so that two writers notice each other.
#![no_std]

extern crate alloc;

mod back;
mod config;
#[cfg(test)]
mod tests;
mod vault;
mod write;

use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use lastmile_sdk::http::parse_notes;
use lastmile_sdk::{Capability, Connector, Deployment, Failure, Problem, Receipt, Reversible, Sandbox};

use crate::config::Config;
use crate::vault::{State, logged_in};

/// The connector.
pub struct VaultKv;

impl Connector for VaultKv {
    fn name() -> &'static str {
        "vault-kv"
    }

    fn capabilities(config: &str) -> Result<Vec<Capability>, Vec<Problem>> {
        Ok(vec![Capability::NetDial(Config::parse(config)?.endpoint)])
    }

    fn deploy<S: Sandbox>(sandbox: &mut S, deployment: &Deployment) -> Result<Receipt, Failure> {
        let config = Config::parse(&deployment.config).map_err(Failure::Misconfigured)?;
        logged_in(sandbox.dial(&config.endpoint)?, &config, |api| {
            let version = write::bring(api, &config, deployment)?;
            let note = if api.changed() { "written" } else { "it is there already" };
            let (mount, path) = config.mount_and_path();
            Ok(api.receipt(&format!("{mount}/{path}, version {version}"), note))
        })
    }

    fn observe<S: Sandbox>(sandbox: &mut S, deployment: &Deployment) -> Result<Option<String>, Failure> {
        let config = Config::parse(&deployment.config).map_err(Failure::Misconfigured)?;
        let fingerprint = &deployment.certificate.fingerprint;
        logged_in(sandbox.dial(&config.endpoint)?, &config, |api| {
            Ok(State::read(api, &config)?.holds(fingerprint).then(|| fingerprint.clone()))
        })
    }
}

impl Reversible for VaultKv {
    fn rollback<S: Sandbox>(
        sandbox: &mut S,
        deployment: &Deployment,
        notes: &[String],
    ) -> Result<(), Failure> {
        let config = Config::parse(&deployment.config).map_err(Failure::Misconfigured)?;
        let notes = parse_notes(notes)?;
        logged_in(sandbox.dial(&config.endpoint)?, &config, |api| {
            back::restore(api, &config, deployment, &notes)
        })
    }
}

lastmile_sdk::export!(VaultKv, reversible);
