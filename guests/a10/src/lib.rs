//! A10 Thunder (aXAPI v3, ACOS 5 and later): new files for each certificate, put in the place of the old ones in a client-ssl
//! template, and saved. The old files stay, so going back is to put them there again.
#![no_std]

extern crate alloc;

mod config;
mod files;
#[cfg(test)]
mod tests;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use lastmile_sdk::certificate::no_ed25519;
use lastmile_sdk::failure::misconfigured;
use lastmile_sdk::http::{
    Answer, Api, Call, Judged, Node, Target, Value, Verdict, object, parse_notes, secret,
};
use lastmile_sdk::{Certificate, Connection, Deployment, Failure, Problem, Receipt};
use serde::{Deserialize, Serialize};

pub use crate::config::A10;
use crate::files::{Names, holds, named};

/// What says more than the status; any other code of a failure is a refusal.
const CODES: &[(&[u64], Verdict)] = &[
    (&[1_207_960_052, 419_495_936, 1_208_025_092], Verdict::SessionExpired),
    (&[1_208_008_960], Verdict::Denied),
    (&[1_023_460_352, 1_023_410_176, 1_023_443_968, 1_023_475_727, 520_749_062], Verdict::NotFound),
    (&[33_619_969, 67_371_011, 654_311_495, 1_023_451_144, 1_023_459_340], Verdict::Conflict),
    (&[1_023_464_193, 1_023_464_192, 1_023_463_424, 1_208_025_095, 4_294_967_295], Verdict::Busy),
];
const LIST: &str = "certificate-list";

/// The entry of the template before the change.
#[derive(Serialize, Deserialize)]
struct Note {
    before: Value,
}

#[derive(Deserialize)]
struct Login {
    authresponse: Signature,
}

#[derive(Deserialize)]
struct Signature {
    signature: String,
}

impl Target for A10 {
    const NAME: &'static str = "a10";

    fn parse(config: &str) -> Result<Self, Vec<Problem>> {
        Self::read(config)
    }

    fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// A failure may come with any status, 200 among them.
    fn judge(answer: &Answer) -> Judged {
        let body: Value = match answer.json() {
            Ok(body) => body,
            // Half of an answer may be half of a failure, and half of a login's tells its signature. Files are no JSON at all.
            Err(_) if answer.text().starts_with('{') => return Verdict::Uncertain.because("half an answer"),
            Err(_) => Value::Null,
        };
        let text = |path: &str| body.pointer(path).and_then(Value::as_str).unwrap_or_default();
        if body.get("authorizationschema").is_some() || answer.status() == 401 {
            let over =
                answer.status() == 401 || body.pointer("/authorizationschema/code") == Some(&401.into());
            let verdict = if over { Verdict::SessionExpired } else { Verdict::Denied };
            return verdict.because(text("/authorizationschema/error"));
        }
        if text("/response/status") != "fail" {
            return answer.by_status().into();
        }
        let code = body.pointer("/response/err/code").and_then(Value::as_u64).unwrap_or_default();
        let known = CODES.iter().find(|(codes, _)| codes.contains(&code)).map(|(_, verdict)| *verdict);
        let other = if answer.status() == 404 { Verdict::NotFound } else { Verdict::Rejected };
        known.unwrap_or(other).because(&format!("error {code}: {}", text("/response/err/msg")))
    }

    fn bring<C: Connection>(&self, api: &mut Api<C>, deployment: &Deployment) -> Result<Receipt, Failure> {
        let certificate = &deployment.certificate;
        no_ed25519(certificate, "ACOS")?;
        let names = self.names(certificate);
        self.logged_in(api, |api| {
            let look = |api: &mut Api<C>| Ok(self.bound(api, certificate)?.then_some(()));
            api.bring(look, |api| self.bind(api, certificate, &names))?;
            if !api.changed() {
                return Ok(api.receipt(&names.cert, "the template holds it already"));
            }
            save(api)?;
            Ok(api.receipt(&names.cert, "bound and saved"))
        })
    }

    fn served<C: Connection>(&self, api: &mut Api<C>, of: &Deployment) -> Result<Option<String>, Failure> {
        let bound = self.logged_in(api, |api| self.bound(api, &of.certificate))?;
        Ok(bound.then(|| of.certificate.fingerprint.clone()))
    }

    fn take_back<C: Connection>(
        &self,
        api: &mut Api<C>,
        deployment: &Deployment,
        notes: &[String],
    ) -> Result<(), Failure> {
        let notes: Vec<Note> = parse_notes(notes)?;
        let names = self.names(&deployment.certificate);
        self.logged_in(api, |api| {
            for Note { before } in &notes {
                let template = self.template(api)?;
                let ours = entries(&template).iter().position(|entry| names.names(entry));
                if let Some(at) = ours {
                    api.insist(self.exchanged(template, at, before.clone()))?;
                }
                names.delete(api, before)?;
            }
            if notes.is_empty() { Ok(()) } else { save(api) }
        })
    }
}

impl A10 {
    /// Works in a session, of which a device has few.
    fn logged_in<C: Connection, T>(
        &self,
        api: &mut Api<C>,
        mut work: impl FnMut(&mut Api<C>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let user = object! { "username": &self.username, "password": secret("password") };
        api.with_session(
            |api| {
                let login = Call::post("/axapi/v3/auth").json(object! { "credentials": user.clone() });
                let Login { authresponse: Signature { signature } } = api.call(login)?.json()?;
                api.session_header("authorization", format!("A10 {signature}"));
                Ok(())
            },
            |api, ()| work(api),
            |api, ()| api.call(Call::post("/axapi/v3/logoff")).map(drop),
        )
    }

    fn names(&self, certificate: &Certificate) -> Names {
        Names::of(self.versions.name(certificate), certificate)
    }

    fn path(&self) -> String {
        format!("/axapi/v3/slb/template/client-ssl/{}", self.template)
    }

    /// The template as it is.
    fn template<C: Connection>(&self, api: &mut Api<C>) -> Result<Value, Failure> {
        let missing =
            || misconfigured("template", "there is no such client-ssl template: write the name of one");
        let mut answer: Value = api.find(Call::get(self.path()))?.ok_or_else(missing)?.json()?;
        let template = answer.get_mut("client-ssl").map(Value::take).unwrap_or_default();
        if entries(&template).is_empty() {
            let text = "it has no certificate-list, as ACOS 5 and later have: put a certificate there once";
            return Err(misconfigured("template", text));
        }
        Ok(template)
    }

    /// Which entry's place is ours: this certificate's, an older version's, the one to replace, or the only one.
    fn place(&self, template: &Value, new: &str) -> Result<usize, Failure> {
        let all: Vec<&str> = entries(template).iter().map(named).collect();
        let find = |wanted: &dyn Fn(&str) -> bool| all.iter().position(|name| wanted(name));
        find(&|name| name == new)
            .or_else(|| find(&|name| self.versions.has(name)))
            .or_else(|| find(&|name| self.replaces.as_deref() == Some(name)))
            .or_else(|| (all.len() == 1).then_some(0))
            .ok_or_else(|| {
                misconfigured("replaces", &format!("write which of [{}] to replace", all.join(", ")))
            })
    }

    /// Whether the template holds this certificate and its chain.
    fn bound<C: Connection>(&self, api: &mut Api<C>, certificate: &Certificate) -> Result<bool, Failure> {
        let template = self.template(api)?;
        let at = self.place(&template, &self.names(certificate).cert)?;
        let Some(entry) = entries(&template).get(at) else { return Ok(false) };
        if !holds(api, named(entry), &certificate.leaf_pem)? {
            return Ok(false);
        }
        match entry.get("chain-cert").and_then(Value::as_str) {
            Some(chain) => holds(api, chain, &certificate.chain_pem),
            None => Ok(certificate.chain_pem.is_empty()),
        }
    }

    /// Imports the files that are missing and puts them in the place of the old ones.
    fn bind<C: Connection>(
        &self,
        api: &mut Api<C>,
        certificate: &Certificate,
        names: &Names,
    ) -> Result<(), Failure> {
        let template = self.template(api)?;
        let at = self.place(&template, &names.cert)?;
        let before = entries(&template).get(at).cloned().unwrap_or_default();
        if names.names(&before) && !holds(api, &names.cert, &certificate.leaf_pem)? {
            return Err(Failure::Rejected(format!(
                "{} is bound, and holds something else: bind another",
                names.cert
            )));
        }
        api.note(&Note { before: before.clone() })?;
        names.import(api, certificate, &before)?;
        let entry = serde_json::to_value(names).unwrap_or_default();
        api.call(self.exchanged(template, at, entry)).map(drop)
    }

    /// The whole template, one entry exchanged: what a PUT leaves out is gone.
    fn exchanged(&self, mut template: Value, at: usize, entry: Value) -> Call {
        if let Some(place) = template.get_mut(LIST).and_then(|list| list.get_mut(at)) {
            *place = entry;
        }
        Call::put(self.path()).json(object! { "client-ssl": Node::from(template) })
    }
}

fn entries(template: &Value) -> &[Value] {
    template.get(LIST).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// Without it all is lost at the next reload.
fn save<C: Connection>(api: &mut Api<C>) -> Result<(), Failure> {
    let body = object! { "memory": object! { "partition": "all" } };
    api.insist(Call::post("/axapi/v3/write/memory").json(body).changes("save the configuration")).map(drop)
}

lastmile_sdk::http_connector!(A10, reversible);
