//! Kemp LoadMaster (API version 2, 7.2.52 and later): a new certificate for each version, bound to a virtual service in place of
//! the one before. The old one stays, since a LoadMaster gives no private key back; going back is to bind it again.
#![no_std]

extern crate alloc;

mod config;
#[cfg(test)]
mod tests;

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use lastmile_sdk::certificate::{Versions, same_leaf};
use lastmile_sdk::http::verdict::among;
use lastmile_sdk::http::{
    Answer, Api, Call, Content, Judged, Node, Target, Verdict, key, object, parse_notes, secret,
};
use lastmile_sdk::{Certificate, Connection, Deployment, Failure, Problem, Receipt, failure};
use serde::{Deserialize, Serialize};

pub use crate::config::Kemp;

/// What an answer's code means, which stands in the body also where the status is 200.
const CODES: &[(u16, Verdict)] =
    &[(401, Verdict::Denied), (403, Verdict::Denied), (404, Verdict::Misconfigured("host"))];

/// The virtual service's list as it was.
#[derive(Serialize, Deserialize)]
struct Note {
    names: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Said {
    code: u16,
    status: String,
    message: String,
}

#[derive(Deserialize)]
struct Service {
    /// Names with spaces between them.
    #[serde(rename = "CertFile", default)]
    names: String,
}

#[derive(Deserialize)]
struct Certificates {
    #[serde(default)]
    cert: Vec<Named>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct Pem {
    certificate: String,
}

impl Target for Kemp {
    const NAME: &'static str = "kemp";

    fn parse(config: &str) -> Result<Self, Vec<Problem>> {
        Self::read(config)
    }

    fn endpoint(&self) -> &str {
        &self.endpoint
    }

    fn judge(answer: &Answer) -> Judged {
        let said: Said = answer.json().unwrap_or_default();
        let verdict = match (answer.status(), said.status.as_str()) {
            (200, "ok") => Verdict::Ok,
            // Whatever is no answer of the API's own, be it cut short or a page: nobody knows.
            (200, "") => Verdict::Uncertain,
            (200, _) => among(CODES, &said.code).unwrap_or(Verdict::Rejected),
            (status, _) => among(CODES, &status).unwrap_or(answer.by_status()),
        };
        let off = "the API is switched off: see Certificates & Security > Remote Access";
        verdict.because(if matches!(verdict, Verdict::Misconfigured(_)) { off } else { &said.message })
    }

    fn bring<C: Connection>(&self, api: &mut Api<C>, deployment: &Deployment) -> Result<Receipt, Failure> {
        let certificate = &deployment.certificate;
        let name = self.versions().name(certificate);
        api.bring(
            |api| {
                let bound = self.bound(api)?.contains(&name);
                Ok((bound && shows(api, &name, certificate)?).then_some(()))
            },
            |api| self.put(api, certificate, &name),
        )?;
        let note = if api.changed() { "added and bound" } else { "the virtual service serves it already" };
        Ok(api.receipt(&name, note))
    }

    fn served<C: Connection>(&self, api: &mut Api<C>, of: &Deployment) -> Result<Option<String>, Failure> {
        // It shows PEM alone, so that only this certificate can be told.
        for name in self.bound(api)?.into_iter().filter(|name| self.versions().has(name)) {
            if shows(api, &name, &of.certificate)? {
                return Ok(Some(of.certificate.fingerprint.clone()));
            }
        }
        Ok(None)
    }

    fn take_back<C: Connection>(
        &self,
        api: &mut Api<C>,
        deployment: &Deployment,
        notes: &[String],
    ) -> Result<(), Failure> {
        let name = self.versions().name(&deployment.certificate);
        for Note { names } in parse_notes(notes)? {
            // An empty list cannot be written.
            if !names.is_empty() && self.bound(api)?.contains(&name) {
                api.insist(self.bind(&names))?;
            }
            if !known(api)?.contains(&name) {
                continue;
            }
            match api.call(command("delcert").with("cert", &name).sent("remove the certificate")) {
                // Somebody else has bound it meanwhile.
                Ok(_) | Err(Failure::Rejected(_)) => {}
                Err(failure) => return Err(failure),
            }
        }
        Ok(())
    }
}

impl Kemp {
    fn versions(&self) -> Versions {
        Versions::new(&self.name, 31)
    }

    /// The names in the virtual service's list.
    fn bound<C: Connection>(&self, api: &mut Api<C>) -> Result<Vec<String>, Failure> {
        let show = command("showvs").with("vs", self.service.to_string());
        let service: Service = api.call(show.sent(""))?.json()?;
        Ok(service.names.split_whitespace().map(ToString::to_string).collect())
    }

    fn bind(&self, names: &[String]) -> Call {
        let body = command("modvs").with("vs", self.service.to_string()).with("CertFile", names.join(" "));
        body.sent("bind the certificates")
    }

    fn put<C: Connection>(
        &self,
        api: &mut Api<C>,
        certificate: &Certificate,
        name: &str,
    ) -> Result<(), Failure> {
        let known = known(api)?;
        // What is built in stands in the list, and is refused when it is written.
        let names: Vec<String> = self.bound(api)?.into_iter().filter(|name| known.contains(name)).collect();
        let exchanged = self.exchanged(&names, certificate, name)?;
        let there = known.iter().any(|known| known == name);
        api.note(&Note { names })?;
        if !there || !shows(api, name, certificate)? {
            let bundle = [certificate.leaf_pem.as_str(), &certificate.chain_pem].concat();
            let data = Node::base64(Content::from(bundle).then(key()));
            let add =
                command("addcert").with("cert", name).with("data", data).with("replace", i64::from(there));
            api.call(add.sent("add the certificate"))?;
        }
        api.call(self.bind(&exchanged)).map(drop)
    }

    /// The list with ours in the place of an older version, or of the one that the operator names.
    fn exchanged(&self, names: &[String], of: &Certificate, ours: &str) -> Result<Vec<String>, Failure> {
        let versions = self.versions();
        let older = |name: &String| versions.has_another(name, of) || Some(name) == self.replaces.as_ref();
        let Some(at) = names.iter().position(|name| name == ours || older(name)) else {
            if names.is_empty() {
                return Ok([ours.to_string()].into());
            }
            let text = "none of the virtual service's certificates is an older version: write the name of the one to exchange, of ";
            return Err(failure::misconfigured("replaces", &[text, &names.join(", ")].concat()));
        };
        let put = |(index, name): (usize, &String)| if index == at { ours.to_string() } else { name.clone() };
        Ok(names.iter().enumerate().map(put).collect())
    }
}

/// A command's members, with the key that lets it in.
fn command(name: &str) -> Command {
    let body = object! { "cmd": name, "apikey": secret("api-key") };
    Command { name: name.to_string(), body }
}

/// All go to one path.
struct Command {
    name: String,
    body: Node,
}

impl Command {
    fn with(mut self, member: &str, value: impl Into<Node>) -> Self {
        self.body = self.body.with(member, value);
        self
    }

    /// The call; it changes what this says.
    fn sent(self, changes: &str) -> Call {
        let call = Call::post("/accessv2").named(&self.name).json(self.body);
        if changes.is_empty() { call } else { call.changes(changes) }
    }
}

/// The names of all certificates. A look-up by name would find parts of names as well.
fn known<C: Connection>(api: &mut Api<C>) -> Result<Vec<String>, Failure> {
    let Certificates { cert } = api.call(command("listcert").sent(""))?.json()?;
    Ok(cert.into_iter().map(|one| one.name).collect())
}

/// Whether the certificate of this name, which is there, is ours.
fn shows<C: Connection>(api: &mut Api<C>, name: &str, certificate: &Certificate) -> Result<bool, Failure> {
    let Pem { certificate: pem } = api.call(command("readcert").with("cert", name).sent(""))?.json()?;
    Ok(same_leaf(&pem, certificate))
}

lastmile_sdk::http_connector!(Kemp, reversible);
