//! F5 BIG-IP (iControl REST, TMOS 12 and later): new objects for each certificate, bound to a client-ssl profile in one
//! transaction, and saved.
//!
//! The objects' names tell their certificate, so the old ones stay whole until the new ones are bound, and going back
//! is to bind the old ones again.
#![no_std]

extern crate alloc;

mod config;
mod objects;
mod profile;
#[cfg(test)]
mod tests;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use lastmile_sdk::http::verdict::mentioned;
use lastmile_sdk::http::{Answer, Api, Call, Judged, Verdict, object, parse_notes, secret};
use lastmile_sdk::{
    Capability, Connection, Connector, Deployment, Failure, Problem, Receipt, Reversible, Sandbox,
};
use serde::{Deserialize, Serialize};

use crate::config::Config;
use crate::objects::{DOWNLOADS, Objects};
use crate::profile::{Element, Profile};

const TOKENS: &str = "/mgmt/shared/authz/tokens";
const TRANSACTIONS: &str = "/mgmt/tm/transaction";

/// What says more than the status. A role that may not do something is 401 as well.
const TEXTS: &[(&str, Verdict)] = &[
    ("X-F5-Auth-Token has expired", Verdict::SessionExpired),
    ("X-F5-Auth-Token does not exist", Verdict::SessionExpired),
    ("maximum active login tokens", Verdict::Unavailable),
    ("active asynchronous task", Verdict::Busy),
    ("Configuration Utility restarting", Verdict::Busy),
];

/// The connector.
pub struct F5;

/// What a rollback needs, noted before the change.
#[derive(Serialize, Deserialize)]
enum Note {
    /// The element as it was, what is about to be made, and what of it was there before.
    Binding { before: Element, objects: Objects, present: Vec<String> },
    /// A transaction that is about to be filled.
    Transaction(u64),
}

#[derive(Deserialize)]
struct Login {
    token: Token,
}

#[derive(Deserialize)]
struct Token {
    token: String,
}

#[derive(Deserialize)]
struct Transaction {
    #[serde(rename = "transId")]
    id: u64,
    state: String,
}

#[derive(Deserialize, Default)]
struct Refusal {
    message: String,
}

impl Connector for F5 {
    fn name() -> &'static str {
        "f5"
    }

    fn capabilities(config: &str) -> Result<Vec<Capability>, Vec<Problem>> {
        Ok([Capability::NetDial(Config::parse(config)?.endpoint)].into())
    }

    fn deploy<S: Sandbox>(sandbox: &mut S, deployment: &Deployment) -> Result<Receipt, Failure> {
        let config = Config::parse(&deployment.config).map_err(Failure::Misconfigured)?;
        within(sandbox, &config, |api| deploy(api, &config, deployment))
    }

    fn observe<S: Sandbox>(sandbox: &mut S, deployment: &Deployment) -> Result<Option<String>, Failure> {
        let config = Config::parse(&deployment.config).map_err(Failure::Misconfigured)?;
        within(sandbox, &config, |api| {
            let profile = Profile::read(api, &config)?;
            let element = profile.chosen(api, &config, &deployment.certificate)?;
            let shown = objects::shown(api, profile::certificate_of(element))?;
            let digits = |text: String| text.chars().filter(char::is_ascii_hexdigit).collect::<String>();
            let bare = |text: String| text.split_once('/').map(|(_, hex)| digits(hex.to_lowercase()));
            Ok(shown.and_then(|shown| shown.fingerprint).and_then(bare))
        })
    }
}

impl Reversible for F5 {
    fn rollback<S: Sandbox>(
        sandbox: &mut S,
        deployment: &Deployment,
        notes: &[String],
    ) -> Result<(), Failure> {
        let config = Config::parse(&deployment.config).map_err(Failure::Misconfigured)?;
        let notes: Vec<Note> = parse_notes(notes)?;
        within(sandbox, &config, |api| notes.iter().try_for_each(|note| take_back(api, &config, note)))
    }
}

fn judge(answer: &Answer) -> Judged {
    if answer.status() < 400 {
        return answer.by_status().into();
    }
    let said = answer.json::<Refusal>().unwrap_or_default().message;
    let by_status = if answer.status() == 503 { Verdict::Busy } else { answer.by_status() };
    mentioned(TEXTS, answer.text()).unwrap_or(by_status).because(&said)
}

/// Works with a token, of which a user may have a hundred and no more.
fn within<S: Sandbox, T>(
    sandbox: &mut S,
    config: &Config,
    mut work: impl FnMut(&mut Api<S::Connection>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let mut api = Api::new(sandbox.dial(&config.endpoint)?).judged_by(judge);
    let login = |api: &mut Api<S::Connection>| {
        let body = object! { "username": &config.username, "password": secret("password"), "loginProviderName": "tmos" };
        let login: Login = api.call(Call::post("/mgmt/shared/authn/login").json(body))?.json()?;
        api.session_header("x-f5-auth-token", &login.token.token);
        Ok(login.token.token)
    };
    let logout = |api: &mut Api<S::Connection>, token: &String| {
        api.call(Call::delete(format!("{TOKENS}/{token}")).harmless()).map(drop)
    };
    api.with_session(login, |api, _| work(api), logout)
}

fn deploy<C: Connection>(
    api: &mut Api<C>,
    config: &Config,
    deployment: &Deployment,
) -> Result<Receipt, Failure> {
    let certificate = &deployment.certificate;
    let objects = Objects::of(config, certificate);
    api.bring(
        |api| {
            let profile = Profile::read(api, config)?;
            let element = profile.chosen(api, config, certificate)?;
            let bound = profile::serves(element, &objects);
            Ok((bound && objects.held(api, certificate)?).then_some(()))
        },
        |api| bind(api, config, deployment, &objects),
    )?;
    if !api.changed() {
        return Ok(api.receipt(&objects.cert(), "the profile serves it already"));
    }
    save(api)?;
    let note = match objects.tidy(api) {
        Ok(()) => "bound and saved".to_string(),
        Err(Failure::Denied(text)) => format!("bound and saved; the uploads are left in {DOWNLOADS}: {text}"),
        Err(failure) => return Err(failure),
    };
    Ok(api.receipt(&objects.cert(), &note))
}

/// Uploads, then makes objects and binds them, wholly or not at all.
fn bind<C: Connection>(
    api: &mut Api<C>,
    config: &Config,
    deployment: &Deployment,
    objects: &Objects,
) -> Result<(), Failure> {
    let profile = Profile::read(api, config)?;
    let before = profile.chosen(api, config, &deployment.certificate)?;
    let present = objects.present(api)?;
    api.note(&Note::Binding { before: before.clone(), objects: objects.clone(), present: present.clone() })?;
    objects.upload(api, &deployment.certificate)?;

    let begun = api.call(Call::post(TRANSACTIONS).json(object! {}).changes("begin a transaction"))?;
    let id = begun.json::<Transaction>()?.id;
    api.note(&Note::Transaction(id))?;
    let binding = profile.exchanged(config, &profile::serving(before, objects));
    for call in objects.install(&present).into_iter().chain([binding]) {
        api.call(call.header("x-f5-rest-coordination-id", id.to_string()))?;
    }
    let body = object! { "state": "VALIDATING", "validateOnly": false };
    let commit = Call::patch(format!("{TRANSACTIONS}/{id}")).json(body).changes("commit the transaction");
    let committed = api.call(commit)?;
    match committed.json::<Transaction>()?.state.as_str() {
        "COMPLETED" => Ok(()),
        _ => Err(Failure::Rejected(format!("the transaction did not complete: {}", committed.text()))),
    }
}

/// Without it all is lost at the next reboot.
fn save<C: Connection>(api: &mut Api<C>) -> Result<(), Failure> {
    let save = Call::post("/mgmt/tm/sys/config").json(object! { "command": "save" });
    api.insist(save.changes("save the configuration")).map(drop)
}

fn take_back<C: Connection>(api: &mut Api<C>, config: &Config, note: &Note) -> Result<(), Failure> {
    let (before, objects, present) = match note {
        Note::Transaction(id) => return api.find(Call::delete(format!("{TRANSACTIONS}/{id}"))).map(drop),
        Note::Binding { before, objects, present } => (before, objects, present),
    };
    let profile = Profile::read(api, config)?;
    let ours = profile.named(profile::name_of(before)).is_some_and(|now| profile::serves(now, objects));
    if ours {
        api.insist(profile.exchanged(config, before))?;
    }
    for url in objects.urls().iter().filter(|url| !present.contains(url)) {
        match api.find(Call::delete(url)) {
            // Somebody else has bound it meanwhile.
            Ok(_) | Err(Failure::Rejected(_)) => {}
            Err(failure) => return Err(failure),
        }
    }
    save(api)?;
    match objects.tidy(api) {
        Ok(()) | Err(Failure::Denied(_)) => Ok(()),
        Err(failure) => Err(failure),
    }
}

lastmile_sdk::export!(F5, reversible);
