//! Palo Alto PAN-OS and Panorama (XML API): a new certificate object for each version, bound to an SSL/TLS service profile,
//! committed.
//!
//! Everything is prepared in the candidate configuration; what this administrator did there is committed, and nothing else.
//! Going back is to bind the old object again and to commit once more.
#![no_std]

extern crate alloc;

mod answer;
mod config;
mod device;
#[cfg(test)]
mod tests;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use lastmile_sdk::certificate::no_ed25519;
use lastmile_sdk::failure::misconfigured;
use lastmile_sdk::http::{Answer, Api, Judged, Target, parse_notes};
use lastmile_sdk::{Certificate, Connection, Deployment, Failure, Problem, Receipt};
use serde::{Deserialize, Serialize};

pub use crate::config::Paloalto;
use crate::device::{CANDIDATE, RUNNING, View};

/// What a rollback needs, noted before the change.
#[derive(Serialize, Deserialize)]
struct Note {
    /// The certificate that ran.
    old: String,
    /// The one to be bound.
    new: String,
    /// Whether `new` was yet to be imported.
    import: bool,
}

impl Target for Paloalto {
    const NAME: &'static str = "paloalto";

    fn parse(config: &str) -> Result<Self, Vec<Problem>> {
        Self::read(config)
    }

    fn endpoint(&self) -> &str {
        &self.endpoint
    }

    fn judge(answer: &Answer) -> Judged {
        answer::judge(answer)
    }

    fn bring<C: Connection>(&self, api: &mut Api<C>, deployment: &Deployment) -> Result<Receipt, Failure> {
        let certificate = &deployment.certificate;
        no_ed25519(certificate, "PAN-OS")?;
        // Where the two differ somebody's next commit would take the certificate away.
        let look = |api: &mut Api<C>| {
            let done = self.serves(api, RUNNING, certificate)? && self.serves(api, CANDIDATE, certificate)?;
            Ok(done.then_some(()))
        };
        let mut listed = true;
        api.bring(look, |api| {
            listed = self.renew(api, certificate)?;
            Ok(())
        })?;
        if !api.changed() {
            return Ok(api.receipt(&self.versions.name(certificate), "the profile serves it already"));
        }
        // What Panorama runs says nothing of its firewalls, so this is not settled by looking.
        self.push(api)?;
        let note = match listed {
            true => "imported, bound and committed",
            false => "imported, bound and committed; older versions are left in the device, which lists none",
        };
        Ok(api.receipt(&self.versions.name(certificate), note))
    }

    fn served<C: Connection>(
        &self,
        api: &mut Api<C>,
        deployment: &Deployment,
    ) -> Result<Option<String>, Failure> {
        let certificate = &deployment.certificate;
        Ok(self.serves(api, RUNNING, certificate)?.then(|| certificate.fingerprint.clone()))
    }

    fn take_back<C: Connection>(
        &self,
        api: &mut Api<C>,
        _: &Deployment,
        notes: &[String],
    ) -> Result<(), Failure> {
        for Note { old, new, import } in parse_notes(notes)? {
            if self.bound(api, CANDIDATE)?.as_ref() == Some(&new) {
                self.bind(api, &old)?;
            }
            if import {
                self.delete(api, &new)?;
            }
            self.commit(api)?;
            self.push(api)?;
        }
        Ok(())
    }
}

impl Paloalto {
    fn serves<C: Connection>(
        &self,
        api: &mut Api<C>,
        view: View,
        certificate: &Certificate,
    ) -> Result<bool, Failure> {
        let Some(name) = self.bound(api, view)? else { return Ok(false) };
        Ok(self.holds(api, view, &name, certificate)? == Some(true))
    }

    /// Says whether older versions could be looked for.
    fn renew<C: Connection>(&self, api: &mut Api<C>, certificate: &Certificate) -> Result<bool, Failure> {
        let Some(old) = self.bound(api, RUNNING)? else {
            return Err(misconfigured(
                "profile",
                "no such SSL/TLS service profile with a certificate runs there",
            ));
        };
        self.unlocked(api)?;
        let new = self.versions.name(certificate);
        let held = self.holds(api, CANDIDATE, &new, certificate)?;
        if held == Some(false) {
            return Err(Failure::Rejected(format!("{new} is there and is another certificate: delete it")));
        }
        let names = self.names(api)?;
        api.note(&Note { old: old.clone(), new: new.clone(), import: held.is_none() })?;
        // The one before stays, for going back.
        let superseded = |name: &&String| **name != old && self.versions.has_another(name, certificate);
        names.iter().flatten().filter(superseded).try_for_each(|name| self.delete(api, name))?;
        if held.is_none() {
            self.import(api, &new, certificate)?;
        }
        self.bind(api, &new)?;
        self.commit(api)?;
        Ok(names.is_some())
    }
}

lastmile_sdk::http_connector!(Paloalto, reversible);
