//! A service as the manager shows it. An update sends the whole specification back, with two references exchanged.

use alloc::format;
use alloc::string::String;

use lastmile_sdk::failure::misconfigured;
use lastmile_sdk::http::{Api, Call, Node, Value};
use lastmile_sdk::{Connection, Failure};
use serde::{Deserialize, Serialize};

const REFERENCES: &str = "/TaskTemplate/ContainerSpec/Secrets";
/// A rollout takes minutes where tasks are slow to start.
const EVERY_MS: u32 = 1000;
const LOOKS: u32 = 600;
/// Looks at a service that says nothing of an update; one without tasks never does.
const SILENCE: u32 = 5;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Service {
    #[serde(rename = "ID")]
    pub(crate) id: String,
    version: Version,
    spec: Value,
    #[serde(default)]
    update_status: Update,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Version {
    index: u64,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct Update {
    state: String,
    message: String,
}

/// A secret in a file of the tasks.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Reference {
    file: Value,
    #[serde(rename = "SecretID")]
    pub(crate) id: String,
    secret_name: String,
}

impl Reference {
    /// Another secret in the same file, with its owner and mode.
    pub(crate) fn to(&self, id: String, name: String) -> Self {
        Self { file: self.file.clone(), id, secret_name: name }
    }

    pub(crate) fn file(&self) -> &str {
        self.file.get("Name").and_then(Value::as_str).unwrap_or_default()
    }
}

impl Service {
    pub(crate) fn read<C: Connection>(api: &mut Api<C>, name: &str) -> Result<Self, Failure> {
        let found = api.find(Call::get(format!("/services/{name}")))?;
        found.ok_or_else(|| misconfigured("service", "write the name of a service of this swarm"))?.json()
    }

    /// What its tasks mount as this file.
    pub(crate) fn mounted(&self, file: &str) -> Option<Reference> {
        let all = self.spec.pointer(REFERENCES)?.as_array()?.iter();
        let mut all = all.filter_map(|one| Reference::deserialize(one).ok());
        all.find(|one| one.file() == file)
    }

    /// Lets another secret stand in a reference's file, and leaves everything else as it was.
    pub(crate) fn exchange(&mut self, with: &Reference) {
        let all = self.spec.pointer_mut(REFERENCES).and_then(Value::as_array_mut).into_iter().flatten();
        for one in all.filter(|one| one.pointer("/File/Name").and_then(Value::as_str) == Some(with.file())) {
            *one = serde_json::json!(with);
        }
    }

    pub(crate) fn update<C: Connection>(self, api: &mut Api<C>, what: &str) -> Result<(), Failure> {
        let path = format!("/services/{}/update", self.id);
        let call = Call::post(path).query("version", &format!("{}", self.version.index));
        api.call(call.json(Node::from(self.spec)).changes(what)).map(drop)
    }

    /// What an update that was not carried through says of it.
    pub(crate) fn refusal(&self) -> Option<Failure> {
        let Update { state, message } = &self.update_status;
        let refused = state == "paused" || state.starts_with("rollback");
        refused.then(|| Failure::Rejected(format!("the rollout is {state}: {message}")))
    }

    /// Waits for the end of a rollout that goes on.
    pub(crate) fn rolled_out<C: Connection>(self, api: &mut Api<C>, name: &str) -> Result<(), Failure> {
        let (mut first, mut looks) = (Some(self), 0);
        api.poll("the rollout", EVERY_MS, LOOKS, |api| {
            let service = first.take().map_or_else(|| Self::read(api, name), Ok)?;
            looks += 1;
            match service.update_status.state.as_str() {
                "updating" | "rollback_started" => Ok(None),
                "" if api.changed() && looks < SILENCE => Ok(None),
                // An update of others, which ended long ago.
                "rollback_completed" if looks == 1 => Ok(Some(())),
                _ => service.refusal().map_or(Ok(Some(())), Err),
            }
        })
    }
}
