//! The two stores: a node's own certificates, and the issuers that the whole deployment trusts.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use lastmile_sdk::http::{Api, Call, Value, object};
use lastmile_sdk::{Certificate, Connection, Failure, certificate, failure};
use serde::Deserialize;

use crate::role::{Holder, Role, used_by};

pub(crate) const SYSTEM: &str = "/api/v1/certs/system-certificate";
const TRUSTED: &str = "/api/v1/certs/trusted-certificate";
const PAGE: &str = "100";
/// A change of a node's certificates takes a minute and more where nothing restarts.
pub(crate) const SLOW_MS: u32 = 300_000;

/// A certificate as either store lists it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Entry {
    pub(crate) id: String,
    friendly_name: Option<String>,
    sha256_fingerprint: Option<String>,
    used_by: Option<String>,
    group_tag: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default)]
    response: Vec<Entry>,
    /// An address, or an object with one.
    #[serde(default)]
    next_page: Value,
}

/// One of the chain that nobody trusts yet.
pub(crate) struct Issuer {
    pub(crate) fingerprint: String,
    pem: String,
}

impl Entry {
    /// What it is used for.
    pub(crate) fn roles(&self) -> Vec<Role> {
        used_by(self.used_by.as_deref().unwrap_or_default())
    }

    pub(crate) fn holder(&self) -> Holder {
        let tag = self.group_tag.clone().unwrap_or_default();
        Holder { id: self.id.clone(), roles: self.roles(), tag }
    }

    /// Whether it has this role; that of portals for those of this tag.
    pub(crate) fn holds(&self, role: Role, tag: &str) -> bool {
        let tagged = role != Role::Portal || self.group_tag.as_deref() == Some(tag);
        tagged && self.roles().contains(&role)
    }

    pub(crate) fn is(&self, fingerprint: &str) -> bool {
        self.sha256_fingerprint.as_deref().is_some_and(|shown| shown.eq_ignore_ascii_case(fingerprint))
    }

    /// What people know it by.
    pub(crate) fn name(self) -> String {
        self.friendly_name.unwrap_or(self.id)
    }

    pub(crate) fn fingerprint(&self) -> Option<String> {
        self.sha256_fingerprint.as_deref().map(str::to_lowercase)
    }
}

/// Those of the chain that are not trusted. ISE builds what it serves from its trusted certificates.
pub(crate) fn missing<C: Connection>(api: &mut Api<C>, of: &Certificate) -> Result<Vec<Issuer>, Failure> {
    let trusted = list(api, TRUSTED)?;
    let chain = of.chain_fingerprints.iter().cloned().zip(certificate::chain(of));
    let issuers = chain.map(|(fingerprint, pem)| Issuer { fingerprint, pem });
    Ok(issuers.filter(|issuer| !trusted.iter().any(|entry| entry.is(&issuer.fingerprint))).collect())
}

impl Issuer {
    /// Trusted to stand behind ISE's own certificates, and for nobody who logs in.
    pub(crate) fn import(&self, name: &str) -> Call {
        let short = self.fingerprint.get(..8).unwrap_or(&self.fingerprint);
        let body = object! {
            "data": &self.pem,
            "name": format!("{name}-issuer-{short}"),
            "description": "imported by lastmile",
            "allowBasicConstraintCAFalse": false,
            "allowOutOfDateCert": false,
            "allowSHA1Certificates": false,
            "trustForIseAuth": true,
            "trustForClientAuth": false,
            "trustForCiscoServicesAuth": false,
            "trustForCertificateBasedAdminAuth": false,
            "validateCertificateExtensions": false,
        };
        Call::post(format!("{TRUSTED}/import")).json(body).changes("trust an issuer")
    }
}

/// Trusts these no more.
pub(crate) fn distrust<C: Connection>(api: &mut Api<C>, fingerprints: &[String]) -> Result<(), Failure> {
    if fingerprints.is_empty() {
        return Ok(());
    }
    for entry in list(api, TRUSTED)? {
        if fingerprints.iter().any(|fingerprint| entry.is(fingerprint)) {
            remove(api, &format!("{TRUSTED}/{}", entry.id))?;
        }
    }
    Ok(())
}

/// Removes an entry; one that is gone, or that somebody uses meanwhile, is left.
pub(crate) fn remove<C: Connection>(api: &mut Api<C>, path: &str) -> Result<(), Failure> {
    match api.find(Call::delete(path).timeout_ms(SLOW_MS)) {
        Ok(_) | Err(Failure::Rejected(_)) => Ok(()),
        Err(failure) => Err(failure),
    }
}

/// All of a store.
pub(crate) fn list<C: Connection>(api: &mut Api<C>, store: &str) -> Result<Vec<Entry>, Failure> {
    api.pages(|api, next| {
        let call = next.map_or_else(|| Call::get(store).query("size", PAGE), Call::get);
        let Some(answer) = api.find(call)? else {
            let text = "ISE knows no such node, or its Open API is switched off: write the host name that the node's \
                        deployment page shows, and see Administration > System > Settings > API Settings";
            return Err(failure::misconfigured("node", text));
        };
        let Page { response, next_page } = answer.json()?;
        let next = next_page.get("href").unwrap_or(&next_page);
        Ok((response, next.as_str().and_then(local)))
    })
}

/// A link's path and query: the node may call itself otherwise than we do.
fn local(href: &str) -> Option<String> {
    href.find("/api/").and_then(|at| href.get(at..)).map(ToString::to_string)
}
