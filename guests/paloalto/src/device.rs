//! The requests of the XML API: looks are GETs, changes are POSTs.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use lastmile_sdk::certificate::same_leaf;
use lastmile_sdk::http::escape::xml;
use lastmile_sdk::http::verdict::mentioned;
use lastmile_sdk::http::xml::{first, text_of};
use lastmile_sdk::http::{Answer, Api, Attempt, Call, Form, Multipart, Verdict};
use lastmile_sdk::{Certificate, Connection, Failure, Part, Passphrase, Secret, document};

use crate::answer::{Job, TEXTS, job};
use crate::config::Config;

/// The private key travels under a passphrase of this deployment alone. PAN-OS wants one for every key.
const PASSPHRASE: &str = "import";
const EVERY_MS: u32 = 2000;
/// Ten minutes; the operator's `wall-seconds` end it earlier.
const LOOKS: u32 = 300;

/// Which configuration is looked at.
#[derive(Clone, Copy)]
pub(crate) enum View {
    /// What the next commit makes of it.
    Candidate,
    Running,
}

fn look(view: View, xpath: &str) -> Call {
    let action = match view {
        View::Candidate => "get",
        View::Running => "show",
    };
    Call::get(format!("/api/?type=config&action={action}")).query("xpath", xpath)
}

fn operate<C: Connection>(api: &mut Api<C>, command: &str) -> Result<Answer, Failure> {
    api.call(Call::get("/api/?type=op").query("cmd", command))
}

fn profile(config: &Config) -> String {
    format!("{}/ssl-tls-service-profile/entry[@name='{}']/certificate", config.scope(), config.profile)
}

fn certificate(config: &Config, name: &str) -> String {
    format!("{}/certificate/entry[@name='{name}']", config.scope())
}

/// The name of the certificate that the profile serves.
pub(crate) fn bound<C: Connection>(
    api: &mut Api<C>,
    config: &Config,
    view: View,
) -> Result<Option<String>, Failure> {
    let Some(answer) = api.find(look(view, &profile(config)))? else { return Ok(None) };
    Ok(text_of(answer.xml()?.root(), "certificate").map(|name| name.trim().to_string()))
}

/// Whether a certificate of this name is there, and is this one.
pub(crate) fn holds<C: Connection>(
    api: &mut Api<C>,
    config: &Config,
    view: View,
    name: &str,
    wanted: &Certificate,
) -> Result<Option<bool>, Failure> {
    let xpath = format!("{}/public-key", certificate(config, name));
    let Some(answer) = api.find(look(view, &xpath))? else { return Ok(None) };
    Ok(text_of(answer.xml()?.root(), "public-key").map(|pem| same_leaf(pem, wanted)))
}

/// The names of all certificates beside the profile.
pub(crate) fn names<C: Connection>(api: &mut Api<C>, config: &Config) -> Result<Vec<String>, Failure> {
    let xpath = format!("{}/certificate/entry/@name", config.scope());
    let Some(answer) = api.find(look(View::Candidate, &xpath))? else { return Ok(Vec::new()) };
    let document = answer.xml()?;
    let entries = document.descendants().filter(|node| node.has_tag_name("entry"));
    Ok(entries.filter_map(|entry| entry.attribute("name")).map(ToString::to_string).collect())
}

/// Fails where another administrator holds a lock. It is not ours to break.
pub(crate) fn unlocked<C: Connection>(api: &mut Api<C>, config: &Config) -> Result<(), Failure> {
    // Panorama has no virtual systems.
    let vsys = if config.template.is_some() { "" } else { "<vsys>all</vsys>" };
    for command in
        [format!("<show><config-locks>{vsys}</config-locks></show>"), "<show><commit-locks/></show>".into()]
    {
        let answer = operate(api, &command)?;
        let document = answer.xml()?;
        let mut locks = document.descendants().filter(|node| node.has_tag_name("entry"));
        let holder =
            locks.find_map(|lock| lock.attribute("name").filter(|name| *name != config.administrator));
        if let Some(holder) = holder {
            let text =
                format!("the configuration is locked by {holder}: it is deployed once the lock is gone");
            return Err(Failure::Unavailable((text, None)));
        }
    }
    Ok(())
}

/// Certificate, chain and key at once: of two imports the second may not fit the first, and PAN-OS would commit them.
pub(crate) fn import<C: Connection>(
    api: &mut Api<C>,
    config: &Config,
    name: &str,
    wanted: &Certificate,
) -> Result<(), Failure> {
    let passphrase = || Passphrase::Ephemeral(PASSPHRASE.to_string());
    let pair = [Part::Text(document::full_chain(wanted)), document::encrypted_private_key(passphrase())];
    let form = Multipart::new().field("passphrase", Secret::Ephemeral(PASSPHRASE.to_string())).file(
        "file",
        "pair.pem",
        "application/x-pem-file",
        Vec::from(pair),
    );
    let mut call =
        Call::post("/api/?type=import&category=keypair&format=pem").query("certificate-name", name);
    let (template, vsys) = match &config.template {
        Some(template) => (Some(("target-tpl", template)), "target-tpl-vsys"),
        None => (None, "vsys"),
    };
    for (key, value) in template.into_iter().chain(config.vsys.as_ref().map(|value| (vsys, value))) {
        call = call.query(key, value);
    }
    let sent = api.call(call.multipart(form).changes("import the certificate"));
    let held = |api: &mut Api<C>| {
        let same = holds(api, config, View::Candidate, name, wanted)?;
        Ok(same.filter(|same| *same).map(drop))
    };
    sent.map(drop).or_else(|failure| api.settle(failure, held))
}

/// Binds the profile to this certificate, in the candidate configuration.
pub(crate) fn bind<C: Connection>(api: &mut Api<C>, config: &Config, name: &str) -> Result<(), Failure> {
    let form = change("edit", &profile(config))
        .field("element", format!("<certificate>{}</certificate>", xml(name)));
    api.insist(Call::post("/api/").form(form).changes("bind the certificate")).map(drop)
}

/// Deletes a certificate from the candidate configuration, unless something refers to it.
pub(crate) fn delete<C: Connection>(api: &mut Api<C>, config: &Config, name: &str) -> Result<(), Failure> {
    let form = change("delete", &certificate(config, name));
    match api.attempt(Call::post("/api/").form(form).changes("delete a certificate"))? {
        Attempt::Done(_) | Attempt::NotFound(_) | Attempt::Conflict(_) => Ok(()),
    }
}

fn change(action: &str, xpath: &str) -> Form {
    Form::new().field("type", "config").field("action", action).field("xpath", xpath)
}

/// Makes the candidate's changes by this administrator run, and nobody else's.
pub(crate) fn commit<C: Connection>(api: &mut Api<C>, config: &Config) -> Result<(), Failure> {
    let member = xml(&config.administrator);
    let command = format!("<commit><partial><admin><member>{member}</member></admin></partial></commit>");
    run(api, "partial", command, "commit")
}

/// Brings what Panorama has committed to its firewalls.
pub(crate) fn push<C: Connection>(api: &mut Api<C>, stack: &str) -> Result<(), Failure> {
    let stack = xml(stack);
    let command = format!("<commit-all><template-stack><name>{stack}</name></template-stack></commit-all>");
    run(api, "all", command, "push to the firewalls")
}

/// One job, from its order to its end. Ordered again where the first order's answer is lost: there is then nothing to commit, or
/// the first job is waited for.
fn run<C: Connection>(api: &mut Api<C>, action: &str, command: String, what: &str) -> Result<(), Failure> {
    let form = Form::new().field("type", "commit").field("action", action).field("cmd", command);
    let answer = api.insist(Call::post("/api/").form(form).changes(what))?;
    // "There are no changes to commit."
    let Some(id) = text_of(answer.xml()?.root(), "job").map(xml) else { return Ok(()) };
    let command = format!("<show><jobs><id>{id}</id></jobs></show>");
    let ended = api.poll(what, EVERY_MS, LOOKS, |api| {
        let answer = operate(api, &command)?;
        let document = answer.xml()?;
        let found = first(document.root(), "job").map(job).ok_or_else(|| answer.lacks("the job"))?;
        Ok(Some(found).filter(|job| *job != Job::Working))
    })?;
    match ended {
        Job::Failed(text) if mentioned(TEXTS, &text) == Some(Verdict::Busy) => {
            Err(Failure::Unavailable((format!("{what}: {text}"), None)))
        }
        Job::Failed(text) => Err(Failure::Rejected(format!("{what}: {text}"))),
        Job::Working | Job::Done => Ok(()),
    }
}
