//! A Docker Swarm service: new secrets for each certificate, exchanged in the service's specification, rolled out and
//! watched. A secret can neither be read nor changed, so its labels tell what is in it, and going back is to mount the old
//! ones again.
#![no_std]

extern crate alloc;

mod service;
#[cfg(test)]
mod tests;

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cell::RefCell;

use lastmile_sdk::certificate::Versions;
use lastmile_sdk::config::{Fields, NameRule};
use lastmile_sdk::failure::misconfigured;
use lastmile_sdk::http::{
    Answer, Api, Attempt, Call, Judged, Node, Target, Value, Verdict, key, object, parse_notes,
};
use lastmile_sdk::{Certificate, Connection, Deployment, Failure, Problem, Receipt, document};
use serde::Deserialize;
use serde_json::json;

use crate::service::{Reference, Service};

type Done = Result<(), Failure>;

/// Of every secret that lastmile made: the leaf's fingerprint, and for which service.
const FINGERPRINT: &str = "lastmile.fingerprint";
const SERVICE: &str = "lastmile.service";
/// Docker's 64 characters, less the endings; and what is left of them for the service.
const AT_MOST: usize = 60;
const BASE: usize = 42;
const NAME: NameRule = NameRule {
    allows: |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'),
    said: "letters, digits, `.`, `-` and `_`",
    at_most: 63,
};

/// One service and the two files that it mounts.
pub struct DockerSwarm {
    endpoint: String,
    service: String,
    certificate: String,
    key: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Held {
    #[serde(rename = "ID")]
    id: String,
    spec: Labelled,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Labelled {
    #[serde(default)]
    name: String,
    #[serde(default)]
    labels: BTreeMap<String, String>,
}

/// What was there before a change.
type State = (Service, [Reference; 2], Vec<Held>);

impl Target for DockerSwarm {
    const NAME: &'static str = "docker-swarm";

    fn parse(config: &str) -> Result<Self, Vec<Problem>> {
        let mut fields = Fields::parse(config)?;
        let endpoint = fields.endpoint("host", "port", 2376).unwrap_or_default();
        let service = fields.name("service", "the name of the service", &NAME).unwrap_or_default();
        let certificate =
            fields.required("certificate", "the file that the service mounts for certificate and chain");
        let key = fields.required("key", "the file that the service mounts for the key");
        fields.finish()?;
        let (certificate, key) = (certificate.unwrap_or_default(), key.unwrap_or_default());
        Ok(Self { endpoint, service, certificate, key })
    }

    fn endpoint(&self) -> &str {
        &self.endpoint
    }

    fn judge(answer: &Answer) -> Judged {
        match answer.status() {
            400 if answer.text().contains("is in use by") => Verdict::Conflict.into(),
            _ => answer.by_status().into(),
        }
    }

    fn bring<C: Connection>(&self, api: &mut Api<C>, deployment: &Deployment) -> Result<Receipt, Failure> {
        let (new, state) = (&deployment.certificate, RefCell::new(None));
        let look = |api: &mut Api<C>| {
            let service = Service::read(api, &self.service)?;
            let mounted = self.mounted(&service)?;
            let held = self.secrets(api)?;
            if mounted.iter().all(|one| held.iter().any(|held| held.id == one.id && held.is_of(new))) {
                let name = self.name(&service, new);
                return service.rolled_out(api, &self.service).map(|()| Some(name));
            }
            match service.refusal().filter(|_| api.changed()) {
                Some(refusal) => Err(refusal),
                None => Ok(state.borrow_mut().replace((service, mounted, held)).and(None)),
            }
        };
        let change = |api: &mut Api<C>| state.take().map_or(Ok(()), |state| self.mount(api, new, state));
        let name = api.bring(look, change)?;
        Ok(api.receipt(&name, "the service mounts the new secrets"))
    }

    fn served<C: Connection>(&self, api: &mut Api<C>, _: &Deployment) -> Result<Option<String>, Failure> {
        let [certificate, _] = self.mounted(&Service::read(api, &self.service)?)?;
        let mut held = self.secrets(api)?.into_iter().filter(|held| held.id == certificate.id);
        Ok(held.next().and_then(|mut held| held.spec.labels.remove(FINGERPRINT)))
    }

    fn take_back<C: Connection>(&self, api: &mut Api<C>, of: &Deployment, notes: &[String]) -> Done {
        let held = self.secrets(api)?;
        let ours: Vec<&Held> = held.iter().filter(|held| held.is_of(&of.certificate)).collect();
        for before in parse_notes::<[Reference; 2]>(notes)? {
            let mut service = Service::read(api, &self.service)?;
            let is_ours = |now: Reference| ours.iter().any(|held| held.id == now.id);
            let back: Vec<&Reference> =
                before.iter().filter(|old| service.mounted(old.file()).is_some_and(is_ours)).collect();
            if !back.is_empty() {
                back.into_iter().for_each(|old| service.exchange(old));
                service.update(api, "mount the secrets before")?;
                Service::read(api, &self.service)?.rolled_out(api, &self.service)?;
            }
        }
        ours.iter().try_for_each(|held| remove(api, held))
    }
}

impl Held {
    fn is_of(&self, certificate: &Certificate) -> bool {
        self.spec.labels.get(FINGERPRINT) == Some(&certificate.fingerprint)
    }
}

impl DockerSwarm {
    /// What the secrets of this certificate are called, less `.crt` and `.key`.
    fn name(&self, service: &Service, new: &Certificate) -> String {
        // Services with long names may begin alike.
        let base = if self.service.len() > BASE { &service.id } else { &self.service };
        Versions::new(base, AT_MOST).name(new)
    }

    /// The references to the certificate's and the key's secret.
    fn mounted(&self, service: &Service) -> Result<[Reference; 2], Failure> {
        let reference = |key, file: &String| {
            let text =
                "the service mounts no secret as this file: create it with one, then lastmile exchanges it";
            service.mounted(file).ok_or_else(|| misconfigured(key, text))
        };
        Ok([reference("certificate", &self.certificate)?, reference("key", &self.key)?])
    }

    /// Every secret that lastmile made for this service. Docker shows what is in none of them.
    fn secrets<C: Connection>(&self, api: &mut Api<C>) -> Result<Vec<Held>, Failure> {
        let filters = json!({ "label": [format!("{SERVICE}={}", self.service)] });
        api.call(Call::get("/secrets").query("filters", &filters.to_string()))?.json()
    }

    /// Has the service mount new secrets. Those that it mounts now stay for the way back; older ones go, and those of an
    /// attempt that came to nothing.
    fn mount<C: Connection>(&self, api: &mut Api<C>, new: &Certificate, state: State) -> Done {
        let (mut service, mounted, held) = state;
        let mut idle = held.iter().filter(|held| mounted.iter().all(|now| now.id != held.id));
        idle.try_for_each(|held| remove(api, held))?;
        api.note(&mounted)?;
        let base = self.name(&service, new);
        let contents = [(".crt", Node::base64(document::full_chain(new))), (".key", Node::base64(key()))];
        for (now, (end, data)) in mounted.iter().zip(contents) {
            let name = format!("{base}{end}");
            let id = self.make(api, new, &name, data)?;
            service.exchange(&now.to(id, name));
        }
        service.update(api, "mount the new secrets")
    }

    /// The ID of a secret of this name, a new one or the same that is there for another service or file by now.
    fn make<C: Connection>(
        &self,
        api: &mut Api<C>,
        new: &Certificate,
        name: &str,
        data: Node,
    ) -> Result<String, Failure> {
        let labels = object! { FINGERPRINT: &new.fingerprint, SERVICE: &self.service };
        let body = object! { "Name": name, "Labels": labels, "Data": data };
        let refused = match api.attempt(Call::post("/secrets/create").json(body).changes("make a secret"))? {
            Attempt::Done(made) => {
                let id = made.json::<Value>()?.get("ID").and_then(Value::as_str).map(ToString::to_string);
                return id.ok_or_else(|| made.lacks("an ID"));
            }
            Attempt::Conflict(answer) | Attempt::NotFound(answer) => answer,
        };
        let mut held = self.secrets(api)?.into_iter();
        let same = held.find(|held| held.spec.name == name && held.is_of(new));
        same.map(|held| held.id).ok_or_else(|| Failure::Rejected(refused.complaint()))
    }
}

/// Of a secret that others mount by now nothing is removed.
fn remove<C: Connection>(api: &mut Api<C>, held: &Held) -> Done {
    api.attempt(Call::delete(format!("/secrets/{}", held.id))).map(drop)
}

lastmile_sdk::http_connector!(DockerSwarm, reversible);
