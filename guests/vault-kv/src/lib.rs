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
use alloc::vec::Vec;

use lastmile_sdk::http::{Answer, Api, Judged, Target, parse_notes};
use lastmile_sdk::{Connection, Deployment, Failure, Problem, Receipt};

pub use crate::config::VaultKv;
use crate::vault::{State, logged_in};

impl Target for VaultKv {
    const NAME: &'static str = "vault-kv";

    fn parse(config: &str) -> Result<Self, Vec<Problem>> {
        Self::read(config)
    }

    fn endpoint(&self) -> &str {
        &self.endpoint
    }

    fn judge(answer: &Answer) -> Judged {
        vault::judge(answer)
    }

    fn bring<C: Connection>(&self, api: &mut Api<C>, deployment: &Deployment) -> Result<Receipt, Failure> {
        logged_in(api, self, |api| {
            let version = write::bring(api, self, deployment)?;
            let note = if api.changed() { "written" } else { "it is there already" };
            let (mount, path) = self.mount_and_path();
            Ok(api.receipt(&format!("{mount}/{path}, version {version}"), note))
        })
    }

    fn served<C: Connection>(
        &self,
        api: &mut Api<C>,
        deployment: &Deployment,
    ) -> Result<Option<String>, Failure> {
        let fingerprint = &deployment.certificate.fingerprint;
        logged_in(api, self, |api| {
            Ok(State::read(api, self)?.holds(fingerprint).then(|| fingerprint.clone()))
        })
    }

    fn take_back<C: Connection>(
        &self,
        api: &mut Api<C>,
        deployment: &Deployment,
        notes: &[String],
    ) -> Result<(), Failure> {
        let notes = parse_notes(notes)?;
        logged_in(api, self, |api| back::restore(api, self, deployment, &notes))
    }
}

lastmile_sdk::http_connector!(VaultKv, reversible);
