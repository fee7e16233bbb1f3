//! Imported files: certificate, key and chain of one version, under names that tell it.

use alloc::format;
use alloc::string::String;

use lastmile_sdk::certificate::ders;
use lastmile_sdk::http::escape::segment;
use lastmile_sdk::http::{Api, Attempt, Call, Content, Multipart, Node, Value, key, object};
use lastmile_sdk::{Certificate, Connection, Failure};
use serde::Serialize;

pub(crate) const CHAIN: &str = "-chain";
/// Of how many certificates a chain's name tells.
pub(crate) const CHAIN_TOLD: usize = 8;

/// One version's names, as an entry of a template has them.
#[derive(Serialize)]
pub(crate) struct Names {
    pub(crate) cert: String,
    pub(crate) key: String,
    #[serde(rename = "chain-cert", skip_serializing_if = "Option::is_none")]
    pub(crate) chain: Option<String>,
}

impl Names {
    pub(crate) fn of(version: String, certificate: &Certificate) -> Self {
        let key = format!("{version}.key");
        let chain = (!certificate.chain_pem.is_empty()).then(|| {
            // The same leaf may come with another chain, while the template holds the first one.
            let told = certificate.chain_fingerprints.iter().take(CHAIN_TOLD).filter_map(|one| one.get(..8));
            told.fold(format!("{version}{CHAIN}"), |name, one| format!("{name}-{one}"))
        });
        Self { cert: version, key, chain }
    }

    /// Puts those on the device that this entry of the template does not have.
    pub(crate) fn import<C: Connection>(
        &self,
        api: &mut Api<C>,
        certificate: &Certificate,
        entry: &Value,
    ) -> Result<(), Failure> {
        if !self.names(entry) {
            import(api, "ssl-cert", &self.cert, Content::from(&certificate.leaf_pem))?;
            import(api, "ssl-key", &self.key, key().into())?;
        }
        match &self.chain {
            Some(chain) => import(api, "ssl-cert", chain, Content::from(&certificate.chain_pem)),
            None => Ok(()),
        }
    }

    /// Deletes those that nothing uses, but for a pair that this entry has; one that is not there does no harm.
    pub(crate) fn delete<C: Connection>(&self, api: &mut Api<C>, entry: &Value) -> Result<(), Failure> {
        if !self.names(entry) {
            delete(api, "ssl-cert", &self.cert)?;
            delete(api, "ssl-key", &self.key)?;
        }
        self.chain.iter().try_for_each(|chain| delete(api, "ssl-cert", chain))
    }

    /// Whether an entry of a template has this version's certificate.
    pub(crate) fn names(&self, entry: &Value) -> bool {
        named(entry) == self.cert
    }
}

/// The certificate of an entry of a template.
pub(crate) fn named(entry: &Value) -> &str {
    entry.get("cert").and_then(Value::as_str).unwrap_or_default()
}

/// One file. One of this name is what an earlier attempt left, and no template has it.
fn import<C: Connection>(
    api: &mut Api<C>,
    kind: &'static str,
    name: &str,
    content: Content,
) -> Result<(), Failure> {
    let about = object! { "file": name, "file-handle": name, "action": "import" };
    let about = if kind == "ssl-cert" { about.with("certificate-type", "pem") } else { about };
    let body = Multipart::new().file("json", "blob", "application/json", Node::object([(kind, about)])).file(
        "file",
        name,
        "application/octet-stream",
        content,
    );
    let call = Call::post(format!("/axapi/v3/file/{kind}")).multipart(body).changes("import a file");
    if !matches!(api.attempt(call.clone())?, Attempt::Done(_)) {
        delete(api, kind, name)?;
        api.call(call)?;
    }
    Ok(())
}

fn delete<C: Connection>(api: &mut Api<C>, kind: &str, name: &str) -> Result<(), Failure> {
    let member = if kind == "ssl-cert" { "cert-name" } else { "private-key" };
    let body = object! { "delete": Node::object([(member, name.into())]) };
    api.attempt(Call::post("/axapi/v3/pki/delete").json(body).changes("delete a file")).map(drop)
}

/// Whether the certificate file of this name holds this, in order and nothing else. Keys are never asked for.
pub(crate) fn holds<C: Connection>(api: &mut Api<C>, name: &str, pem: &str) -> Result<bool, Failure> {
    let call = Call::get(format!("/axapi/v3/file/ssl-cert/{}", segment(name)));
    let Some(answer) = api.find(call)? else { return Ok(false) };
    let (text, held) = (answer.text(), ders(answer.text()));
    // Half a file is not another one; one in DER is.
    let none = held.is_empty() && !text.starts_with('0');
    if none || held.len() < text.matches("-----BEGIN CERTIFICATE-----").count() {
        return Err(answer.lacks("a whole certificate"));
    }
    Ok(held == ders(pem))
}
