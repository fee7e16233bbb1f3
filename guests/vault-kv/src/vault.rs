//! What HashiCorp Vault and OpenBao answer, and logging in.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use lastmile_sdk::failure::misconfigured;
use lastmile_sdk::http::verdict::{Judged, Verdict, mentioned};
use lastmile_sdk::http::{Answer, Api, Call, Node, object, secret};
use lastmile_sdk::{Connection, Failure};
use serde::Deserialize;

use crate::config::VaultKv;

/// Its refusals have a text and no code.
const TEXTS: &[(&str, Verdict)] = &[
    ("check-and-set parameter did not match", Verdict::Conflict),
    ("no handler for route", Verdict::Misconfigured("mount")),
    ("invalid role or secret ID", Verdict::Denied),
    // A policy's refusal. A token that is over has the same text and no list around it.
    ("error occurred:\n\t* permission denied", Verdict::Denied),
    ("permission denied", Verdict::SessionExpired),
    // Nothing was done, and somebody has to come with a key.
    ("Vault is sealed", Verdict::Unavailable),
];

#[derive(Deserialize, Default)]
struct Refusal {
    #[serde(default)]
    errors: Vec<String>,
}

pub(crate) fn judge(answer: &Answer) -> Judged {
    let Refusal { errors } = answer.json().unwrap_or_default();
    let said = errors.join("; ");
    mentioned(TEXTS, &said).unwrap_or_else(|| answer.by_status()).because(said.trim())
}

/// Works as who the configuration says: with a token of the host's, or logged in by AppRole for this run alone.
pub(crate) fn logged_in<C: Connection, T>(
    api: &mut Api<C>,
    config: &VaultKv,
    mut work: impl FnMut(&mut Api<C>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    if let Some(namespace) = &config.namespace {
        api.header("x-vault-namespace", namespace);
    }
    let Some(approle) = &config.approle else { return work(api) };
    api.with_session(
        |api| {
            let body = object! { "role_id": &approle.role_id, "secret_id": secret("secret-id") };
            let login = Call::post(format!("/v1/auth/{}/login", approle.mount.trim_matches('/')));
            let answer = api.call(login.json(body))?;
            let Login { auth } = answer.json()?;
            api.session_header("x-vault-token", auth.client_token);
            Ok(())
        },
        |api, ()| work(api),
        |api, ()| api.call(Call::post("/v1/auth/token/revoke-self")).map(drop),
    )
}

#[derive(Deserialize)]
struct Login {
    auth: Auth,
}

#[derive(Deserialize)]
struct Auth {
    client_token: String,
}

/// A secret's metadata: everything but what is in it.
#[derive(Deserialize, Default)]
pub(crate) struct State {
    /// 0 where there never was one.
    pub(crate) current_version: u64,
    #[serde(default)]
    versions: BTreeMap<String, Version>,
    custom_metadata: Option<BTreeMap<String, String>>,
    /// The server's clock, where it said what time it is.
    #[serde(skip)]
    now: Option<String>,
}

#[derive(Deserialize)]
struct Version {
    /// Ahead of its time where versions end by themselves (`delete_version_after`).
    #[serde(default)]
    deletion_time: String,
    #[serde(default)]
    destroyed: bool,
}

#[derive(Deserialize)]
struct Enveloped<T> {
    data: T,
}

const FINGERPRINT: &str = "lastmile-sha256";
const MARKED: &str = "lastmile-version";

impl State {
    pub(crate) fn read<C: Connection>(api: &mut Api<C>, config: &VaultKv) -> Result<Self, Failure> {
        match api.find(Call::get(config.path_of("metadata")))? {
            Some(answer) => {
                let now = answer.header("date").and_then(comparable);
                Ok(Self { now, ..answer.json::<Enveloped<Self>>()?.data })
            }
            None => Ok(Self::default()),
        }
    }

    /// Whether the current version can be read at all: it may be deleted, and still be the one that a write has to name.
    pub(crate) fn is_live(&self) -> bool {
        let is_ahead = |time: &str| self.now.as_deref().is_some_and(|now| now < time);
        let lives = |end: &str| end.is_empty() || is_ahead(end);
        let current = self.versions.get(&self.current_version.to_string());
        current.is_some_and(|version| lives(&version.deletion_time) && !version.destroyed)
    }

    /// Whether the current version is this certificate's, by the mark that was set behind its write.
    pub(crate) fn holds(&self, fingerprint: &str) -> bool {
        let marked = |key| self.custom_metadata.as_ref().and_then(|marks| marks.get(key));
        self.is_live()
            && marked(FINGERPRINT).is_some_and(|marked| marked == fingerprint)
            && marked(MARKED).is_some_and(|marked| *marked == self.current_version.to_string())
    }

    /// The whole of the custom metadata with the mark for a version: a write replaces all of it.
    pub(crate) fn marked(&self, fingerprint: &str, version: u64) -> Node {
        let mut marks = self.custom_metadata.clone().unwrap_or_default();
        marks.insert(FINGERPRINT.to_string(), fingerprint.to_string());
        marks.insert(MARKED.to_string(), version.to_string());
        Node::object(marks.into_iter().map(|(key, value)| (key, Node::from(value))))
    }
}

/// A `Date` header (RFC 9110, 5.6.7) as the times of versions are written.
fn comparable(date: &str) -> Option<String> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut words = date.split(' ').skip(1);
    let (day, month, year, time) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    Some(format!("{year}-{month:02}-{day}T{time}Z"))
}

#[derive(Deserialize)]
struct Engine {
    options: Option<Options>,
}

#[derive(Deserialize)]
struct Options {
    version: Option<String>,
}

/// Refuses an engine of version 1, which would take the write as a secret called `data/…`.
pub(crate) fn check_engine<C: Connection>(api: &mut Api<C>, config: &VaultKv) -> Result<(), Failure> {
    let Engine { options } = api.call(Call::get(config.engine()))?.json::<Enveloped<Engine>>()?.data;
    if options.and_then(|options| options.version).as_deref() == Some("2") {
        return Ok(());
    }
    Err(misconfigured("mount", "the engine there is no KV of version 2; write the mount of one"))
}
