//! FortiOS' REST API, as far as certificates go.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use lastmile_sdk::certificate::{ders, pems, same_leaf};
use lastmile_sdk::failure::misconfigured;
use lastmile_sdk::http::escape::segment;
use lastmile_sdk::http::verdict::among;
use lastmile_sdk::http::{Answer, Api, Attempt, Call, Judged, Node, Verdict, key, object};
use lastmile_sdk::{Certificate, Connection, Failure};
use serde::Deserialize;
use serde_json::Value;

use crate::binding::{Binding, exchanged, names};
use crate::config::Fortigate;

const CMDB: &str = "/api/v2/cmdb";
const MONITOR: &str = "/api/v2/monitor";
/// How often the management answers, a second apart, until its restart is over: it does so also before it begins.
const CALM: u32 = 5;

/// Of 500, with which FortiOS says no to everything that its command line would refuse.
const CODES: &[(i64, Verdict)] = &[(-3, Verdict::NotFound), (-23, Verdict::Conflict)];

#[derive(Deserialize)]
struct Envelope<R = Value> {
    status: String,
    error: Option<i64>,
    cli_error: Option<String>,
    results: Option<R>,
}

#[derive(Deserialize)]
pub(crate) struct Entry {
    pub(crate) name: String,
    /// Of an entry of the CA store.
    #[serde(default)]
    pub(crate) ca: String,
}

#[derive(Deserialize)]
struct Usage {
    currently_using: Vec<Value>,
}

pub(crate) fn judge(answer: &Answer) -> Judged {
    if answer.status() == 429 {
        return Verdict::Denied.because("access is blocked for a while, after too many wrong tokens");
    }
    let download = answer.status() == 200 && answer.text().starts_with("-----BEGIN");
    let Ok(envelope) = answer.json::<Envelope>() else {
        let lost = answer.by_status() == Verdict::Ok && !download;
        return if lost { Verdict::Uncertain.into() } else { answer.by_status().into() };
    };
    let said = envelope.cli_error.unwrap_or_default();
    if envelope.status == "success" {
        return answer.by_status().because(&said);
    }
    let code = envelope.error.unwrap_or_default();
    let refused = match answer.status() {
        200..=299 | 500 => Verdict::Rejected,
        _ => answer.by_status(),
    };
    among(CODES, &code).unwrap_or(refused).because(&format!("error {code} {said}"))
}

fn results<R: for<'de> Deserialize<'de>>(answer: &Answer) -> Result<R, Failure> {
    answer.json::<Envelope<R>>()?.results.ok_or_else(|| answer.lacks("results"))
}

impl Fortigate {
    fn get(&self, path: &str) -> Call {
        self.within(Call::get(path))
    }

    /// The attribute as it is.
    pub(crate) fn bound<C: Connection>(&self, api: &mut Api<C>, binding: &Binding) -> Result<Value, Failure> {
        let Some(answer) = api.find(self.get(&format!("{CMDB}/{}", binding.path)))? else {
            return Err(misconfigured("bind", &format!("there is no {} on the device", binding.path)));
        };
        // A table's entry comes as a list of one.
        let found: Value = results(&answer)?;
        let object = found.as_array().and_then(|all| all.first()).unwrap_or(&found);
        object.get(&binding.attribute).cloned().ok_or_else(|| answer.lacks(&binding.attribute))
    }

    /// Lets `new` take the place of `old`, and reads it back where the answer is lost.
    pub(crate) fn bind<C: Connection>(
        &self,
        api: &mut Api<C>,
        binding: &Binding,
        old: &str,
        new: &str,
    ) -> Result<(), Failure> {
        let value = exchanged(&self.bound(api, binding)?, old, new);
        let body = Node::object([(binding.attribute.as_str(), Node::from(value))]);
        let put = self.within(Call::put(format!("{CMDB}/{}", binding.path))).json(body);
        let sent = api.call(put.changes("bind the certificate")).map(drop);
        if binding.is_management() && matches!(sent, Ok(()) | Err(Failure::Uncertain(_))) {
            self.restarted(api, binding)?;
        }
        let settled =
            |api: &mut Api<C>| Ok(names(&self.bound(api, binding)?).any(|name| name == new).then_some(()));
        sent.or_else(|failure| api.settle(failure, settled))
    }

    /// Waits for the management, which restarts with its certificate and answers nobody for seconds.
    fn restarted<C: Connection>(&self, api: &mut Api<C>, binding: &Binding) -> Result<(), Failure> {
        let mut calm = 0;
        api.poll("the management's restart", 1000, 60, |api| {
            let seen = self.bound(api, binding);
            calm = if seen.is_ok() { calm + 1 } else { 0 };
            seen.map(|_| (calm == CALM).then_some(()))
        })
    }

    /// Whether a certificate of this name is there, and is this one.
    pub(crate) fn holds<C: Connection>(
        &self,
        api: &mut Api<C>,
        name: &str,
        wanted: &Certificate,
    ) -> Result<Option<bool>, Failure> {
        let download = self.get(&format!("{MONITOR}/system/certificate/download")).query("mkey", name);
        let found = api.find(download.query("type", "local-cer").query("scope", self.scope()))?;
        let Some(answer) = found else { return Ok(None) };
        // Half a certificate is not another one.
        if ders(answer.text()).is_empty() {
            return Err(answer.lacks("a whole certificate"));
        }
        Ok(Some(same_leaf(answer.text(), wanted)))
    }

    /// Certificates of the device itself (`local`), or of its CA store (`ca`).
    pub(crate) fn store<C: Connection>(&self, api: &mut Api<C>, which: &str) -> Result<Vec<Entry>, Failure> {
        results(&api.call(self.get(&format!("{CMDB}/vpn.certificate/{which}")))?)
    }

    /// The intermediates that the CA store lacks, if it shows any certificate at all. FortiOS takes what it serves behind the leaf
    /// from there.
    pub(crate) fn missing<C: Connection>(
        &self,
        api: &mut Api<C>,
        wanted: &Certificate,
    ) -> Result<Option<Vec<String>>, Failure> {
        let chain = pems(&wanted.chain_pem);
        if chain.is_empty() {
            return Ok(Some(chain));
        }
        let store = self.store(api, "ca")?;
        if !store.is_empty() && store.iter().all(|entry| entry.ca.is_empty()) {
            return Ok(None);
        }
        let held: Vec<_> = store.iter().flat_map(|entry| ders(&entry.ca)).collect();
        let lacks = |pem: &String| ders(pem).iter().any(|der| !held.contains(der));
        Ok(Some(chain.into_iter().filter(lacks).collect()))
    }

    /// Whether it was new to the CA store, which may hold more than it shows. The device names it.
    pub(crate) fn import_ca<C: Connection>(&self, api: &mut Api<C>, pem: &str) -> Result<bool, Failure> {
        let body =
            object! { "import_method": "file", "scope": self.scope(), "file_content": Node::base64(pem) };
        match api.attempt(self.import("ca", body))? {
            Attempt::Done(_) => Ok(true),
            Attempt::Conflict(_) => Ok(false),
            Attempt::NotFound(answer) => Err(Failure::Rejected(answer.complaint())),
        }
    }

    pub(crate) fn import_pair<C: Connection>(
        &self,
        api: &mut Api<C>,
        name: &str,
        wanted: &Certificate,
    ) -> Result<(), Failure> {
        let body = object! {
            "type": "regular",
            "certname": name,
            "scope": self.scope(),
            "file_content": Node::base64(&wanted.leaf_pem),
            "key_file_content": Node::base64(key()),
            "password": "",
        };
        let sent = api.call(self.import("local", body)).map(drop);
        sent.or_else(|failure| {
            api.settle(failure, |api| Ok((self.holds(api, name, wanted)? == Some(true)).then_some(())))
        })
    }

    fn import(&self, which: &str, body: Node) -> Call {
        let call = self.within(Call::post(format!("{MONITOR}/vpn-certificate/{which}/import"))).json(body);
        call.changes("import a certificate")
    }

    /// Deletes a certificate that nothing refers to. Whoever refers to it is listed, but for the management itself.
    pub(crate) fn delete_unused<C: Connection>(&self, api: &mut Api<C>, name: &str) -> Result<(), Failure> {
        let usage = self.get(&format!("{MONITOR}/system/object/usage"));
        let usage = usage.query("q_path", "vpn.certificate").query("q_name", "local").query("mkey", name);
        let used: Usage = results(&api.call(usage)?)?;
        let management = Binding::parse("admin").map(|admin| self.bound(api, &admin)).transpose()?;
        if !used.currently_using.is_empty() || management.iter().flat_map(names).any(|bound| bound == name) {
            return Ok(());
        }
        let path = format!("{CMDB}/vpn.certificate/local/{}", segment(name));
        api.find(self.within(Call::delete(path)).changes("delete a certificate")).map(drop)
    }
}
