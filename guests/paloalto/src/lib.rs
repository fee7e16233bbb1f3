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
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use lastmile_sdk::certificate::{KeyKind, key_kind};
use lastmile_sdk::http::{Api, parse_notes};
use lastmile_sdk::{
    Capability, Certificate, Connection, Connector, Deployment, Failure, Problem, Receipt, Reversible,
    Sandbox,
};
use serde::{Deserialize, Serialize};

use crate::config::Config;
use crate::device::{View, bind, bound, commit, delete, holds, import, names, push, unlocked};

/// The connector.
pub struct Paloalto;

/// What a rollback needs, noted before the change.
#[derive(Serialize, Deserialize)]
enum Note {
    /// The certificate that ran, the one to be bound, and whether that was yet to be imported.
    Binding { old: String, new: String, import: bool },
    /// What was committed goes to the firewalls.
    Push,
}

impl Connector for Paloalto {
    fn name() -> &'static str {
        "paloalto"
    }

    fn capabilities(config: &str) -> Result<Vec<Capability>, Vec<Problem>> {
        Ok([Capability::NetDial(Config::parse(config)?.endpoint)].into())
    }

    fn deploy<S: Sandbox>(sandbox: &mut S, deployment: &Deployment) -> Result<Receipt, Failure> {
        let config = Config::parse(&deployment.config).map_err(Failure::Misconfigured)?;
        let certificate = &deployment.certificate;
        key_is_taken(certificate)?;
        let mut api = open(sandbox, &config)?;
        api.bring(|api| look(api, &config, certificate), |api| renew(api, &config, certificate))?;
        let name = config.versions().name(certificate);
        let note =
            if api.changed() { "imported, bound and committed" } else { "the profile serves it already" };
        Ok(api.receipt(&name, note))
    }

    fn observe<S: Sandbox>(sandbox: &mut S, deployment: &Deployment) -> Result<Option<String>, Failure> {
        let config = Config::parse(&deployment.config).map_err(Failure::Misconfigured)?;
        let mut api = open(sandbox, &config)?;
        let serves = serves(&mut api, &config, View::Running, &deployment.certificate)?;
        Ok(serves.then(|| deployment.certificate.fingerprint.clone()))
    }
}

impl Reversible for Paloalto {
    fn rollback<S: Sandbox>(
        sandbox: &mut S,
        deployment: &Deployment,
        notes: &[String],
    ) -> Result<(), Failure> {
        let config = Config::parse(&deployment.config).map_err(Failure::Misconfigured)?;
        let notes: Vec<Note> = parse_notes(notes)?;
        let mut api = open(sandbox, &config)?;
        for note in &notes {
            if let Note::Binding { old, new, import } = note {
                take_back(&mut api, &config, old, new, *import)?;
            }
        }
        let pushed = notes.iter().any(|note| matches!(note, Note::Push));
        config.stack.iter().filter(|_| pushed).try_for_each(|stack| push(&mut api, stack))
    }
}

fn open<S: Sandbox>(sandbox: &mut S, config: &Config) -> Result<Api<S::Connection>, Failure> {
    Ok(Api::new(sandbox.dial(&config.endpoint)?).judged_by(answer::judge))
}

fn key_is_taken(certificate: &Certificate) -> Result<(), Failure> {
    match key_kind(&certificate.leaf_pem) {
        Some(KeyKind::Ed25519) => {
            Err(Failure::Rejected("PAN-OS takes RSA and ECDSA keys, and this one is Ed25519".to_string()))
        }
        _ => Ok(()),
    }
}

/// What runs, and what the next commit makes of it: where they differ somebody's commit would take the certificate away.
fn look<C: Connection>(
    api: &mut Api<C>,
    config: &Config,
    certificate: &Certificate,
) -> Result<Option<()>, Failure> {
    let done = serves(api, config, View::Running, certificate)?
        && serves(api, config, View::Candidate, certificate)?;
    Ok(done.then_some(()))
}

fn serves<C: Connection>(
    api: &mut Api<C>,
    config: &Config,
    view: View,
    certificate: &Certificate,
) -> Result<bool, Failure> {
    let Some(name) = bound(api, config, view)? else { return Ok(false) };
    Ok(holds(api, config, view, &name, certificate)? == Some(true))
}

fn renew<C: Connection>(api: &mut Api<C>, config: &Config, certificate: &Certificate) -> Result<(), Failure> {
    let Some(old) = bound(api, config, View::Running)? else {
        let message = "no such SSL/TLS service profile with a certificate runs on the device".to_string();
        return Err(Failure::Misconfigured([Problem { pointer: "/profile".into(), message }].into()));
    };
    unlocked(api, config)?;
    let versions = config.versions();
    let new = versions.name(certificate);
    let held = holds(api, config, View::Candidate, &new, certificate)?;
    if held == Some(false) {
        return Err(Failure::Rejected(format!("{new} is there and is another certificate: delete it")));
    }
    let superseded = names(api, config)?;
    api.note(&Note::Binding { old: old.clone(), new: new.clone(), import: held.is_none() })?;
    if held.is_none() {
        import(api, config, &new, certificate)?;
    }
    bind(api, config, &new)?;
    // The one before stays, for going back.
    for name in superseded.iter().filter(|name| **name != old && versions.has_another(name, certificate)) {
        delete(api, config, name)?;
    }
    commit(api, config)?;
    let Some(stack) = &config.stack else { return Ok(()) };
    api.note(&Note::Push)?;
    push(api, stack)
}

fn take_back<C: Connection>(
    api: &mut Api<C>,
    config: &Config,
    old: &str,
    new: &str,
    imported: bool,
) -> Result<(), Failure> {
    if bound(api, config, View::Candidate)?.as_deref() == Some(new) {
        bind(api, config, old)?;
    }
    if imported {
        delete(api, config, new)?;
    }
    commit(api, config)
}

lastmile_sdk::export!(Paloalto, reversible);
