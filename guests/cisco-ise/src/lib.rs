//! Cisco ISE (Open API, 3.1 and later): a new system certificate for each version, imported on the node at hand with its
//! roles. The issuers are trusted first, since ISE builds the chain from what it trusts. The old certificate stays without
//! its roles, so going back is to give them back.
#![no_std]

extern crate alloc;

mod config;
mod role;
mod store;
#[cfg(test)]
mod tests;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use lastmile_sdk::certificate::{Versions, no_ed25519};
use lastmile_sdk::http::verdict::mentioned;
use lastmile_sdk::http::{Answer, Api, Call, Judged, Target, Value, Verdict, object, parse_notes};
use lastmile_sdk::{Certificate, Connection, Deployment, Failure, Passphrase, Problem, Receipt, Secret};
use serde::{Deserialize, Serialize};

pub use crate::config::CiscoIse;
use crate::role::{Holder, Role, assigned};
use crate::store::{Entry, SLOW_MS, SYSTEM, list};

const TEXTS: &[(&str, Verdict)] = &[("Security Check Failed", Verdict::Rejected)];
/// A node whose administration certificate is new restarts for a quarter of an hour, and longer.
const RESTART_PAUSE_MS: u32 = 15_000;
const RESTART_LOOKS: u32 = 160;
/// Of the passphrase that the key is locked with on its way; ISE insists on one.
const LOCK: &str = "key";

/// What a rollback needs, noted before the first change.
#[derive(Serialize, Deserialize)]
struct Note {
    /// Whether the certificate was not in the store before.
    made: bool,
    holders: Vec<Holder>,
    /// The fingerprints of the issuers that were not trusted before.
    trusted: Vec<String>,
}

impl Target for CiscoIse {
    const NAME: &'static str = "cisco-ise";

    fn parse(config: &str) -> Result<Self, Vec<Problem>> {
        Self::read(config)
    }

    fn endpoint(&self) -> &str {
        &self.endpoint
    }

    fn judge(answer: &Answer) -> Judged {
        if answer.status() < 400 {
            return answer.by_status().into();
        }
        let body: Value = answer.json().unwrap_or_default();
        let said = ["/error/message", "/message"]
            .iter()
            .find_map(|at| body.pointer(at)?.as_str())
            .unwrap_or_default();
        if let Some(verdict) = mentioned(TEXTS, answer.text()) {
            return verdict.because(&format!(
                "{said}: a filter of ISE's takes apostrophes for an attack, as in an issuer named Let's Encrypt; import \
                 that issuer by hand under Administration > System > Certificates > Trusted Certificates"
            ));
        }
        match answer.status() {
            409 => Verdict::Conflict
                .because(&format!("{said}: ISE takes no name and no key twice; renew with a new key")),
            _ => answer.by_status().because(said),
        }
    }

    fn bring<C: Connection>(&self, api: &mut Api<C>, deployment: &Deployment) -> Result<Receipt, Failure> {
        let certificate = &deployment.certificate;
        no_ed25519(certificate, "ISE")?;
        let name = api.bring(|api| self.held(api, certificate), |api| self.put(api, certificate))?;
        let note = if api.changed() { "imported with its roles" } else { "it has its roles already" };
        Ok(api.receipt(&name, note))
    }

    fn served<C: Connection>(&self, api: &mut Api<C>, _: &Deployment) -> Result<Option<String>, Failure> {
        Ok(self.entries(api)?.iter().find(|entry| self.serves(entry)).and_then(Entry::fingerprint))
    }

    fn take_back<C: Connection>(
        &self,
        api: &mut Api<C>,
        deployment: &Deployment,
        notes: &[String],
    ) -> Result<(), Failure> {
        let notes: Vec<Note> = parse_notes(notes)?;
        notes.iter().try_for_each(|note| {
            self.restore(api, &deployment.certificate, note)?;
            store::distrust(api, &note.trusted)
        })
    }
}

impl CiscoIse {
    fn entries<C: Connection>(&self, api: &mut Api<C>) -> Result<Vec<Entry>, Failure> {
        list(api, &format!("{SYSTEM}/{}", self.node))
    }

    fn serves(&self, entry: &Entry) -> bool {
        self.roles.iter().all(|role| entry.holds(*role, &self.tag))
    }

    /// The friendly name of this certificate where it has its roles, and its issuers are trusted.
    fn held<C: Connection>(&self, api: &mut Api<C>, of: &Certificate) -> Result<Option<String>, Failure> {
        let ours = |entry: &Entry| entry.is(&of.fingerprint) && self.serves(entry);
        let Some(entry) = self.entries(api)?.into_iter().find(ours) else { return Ok(None) };
        Ok(store::missing(api, of)?.is_empty().then(|| entry.name()))
    }

    /// Trusts the issuers, then imports the certificate, or gives the one that is there its roles.
    fn put<C: Connection>(&self, api: &mut Api<C>, certificate: &Certificate) -> Result<(), Failure> {
        let entries = self.entries(api)?;
        let (ours, others): (Vec<_>, Vec<_>) =
            entries.iter().partition(|entry| entry.is(&certificate.fingerprint));
        let issuers = store::missing(api, certificate)?;
        let held = |entry: &&&Entry| self.roles.iter().any(|role| entry.holds(*role, &self.tag));
        api.note(&Note {
            made: ours.is_empty(),
            holders: others.iter().filter(held).map(|entry| entry.holder()).collect(),
            trusted: issuers.iter().map(|issuer| issuer.fingerprint.clone()).collect(),
        })?;
        for issuer in &issuers {
            api.call(issuer.import(&self.name))?;
        }
        match ours.first() {
            Some(entry) if self.serves(entry) => Ok(()),
            Some(entry) => self.settled(api, self.assign(&entry.holder().with(&self.roles, &self.tag))),
            None => self.settled(api, self.import(certificate)),
        }
    }

    /// Sends what moves roles. Where the administration's is among them the node restarts, answered or not.
    fn settled<C: Connection>(&self, api: &mut Api<C>, call: Call) -> Result<(), Failure> {
        let sent = api.call(call);
        if self.roles.contains(&Role::Admin) && matches!(sent, Ok(_) | Err(Failure::Uncertain(_))) {
            api.poll("the node's restart", RESTART_PAUSE_MS, RESTART_LOOKS, |api| {
                Ok(self.entries(api).ok())
            })?;
        }
        sent.map(drop)
    }

    /// Of the leaf alone: with a chain in it a filter of ISE's may refuse it.
    fn import(&self, certificate: &Certificate) -> Call {
        let wild = certificate.names.iter().any(|name| name.starts_with("*."));
        let body = object! {
            "name": Versions::new(&self.name, 50).name(certificate),
            "data": &certificate.leaf_pem,
            "privateKeyData": Secret::EncryptedPrivateKey(Passphrase::Ephemeral(LOCK.into())),
            "password": Secret::Ephemeral(LOCK.into()),
            "allowExtendedValidity": true,
            "allowOutOfDateCert": false,
            "allowSHA1Certificates": false,
            "allowReplacementOfCertificates": true,
            "allowWildCardCertificates": wild,
            "validateCertificateExtensions": false,
        };
        let body = assigned(body, &self.roles, &self.tag);
        Call::post(format!("{SYSTEM}/import"))
            .json(body)
            .changes("import the certificate")
            .timeout_ms(SLOW_MS)
    }

    fn path(&self, id: &str) -> String {
        format!("{SYSTEM}/{}/{id}", self.node)
    }

    fn assign(&self, to: &Holder) -> Call {
        let call = Call::put(self.path(&to.id)).json(assigned(object! {}, &to.roles, &to.tag));
        call.changes("assign the roles").timeout_ms(SLOW_MS)
    }

    /// Gives back the roles that ours has and others had, and removes ours.
    fn restore<C: Connection>(&self, api: &mut Api<C>, of: &Certificate, note: &Note) -> Result<(), Failure> {
        let entries = self.entries(api)?;
        let Some(ours) = entries.iter().find(|entry| entry.is(&of.fingerprint)) else { return Ok(()) };
        for holder in &note.holders {
            let there = entries.iter().any(|entry| entry.id == holder.id);
            if there && holder.roles.iter().any(|role| ours.holds(*role, &holder.tag)) {
                api.insist(self.assign(holder))?;
            }
        }
        if note.made { store::remove(api, &self.path(&ours.id)) } else { Ok(()) }
    }
}

lastmile_sdk::http_connector!(CiscoIse, reversible);
