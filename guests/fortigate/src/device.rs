//! FortiOS' REST API, as far as certificates go.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use lastmile_sdk::certificate::{ders, pems, same_leaf};
use lastmile_sdk::failure::misconfigured;
use lastmile_sdk::http::escape::segment;
use lastmile_sdk::http::verdict::among;
use lastmile_sdk::http::{Answer, Api, Call, Judged, Node, Verdict, key, object};
use lastmile_sdk::{Certificate, Connection, Failure};
use serde::Deserialize;
use serde_json::Value;

use crate::binding::{Binding, exchanged, names};
use crate::config::Fortigate;

const CMDB: &str = "/api/v2/cmdb";
const MONITOR: &str = "/api/v2/monitor";

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
    let Some(code) = envelope.error.filter(|_| envelope.status != "success") else {
        return answer.by_status().because(&said);
    };
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
        let settled =
            |api: &mut Api<C>| Ok(names(&self.bound(api, binding)?).any(|name| name == new).then_some(()));
        sent.or_else(|failure| api.settle(failure, settled))
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
        Ok(found.map(|answer| same_leaf(answer.text(), wanted)))
    }

    /// Certificates of the device itself (`local`), or of its CA store (`ca`).
    pub(crate) fn store<C: Connection>(&self, api: &mut Api<C>, which: &str) -> Result<Vec<Entry>, Failure> {
        results(&api.call(self.get(&format!("{CMDB}/vpn.certificate/{which}")))?)
    }

    /// The intermediates that the CA store lacks. FortiOS takes what it serves behind the leaf from there.
    pub(crate) fn missing<C: Connection>(
        &self,
        api: &mut Api<C>,
        wanted: &Certificate,
    ) -> Result<Vec<String>, Failure> {
        let chain = pems(&wanted.chain_pem);
        if chain.is_empty() {
            return Ok(chain);
        }
        let held: Vec<_> = self.store(api, "ca")?.iter().flat_map(|entry| ders(&entry.ca)).collect();
        let lacks = |pem: &String| ders(pem).iter().any(|der| !held.contains(der));
        Ok(chain.into_iter().filter(lacks).collect())
    }

    /// The device names it.
    pub(crate) fn import_ca<C: Connection>(&self, api: &mut Api<C>, pem: &str) -> Result<(), Failure> {
        let body =
            object! { "import_method": "file", "scope": self.scope(), "file_content": Node::base64(pem) };
        self.import(api, "ca", body)
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
        let sent = self.import(api, "local", body);
        sent.or_else(|failure| {
            api.settle(failure, |api| Ok((self.holds(api, name, wanted)? == Some(true)).then_some(())))
        })
    }

    fn import<C: Connection>(&self, api: &mut Api<C>, which: &str, body: Node) -> Result<(), Failure> {
        let call = self.within(Call::post(format!("{MONITOR}/vpn-certificate/{which}/import"))).json(body);
        api.call(call.changes("import a certificate")).map(drop)
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
