//! The requests of the XML API: forms, but for an import.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use lastmile_sdk::certificate::same_leaf;
use lastmile_sdk::http::escape::xml;
use lastmile_sdk::http::verdict::mentioned;
use lastmile_sdk::http::xml::{first, text_of};
use lastmile_sdk::http::{Answer, Api, Call, Form, Multipart, Verdict};
use lastmile_sdk::{Certificate, Connection, Failure, Part, Passphrase, Secret, document};

use crate::answer::{Job, TEXTS, job};
use crate::config::Paloalto;

/// The private key travels under a passphrase of this deployment alone. PAN-OS wants one for every key.
const PASSPHRASE: &str = "import";
/// As often as the vendor's own client asks.
const EVERY_MS: u32 = 500;
/// Ten minutes; the operator's `wall-seconds` end it earlier.
const LOOKS: u32 = 1200;

/// Which configuration is looked at, by its action.
pub(crate) type View = &'static str;
/// What the next commit makes of it.
pub(crate) const CANDIDATE: View = "get";
pub(crate) const RUNNING: View = "show";

fn look(view: View, xpath: &str) -> Call {
    Call::post("/api/").form(config(view, xpath)).named(&format!("config {view}"))
}

fn operate<C: Connection>(api: &mut Api<C>, command: &str) -> Result<Answer, Failure> {
    api.call(Call::post("/api/").form(Form::new().field("type", "op").field("cmd", command)).named("op"))
}

fn config(action: &str, xpath: &str) -> Form {
    Form::new().field("type", "config").field("action", action).field("xpath", xpath)
}

impl Paloalto {
    fn binding(&self) -> String {
        format!("{}/ssl-tls-service-profile/entry[@name='{}']/certificate", self.scope(), self.profile)
    }

    fn certificate(&self, name: &str) -> String {
        format!("{}/certificate/entry[@name='{name}']", self.scope())
    }

    /// The name of the certificate that the profile serves.
    pub(crate) fn bound<C: Connection>(
        &self,
        api: &mut Api<C>,
        view: View,
    ) -> Result<Option<String>, Failure> {
        let Some(answer) = api.find(look(view, &self.binding()))? else { return Ok(None) };
        Ok(text_of(answer.xml()?.root(), "certificate").map(|name| name.trim().to_string()))
    }

    /// Whether a certificate of this name is there, and is this one.
    pub(crate) fn holds<C: Connection>(
        &self,
        api: &mut Api<C>,
        view: View,
        name: &str,
        wanted: &Certificate,
    ) -> Result<Option<bool>, Failure> {
        let Some(answer) = api.find(look(view, &self.certificate(name)))? else { return Ok(None) };
        Ok(text_of(answer.xml()?.root(), "public-key").map(|pem| same_leaf(pem, wanted)))
    }

    /// The names of all certificates beside the profile; nothing where the device refuses to list them, since they are for tidying
    /// up alone.
    pub(crate) fn names<C: Connection>(&self, api: &mut Api<C>) -> Result<Option<Vec<String>>, Failure> {
        let answer = match api.find(look(CANDIDATE, &format!("{}/certificate", self.scope()))) {
            Ok(Some(answer)) => answer,
            Ok(None) => return Ok(Some(Vec::new())),
            Err(Failure::Rejected(_)) => return Ok(None),
            Err(failure) => return Err(failure),
        };
        let document = answer.xml()?;
        let Some(all) = first(document.root(), "certificate") else { return Ok(Some(Vec::new())) };
        let entries = all.children().filter(|node| node.has_tag_name("entry"));
        Ok(Some(entries.filter_map(|entry| entry.attribute("name")).map(ToString::to_string).collect()))
    }

    /// Fails where another administrator holds a lock. It is not ours to break.
    pub(crate) fn unlocked<C: Connection>(&self, api: &mut Api<C>) -> Result<(), Failure> {
        // Panorama has no virtual systems of its own.
        let vsys = if self.template.is_some() { "" } else { "<vsys>all</vsys>" };
        let config = format!("<show><config-locks>{vsys}</config-locks></show>");
        for command in [config.as_str(), "<show><commit-locks/></show>"] {
            let answer = operate(api, command)?;
            let document = answer.xml()?;
            let mut holders = document.descendants().filter_map(|node| node.attribute("name"));
            if let Some(holder) = holders.find(|name| *name != self.administrator) {
                let text = format!("{holder} has locked the configuration: it goes on once the lock is gone");
                return Err(Failure::Unavailable((text, None)));
            }
        }
        Ok(())
    }

    /// Certificate, chain and key at once: of two imports the second may not fit the first, and PAN-OS would commit them.
    pub(crate) fn import<C: Connection>(
        &self,
        api: &mut Api<C>,
        name: &str,
        wanted: &Certificate,
    ) -> Result<(), Failure> {
        let passphrase = Passphrase::Ephemeral(PASSPHRASE.to_string());
        let pair = [Part::Text(document::full_chain(wanted)), document::encrypted_private_key(passphrase)];
        let form = Multipart::new().field("passphrase", Secret::Ephemeral(PASSPHRASE.to_string()));
        let form = form.file("file", "pair.pem", "application/x-pem-file", Vec::from(pair));
        let mut call =
            Call::post("/api/?type=import&category=keypair&format=pem").query("certificate-name", name);
        if let Some(template) = &self.template {
            call = call.query("target-tpl", template);
        }
        if let Some(vsys) = &self.vsys {
            call = call.query(if self.template.is_some() { "target-tpl-vsys" } else { "vsys" }, vsys);
        }
        let sent = api.call(call.multipart(form).changes("import the certificate")).map(drop);
        sent.or_else(|failure| {
            api.settle(failure, |api| {
                Ok((self.holds(api, CANDIDATE, name, wanted)? == Some(true)).then_some(()))
            })
        })
    }

    /// Binds the profile to this certificate, in the candidate configuration.
    pub(crate) fn bind<C: Connection>(&self, api: &mut Api<C>, name: &str) -> Result<(), Failure> {
        let element = format!("<certificate>{}</certificate>", xml(name));
        let form = config("edit", &self.binding()).field("element", element);
        api.insist(Call::post("/api/").form(form).changes("bind the certificate")).map(drop)
    }

    /// Deletes a certificate from the candidate configuration, unless something refers to it.
    pub(crate) fn delete<C: Connection>(&self, api: &mut Api<C>, name: &str) -> Result<(), Failure> {
        let form = config("delete", &self.certificate(name));
        api.attempt(Call::post("/api/").form(form).changes("delete a certificate")).map(drop)
    }

    /// Makes the candidate's changes by this administrator run, and nobody else's.
    pub(crate) fn commit<C: Connection>(&self, api: &mut Api<C>) -> Result<(), Failure> {
        let member = xml(&self.administrator);
        let command = format!("<commit><partial><admin><member>{member}</member></admin></partial></commit>");
        run(api, "partial", &command, "commit")
    }

    /// Brings what Panorama has committed to its firewalls.
    pub(crate) fn push<C: Connection>(&self, api: &mut Api<C>) -> Result<(), Failure> {
        let Some(stack) = self.stack.as_deref().map(xml) else { return Ok(()) };
        let command =
            format!("<commit-all><template-stack><name>{stack}</name></template-stack></commit-all>");
        run(api, "all", &command, "push to the firewalls")
    }
}

/// One job, from its order to its end. Ordered again where the answer to the order is lost: then there is nothing left to do, or
/// the first one is waited for.
fn run<C: Connection>(api: &mut Api<C>, action: &str, command: &str, what: &str) -> Result<(), Failure> {
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
