//! What the vault shows of a certificate, and what its refusals mean.

use alloc::format;
use alloc::string::String;

use lastmile_sdk::certificate::{der, ders};
use lastmile_sdk::http::{Answer, Judged, Value, Verdict};
use lastmile_sdk::{Certificate, Failure};
use serde::Deserialize;

use crate::config::Format;

/// One version of a certificate.
#[derive(Deserialize)]
pub(crate) struct Version {
    /// Its URL, with its number at the end.
    pub(crate) id: String,
    /// The leaf's DER in base64. The chain is in the secret, with the key.
    cer: String,
    attributes: Attributes,
    #[serde(default)]
    policy: Value,
    #[serde(default)]
    pub(crate) tags: Value,
}

#[derive(Deserialize)]
struct Attributes {
    enabled: bool,
}

impl Version {
    /// Whether its leaf is this certificate's, byte for byte. The vault's own thumbprint is SHA-1.
    pub(crate) fn holds(&self, certificate: &Certificate) -> bool {
        let held = der(&self.cer);
        held.is_some() && held == ders(&certificate.leaf_pem).into_iter().next()
    }

    /// Whether consumers get this certificate, in this form.
    pub(crate) fn serves(&self, certificate: &Certificate, format: Format) -> bool {
        let kind = self.policy.pointer("/secret_props/contentType").and_then(Value::as_str);
        self.attributes.enabled
            && kind.is_none_or(|kind| kind == format.content_type())
            && self.holds(certificate)
    }

    /// Whether its key may not leave the vault again.
    pub(crate) fn is_sealed(&self) -> bool {
        self.policy.pointer("/key_props/exportable") == Some(&Value::Bool(false))
    }
}

/// The answer to an import shows what was imported; without it something else answered.
pub(crate) fn imported(answer: &Answer, certificate: &Certificate) -> Result<(), Failure> {
    if answer.json::<Version>()?.holds(certificate) { Ok(()) } else { Err(answer.lacks("the certificate")) }
}

/// Said of a size of key that is none of those for its authority's kind.
const HINT: &str = " (an RSA certificate of an elliptic-curve authority is not taken)";

pub(crate) fn judge(answer: &Answer) -> Judged {
    let told: Value = answer.json().unwrap_or_default();
    let text = |member| told.pointer(member).and_then(Value::as_str).unwrap_or_default();
    let (code, inner) = (text("/error/code"), text("/error/innererror/code"));
    let verdict = match (answer.status(), code) {
        (404, "CertificateNotFound") => Verdict::NotFound,
        // A gateway's, or half of an answer.
        (404, ..) => Verdict::Unavailable,
        _ => answer.by_status(),
    };
    let hint = if inner == "KeySizeNotSupported" { HINT } else { "" };
    verdict.because(format!("{code} {inner} {}{hint}", text("/error/message")).trim())
}
