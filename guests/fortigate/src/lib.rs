//! Fortinet FortiGate (FortiOS 6.4 and later, REST API): a new certificate beside the old one, everything that referred to the
//! old one bound to it, and what is superseded deleted.
//!
//! FortiOS never replaces a certificate. So the old one stays whole until the next renewal, and going back is to bind it again.
#![no_std]

extern crate alloc;

mod binding;
mod config;
mod device;
#[cfg(test)]
mod tests;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cell::RefCell;

use lastmile_sdk::certificate::{no_ed25519, pems};
use lastmile_sdk::failure::misconfigured;
use lastmile_sdk::http::{Answer, Api, Judged, Target, parse_notes};
use lastmile_sdk::{Certificate, Connection, Deployment, Failure, Problem, Receipt};
use serde::{Deserialize, Serialize};

use crate::binding::{Binding, names};
pub use crate::config::Fortigate;

/// What a rollback needs, noted before the change.
#[derive(Serialize, Deserialize)]
struct Note {
    /// What is bound anew, and to what it was bound.
    old: Vec<(Binding, String)>,
    new: String,
    /// Whether `new` was yet to be imported.
    import: bool,
}

/// What a renewal came upon and did not fail for.
#[derive(Default)]
struct Aside {
    /// The CA store holds what it does not show.
    hides: bool,
    /// Why certificates that are superseded stay.
    left: Option<String>,
}

impl Target for Fortigate {
    const NAME: &'static str = "fortigate";

    fn parse(config: &str) -> Result<Self, Vec<Problem>> {
        Self::read(config)
    }

    fn endpoint(&self) -> &str {
        &self.endpoint
    }

    fn judge(answer: &Answer) -> Judged {
        device::judge(answer)
    }

    fn bring<C: Connection>(&self, api: &mut Api<C>, deployment: &Deployment) -> Result<Receipt, Failure> {
        let certificate = &deployment.certificate;
        no_ed25519(certificate, "FortiOS")?;
        let aside = RefCell::new(Aside::default());
        let look = |api: &mut Api<C>| {
            let done = self.serves(api, certificate)?
                && (aside.borrow().hides
                    || self.missing(api, certificate)?.is_none_or(|missing| missing.is_empty()));
            Ok(done.then_some(()))
        };
        api.bring(look, |api| self.renew(api, certificate, &mut aside.borrow_mut()))?;
        let note = match aside.into_inner().left {
            Some(why) => format!("imported and bound; what is superseded is left in the store: {why}"),
            None if api.changed() => "imported and bound".to_string(),
            None => "it is bound everywhere already".to_string(),
        };
        Ok(api.receipt(&self.versions.name(certificate), &note))
    }

    fn served<C: Connection>(
        &self,
        api: &mut Api<C>,
        deployment: &Deployment,
    ) -> Result<Option<String>, Failure> {
        let certificate = &deployment.certificate;
        Ok(self.serves(api, certificate)?.then(|| certificate.fingerprint.clone()))
    }

    fn take_back<C: Connection>(
        &self,
        api: &mut Api<C>,
        _: &Deployment,
        notes: &[String],
    ) -> Result<(), Failure> {
        for Note { old, new, import } in parse_notes(notes)? {
            for (binding, old) in &old {
                if names(&self.bound(api, binding)?).any(|name| *name == new) {
                    self.bind(api, binding, &new, old)?;
                }
            }
            if import {
                tolerated(self.delete_unused(api, &new).map(|()| None))?;
            }
        }
        Ok(())
    }
}

impl Fortigate {
    /// Whether each of the bindings holds this certificate, by whatever name.
    fn serves<C: Connection>(&self, api: &mut Api<C>, certificate: &Certificate) -> Result<bool, Failure> {
        for binding in &self.bindings {
            let bound = self.bound(api, binding)?;
            let ours = self.place(binding, &bound, certificate)?;
            if ours.is_empty() || self.holds(api, &ours, certificate)? != Some(true) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The name in an attribute whose place is ours: this certificate's, an older version's, the one to replace, or the only one.
    fn place(
        &self,
        binding: &Binding,
        bound: &serde_json::Value,
        certificate: &Certificate,
    ) -> Result<String, Failure> {
        let all: Vec<&str> = names(bound).collect();
        let new = self.versions.name(certificate);
        let find = |wanted: &dyn Fn(&str) -> bool| all.iter().copied().find(|name| wanted(name));
        find(&|name| name == new)
            .or_else(|| find(&|name| self.versions.has(name)))
            .or_else(|| find(&|name| self.replaces.as_deref() == Some(name)))
            .or_else(|| all.first().copied().filter(|_| all.len() == 1))
            .map(ToString::to_string)
            .ok_or_else(|| {
                let (path, all) = (&binding.path, all.join(", "));
                misconfigured(
                    "replaces",
                    &format!("{path} has not one certificate: write which of [{all}] to replace"),
                )
            })
    }

    fn renew<C: Connection>(
        &self,
        api: &mut Api<C>,
        certificate: &Certificate,
        aside: &mut Aside,
    ) -> Result<(), Failure> {
        let new = self.versions.name(certificate);
        let held = self.holds(api, &new, certificate)?;
        if held == Some(false) {
            return Err(Failure::Rejected(format!("{new} is there and is another certificate: delete it")));
        }
        let mut old = Vec::new();
        for binding in &self.bindings {
            let bound = self.bound(api, binding)?;
            old.push((binding.clone(), self.place(binding, &bound, certificate)?));
        }
        api.note(&Note { old: old.clone(), new: new.clone(), import: held.is_none() })?;
        if old.iter().any(|(_, old)| *old != new) {
            aside.left = tolerated(self.tidy(api, certificate, &old))?;
        }
        for pem in self.missing(api, certificate)?.unwrap_or_else(|| pems(&certificate.chain_pem)) {
            aside.hides |= !self.import_ca(api, &pem)?;
        }
        if held.is_none() {
            self.import_pair(api, &new, certificate)?;
        }
        for (binding, old) in old.iter().filter(|(_, old)| *old != new) {
            self.bind(api, binding, old, &new)?;
        }
        Ok(())
    }

    /// Deletes what is superseded, and says why something stays. The one before does in any case, for going back.
    fn tidy<C: Connection>(
        &self,
        api: &mut Api<C>,
        certificate: &Certificate,
        old: &[(Binding, String)],
    ) -> Result<Option<String>, Failure> {
        let mut left = None;
        for entry in self.store(api, "local")? {
            let before = old.iter().any(|(_, old)| *old == entry.name);
            if self.versions.has_another(&entry.name, certificate) && !before {
                left = tolerated(self.delete_unused(api, &entry.name).map(|()| None))?.or(left);
            }
        }
        Ok(left)
    }
}

/// A refusal becomes the reason why something stays: tidying up is worth neither a renewal nor the way back.
fn tolerated(ended: Result<Option<String>, Failure>) -> Result<Option<String>, Failure> {
    match ended {
        Err(Failure::Denied(why) | Failure::Rejected(why)) => Ok(Some(why)),
        Err(Failure::Misconfigured(problems)) => Ok(problems.into_iter().next().map(|one| one.message)),
        ended => ended,
    }
}

lastmile_sdk::http_connector!(Fortigate, reversible);
