//! F5 BIG-IP (iControl REST, TMOS 12 and later): new objects for each certificate, bound to a client-ssl profile in one
//! transaction, and saved. The old objects stay whole, so going back is to bind them again.
#![no_std]

extern crate alloc;

mod config;
mod files;
mod profile;
#[cfg(test)]
mod tests;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use lastmile_sdk::certificate::no_ed25519;
use lastmile_sdk::http::verdict::mentioned;
use lastmile_sdk::http::{Answer, Api, Call, Judged, Target, Verdict, object, parse_notes, secret};
use lastmile_sdk::{Connection, Deployment, Failure, Problem, Receipt};
use serde::{Deserialize, Serialize};

pub use crate::config::F5;
use crate::files::DOWNLOADS;
use crate::profile::{Element, Profile, serves, serving, text};

const TRANSACTIONS: &str = "/mgmt/tm/transaction";

/// What says more than the status. A role that may not do something is 401 as well.
const TEXTS: &[(&str, Verdict)] = &[
    ("X-F5-Auth-Token has expired", Verdict::SessionExpired),
    ("X-F5-Auth-Token does not exist", Verdict::SessionExpired),
    ("maximum active login tokens", Verdict::Unavailable),
    ("active asynchronous task", Verdict::Busy),
    ("Configuration Utility restarting", Verdict::Busy),
];

/// What a rollback needs, noted before the change.
#[derive(Serialize, Deserialize)]
enum Note {
    /// The element as it was.
    Binding(Element),
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

impl Target for F5 {
    const NAME: &'static str = "f5";

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
        let said = answer.json::<Refusal>().unwrap_or_default().message;
        let by_status = if answer.status() == 503 { Verdict::Busy } else { answer.by_status() };
        mentioned(TEXTS, answer.text()).unwrap_or(by_status).because(&said)
    }

    fn bring<C: Connection>(&self, api: &mut Api<C>, deployment: &Deployment) -> Result<Receipt, Failure> {
        no_ed25519(&deployment.certificate, "BIG-IP")?;
        self.logged_in(api, |api| self.renew(api, deployment))
    }

    fn served<C: Connection>(&self, api: &mut Api<C>, of: &Deployment) -> Result<Option<String>, Failure> {
        self.logged_in(api, |api| {
            let profile = Profile::read(api, self)?;
            let element = profile.chosen(api, self, &of.certificate)?;
            let shown = files::shown(api, text(element, "cert"))?.and_then(|shown| shown.fingerprint);
            let hex = shown.as_deref().and_then(|shown| shown.strip_prefix("SHA256/"));
            Ok(hex.map(|hex| hex.replace(':', "").to_lowercase()))
        })
    }

    fn take_back<C: Connection>(
        &self,
        api: &mut Api<C>,
        deployment: &Deployment,
        notes: &[String],
    ) -> Result<(), Failure> {
        let notes: Vec<Note> = parse_notes(notes)?;
        self.logged_in(api, |api| {
            notes.iter().try_for_each(|note| match note {
                Note::Binding(before) => self.restore(api, deployment, before),
                // One that is over is refused.
                Note::Transaction(id) => remove(api, format!("{TRANSACTIONS}/{id}")),
            })
        })
    }
}

impl F5 {
    /// Works with a token, of which a user may have a hundred and no more.
    fn logged_in<C: Connection, T>(
        &self,
        api: &mut Api<C>,
        mut work: impl FnMut(&mut Api<C>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let user = object! { "username": &self.username, "password": secret("password"), "loginProviderName": "tmos" };
        api.with_session(
            |api| {
                let login = Call::post("/mgmt/shared/authn/login").json(user.clone());
                let Login { token: Token { token } } = api.call(login)?.json()?;
                api.session_header("x-f5-auth-token", &token);
                Ok(token)
            },
            |api, _| work(api),
            |api, token| {
                api.call(Call::delete(format!("/mgmt/shared/authz/tokens/{token}")).harmless()).map(drop)
            },
        )
    }

    fn renew<C: Connection>(&self, api: &mut Api<C>, deployment: &Deployment) -> Result<Receipt, Failure> {
        let certificate = &deployment.certificate;
        let files = files::of(self, certificate);
        let reference = files.first().map(files::File::path).unwrap_or_default();
        api.bring(
            |api| {
                let profile = Profile::read(api, self)?;
                let bound = serves(profile.chosen(api, self, certificate)?, &files);
                Ok((bound && files::held(api, &files, certificate)?).then_some(()))
            },
            |api| self.bind(api, deployment, &files),
        )?;
        if !api.changed() {
            return Ok(api.receipt(&reference, "the profile serves it already"));
        }
        save(api)?;
        let note = match files.iter().try_for_each(|file| file.tidy(api)) {
            Ok(()) => "bound and saved".to_string(),
            Err(Failure::Denied(text)) => {
                format!("bound and saved; the uploads are left in {DOWNLOADS}: {text}")
            }
            Err(failure) => return Err(failure),
        };
        Ok(api.receipt(&reference, &note))
    }

    /// Uploads, then makes objects and binds them, wholly or not at all.
    fn bind<C: Connection>(
        &self,
        api: &mut Api<C>,
        deployment: &Deployment,
        files: &[files::File],
    ) -> Result<(), Failure> {
        let profile = Profile::read(api, self)?;
        let before = profile.chosen(api, self, &deployment.certificate)?;
        let mut calls = Vec::new();
        for file in files {
            calls.push(file.install(api)?);
        }
        calls.push(profile.exchanged(self, &serving(before, files)));

        api.note(&Note::Binding(before.clone()))?;
        files.iter().try_for_each(|file| file.upload(api))?;
        let begin = Call::post(TRANSACTIONS).json(object! {}).changes("begin a transaction");
        let Transaction { id, .. } = api.call(begin)?.json()?;
        api.note(&Note::Transaction(id))?;
        for call in calls {
            api.call(call.header("x-f5-rest-coordination-id", id.to_string()))?;
        }
        let commit = object! { "state": "VALIDATING", "validateOnly": false };
        let commit =
            Call::patch(format!("{TRANSACTIONS}/{id}")).json(commit).changes("commit the transaction");
        let committed = api.call(commit)?;
        match committed.json::<Transaction>()?.state.as_str() {
            "COMPLETED" => Ok(()),
            _ => Err(Failure::Rejected(format!("the transaction did not complete: {}", committed.text()))),
        }
    }

    /// Binds the old objects where ours are bound, and removes ours.
    fn restore<C: Connection>(
        &self,
        api: &mut Api<C>,
        deployment: &Deployment,
        before: &Element,
    ) -> Result<(), Failure> {
        let files = files::of(self, &deployment.certificate);
        let profile = Profile::read(api, self)?;
        if profile.named(text(before, "name")).is_some_and(|now| serves(now, &files)) {
            api.insist(profile.exchanged(self, before))?;
        }
        // One that is refused was bound by somebody else meanwhile.
        files.iter().try_for_each(|file| remove(api, file.url()))?;
        save(api)?;
        match files.iter().try_for_each(|file| file.tidy(api)) {
            Err(Failure::Denied(_)) => Ok(()),
            ended => ended,
        }
    }
}

/// Removes what may be gone already, or be nobody's to remove.
fn remove<C: Connection>(api: &mut Api<C>, url: String) -> Result<(), Failure> {
    match api.find(Call::delete(url)) {
        Ok(_) | Err(Failure::Rejected(_)) => Ok(()),
        Err(failure) => Err(failure),
    }
}

/// Without it all is lost at the next reboot.
fn save<C: Connection>(api: &mut Api<C>) -> Result<(), Failure> {
    let save = Call::post("/mgmt/tm/sys/config").json(object! { "command": "save" });
    api.insist(save.changes("save the configuration")).map(drop)
}

lastmile_sdk::http_connector!(F5, reversible);
