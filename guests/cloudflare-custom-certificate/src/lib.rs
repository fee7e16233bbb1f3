//! Cloudflare's custom certificates: uploads one for the zone, or renews the one for the same hosts.
//!
//! The API shows neither certificate nor fingerprint. What it holds is recognised by its hosts and by the second at which it
//! ends; who is served what, only a verification tells. A key cannot be read back, so there is no way back.
#![no_std]

extern crate alloc;

mod config;
#[cfg(test)]
mod tests;

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use lastmile_sdk::certificate::{KeyKind, ders, key_kind, rfc3339};
use lastmile_sdk::failure::misconfigured;
use lastmile_sdk::http::verdict::among;
use lastmile_sdk::http::{Answer, Api, Attempt, Call, Judged, Target, Verdict, key, object};
use lastmile_sdk::{Certificate, Connection, Deployment, Failure, Problem, Receipt, document};
use serde::Deserialize;

use crate::config::Bundle;

/// The most that one page shows.
const PAGE: &str = "50";
/// What the names of ECDSA's signatures begin with (RFC 5758).
const ECDSA_WITH: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03];
/// A certificate takes its time to reach the edge.
const EVERY_MS: u32 = 1000;
const LOOKS: u32 = 90;

/// Codes that say more than the status.
const CODES: &[(i64, Verdict)] = &[
    (1002, Verdict::NotFound),
    (1220, Verdict::Conflict),
    (1406, Verdict::Uncertain),
    (2000, Verdict::Uncertain),
    (7003, Verdict::Misconfigured("zone")),
    (10000, Verdict::Denied),
];

/// The custom certificates of one zone.
pub struct CloudflareCustomCertificate {
    endpoint: String,
    path: String,
    bundle: Bundle,
    /// Which one to renew, of several for the same hosts.
    signature: Option<String>,
}

#[derive(Deserialize)]
struct Envelope<T> {
    success: bool,
    #[serde(default = "Vec::new")]
    errors: Vec<Complaint>,
    result: Option<T>,
    result_info: Option<Pages>,
}

#[derive(Deserialize)]
struct Pages {
    total_pages: Option<u32>,
}

#[derive(Deserialize)]
struct Complaint {
    code: i64,
    #[serde(default)]
    message: String,
}

#[derive(Clone, Deserialize)]
struct Held {
    id: String,
    hosts: BTreeSet<String>,
    status: String,
    expires_on: String,
    #[serde(default)]
    signature: String,
}

impl Target for CloudflareCustomCertificate {
    const NAME: &'static str = "cloudflare-custom-certificate";

    fn parse(config: &str) -> Result<Self, Vec<Problem>> {
        config::parse(config)
    }

    fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// A success is 2xx and says so.
    fn judge(answer: &Answer) -> Judged {
        let status = answer.by_status();
        let Ok(said) = answer.json::<Envelope<serde::de::IgnoredAny>>() else {
            return if status == Verdict::Ok { Verdict::Uncertain.into() } else { status.into() };
        };
        let Some(first) = said.errors.first() else {
            return if said.success || status != Verdict::Ok { status } else { Verdict::Rejected }.into();
        };
        let refused = if status == Verdict::Ok { Verdict::Rejected } else { status };
        let verdict = among(CODES, &first.code).unwrap_or(refused);
        verdict.because(&format!("{} ({})", first.message, first.code))
    }

    fn bring<C: Connection>(&self, api: &mut Api<C>, deployment: &Deployment) -> Result<Receipt, Failure> {
        let new = &deployment.certificate;
        if !matches!(
            key_kind(&new.leaf_pem),
            Some(KeyKind::Rsa(2048..) | KeyKind::P256 | KeyKind::P384 | KeyKind::P521)
        ) {
            let text = "Cloudflare takes RSA keys from 2048 bits on and ECDSA keys, and this is none of them";
            return Err(Failure::Rejected(text.to_string()));
        }
        let id = api.bring(|api| self.active(api, new), |api| self.put(api, new))?;
        Ok(api.receipt(&id, "the certificate is active for its hosts"))
    }
}

impl CloudflareCustomCertificate {
    /// The id of this certificate, once it is active.
    fn active<C: Connection>(&self, api: &mut Api<C>, new: &Certificate) -> Result<Option<String>, Failure> {
        let Some(found) = self.same(api, new)? else { return Ok(None) };
        if found.status == "active" {
            return Ok(Some(found.id));
        }
        let one = format!("{}/{}", self.path, found.id);
        let id = api.poll("the certificate's activation", EVERY_MS, LOOKS, |api| {
            let held: Held = result(&api.call(Call::get(&one))?)?;
            Ok((held.status == "active").then_some(held.id))
        })?;
        Ok(Some(id))
    }

    fn same<C: Connection>(&self, api: &mut Api<C>, new: &Certificate) -> Result<Option<Held>, Failure> {
        let until = rfc3339(new.not_after);
        let ends = |held: &Held| held.expires_on.get(..19) == until.get(..19);
        Ok(self.for_hosts(api, new)?.into_iter().find(|held| ends(held) && self.may_be(held, new)))
    }

    /// Whether it may be this one by its signature, and not a twin with the other kind of key.
    fn may_be(&self, held: &Held, new: &Certificate) -> bool {
        let is_ecdsa = held.signature.starts_with("ECDSA");
        match &self.signature {
            Some(signature) => held.signature == *signature,
            None => held.signature.is_empty() || kinds(&new.leaf_pem).contains(&is_ecdsa),
        }
    }

    /// Those for the same hosts that are not gone.
    fn for_hosts<C: Connection>(&self, api: &mut Api<C>, new: &Certificate) -> Result<Vec<Held>, Failure> {
        let all = api.pages(|api, page| {
            let number: u32 = page.and_then(|page| page.parse().ok()).unwrap_or(1);
            let call = Call::get(&self.path).query("page", &number.to_string()).query("per_page", PAGE);
            let answer = api.call(call)?;
            let (held, last): (Vec<Held>, _) = (result(&answer)?, last_page(&answer)?);
            // A page may be shorter than it was asked to be.
            let more = last.map_or(!held.is_empty(), |last| number < last);
            Ok((held, more.then(|| (number + 1).to_string())))
        })?;
        let hosts: BTreeSet<String> = new.names.iter().cloned().collect();
        Ok(all.into_iter().filter(|held| held.hosts == hosts && held.status != "deleted").collect())
    }

    /// The one to renew: its id changes with it.
    fn older<C: Connection>(&self, api: &mut Api<C>, new: &Certificate) -> Result<Option<String>, Failure> {
        let mut found = self.for_hosts(api, new)?;
        if let Some(signature) = &self.signature {
            found.retain(|held| held.signature == *signature);
        }
        if found.iter().any(|held| held.status != "expired") {
            found.retain(|held| held.status != "expired");
        }
        let underway = |held: &Held| matches!(held.status.as_str(), "pending" | "initializing");
        match found.as_slice() {
            [] => Ok(None),
            [one] => Ok(Some(one.id.clone())),
            several if several.iter().any(underway) => Err(Failure::Unavailable((
                "another certificate for these hosts is on its way to the edge".to_string(),
                None,
            ))),
            _ => Err(misconfigured(
                "signature",
                "the zone has several certificates for these hosts; write the signature of the one to renew",
            )),
        }
    }

    fn put<C: Connection>(&self, api: &mut Api<C>, new: &Certificate) -> Result<(), Failure> {
        // Cloudflare makes a bundle of the leaf alone.
        let pem = if self.bundle == Bundle::Force { document::full_chain(new) } else { new.leaf_pem.clone() };
        let body = object! { "certificate": pem, "private_key": key(), "bundle_method": self.bundle.name() };
        let older = self.older(api, new)?;
        let call = match &older {
            Some(id) => Call::patch(format!("{}/{id}", self.path)).json(body).changes("renew"),
            None => Call::post(&self.path).json(body.with("type", "sni_custom")).changes("upload"),
        };
        match api.attempt(call)? {
            Attempt::Done(_) => Ok(()),
            // Submitted already: a success only where the list shows it.
            Attempt::Conflict(_) if self.same(api, new)?.is_some() => Ok(()),
            // Somebody else renewed it meanwhile, and its id is another one.
            Attempt::NotFound(answer) if older.is_some() && self.older(api, new)? != older => {
                Err(Failure::Unavailable((answer.complaint(), None)))
            }
            Attempt::Conflict(answer) | Attempt::NotFound(answer) => {
                Err(Failure::Rejected(answer.complaint()))
            }
        }
    }
}

/// Whether its key and its authority's signature are ECDSA's: the list tells one of them.
fn kinds(leaf_pem: &str) -> [bool; 2] {
    let mut leaf = ders(leaf_pem).into_iter().take(1);
    let signed = leaf.any(|der| der.windows(ECDSA_WITH.len()).any(|bytes| bytes == ECDSA_WITH));
    [key_kind(leaf_pem).is_some_and(KeyKind::is_ecdsa), signed]
}

fn last_page(answer: &Answer) -> Result<Option<u32>, Failure> {
    Ok(answer.json::<Envelope<serde::de::IgnoredAny>>()?.result_info.and_then(|pages| pages.total_pages))
}

fn result<T: for<'a> Deserialize<'a>>(answer: &Answer) -> Result<T, Failure> {
    answer.json::<Envelope<T>>()?.result.ok_or_else(|| answer.lacks("a result"))
}

lastmile_sdk::http_connector!(CloudflareCustomCertificate);
