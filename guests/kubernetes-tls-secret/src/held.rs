//! What the cluster tells of a Secret without showing it: its metadata. Who manages which field is part of that, and a
//! field whose value somebody changes is theirs from then on. So the annotation that was applied together with
//! certificate and key speaks for them as long as all three are ours.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use lastmile_sdk::http::{Answer, Value};
use lastmile_sdk::{Certificate, Failure, certificate};
use serde::Deserialize;
use serde_json::Map;

/// The name by which the API knows lastmile's fields.
pub(crate) const MANAGER: &str = "lastmile";
/// The API's name for whoever wrote a Secret whose managers are not listed.
const UNKNOWN: &str = "before-first-apply";
pub(crate) const ANNOTATION: &str = "lastmile/certificate";
/// As the managers of fields are listed (FieldsV1).
const FIELDS: [&str; 3] =
    ["/f:data/f:tls.crt", "/f:data/f:tls.key", "/f:metadata/f:annotations/f:lastmile~1certificate"];

/// The annotation: the fingerprint, and the ends of the chain's signatures, for a chain may change under the same leaf.
pub(crate) fn mark(certificate: &Certificate) -> String {
    let mut mark = certificate.fingerprint.clone();
    for der in certificate::ders(&certificate.chain_pem) {
        let end = der.iter().rev().take(8).map(|byte| format!("{byte:02x}"));
        mark.push('.');
        mark.extend(end);
    }
    mark
}

/// A Secret's metadata.
pub(crate) struct Held {
    pub(crate) version: String,
    metadata: Value,
}

#[derive(Deserialize)]
struct Partial {
    metadata: Value,
}

impl Held {
    pub(crate) fn read(answer: Answer) -> Result<Self, Failure> {
        let metadata = answer.json::<Partial>()?.metadata;
        let version = metadata.get("resourceVersion").and_then(Value::as_str);
        let version = version.ok_or_else(|| answer.lacks("a resourceVersion"))?.into();
        Ok(Self { version, metadata })
    }

    /// The annotation, where nobody else had a hand in what it speaks for.
    pub(crate) fn mark(&self) -> Option<&str> {
        let ours = FIELDS.iter().all(|field| self.managers_of(field).contains(&MANAGER));
        self.annotations()?.get(ANNOTATION)?.as_str().filter(|_| ours)
    }

    fn annotations(&self) -> Option<&Map<String, Value>> {
        self.metadata.get("annotations")?.as_object()
    }

    /// Everybody who manages a field that is about to be applied.
    pub(crate) fn owners(&self) -> Vec<&str> {
        let owners: Vec<&str> = FIELDS.iter().flat_map(|field| self.managers_of(field)).collect();
        if owners.is_empty() { [UNKNOWN].into() } else { owners }
    }

    fn managers_of(&self, field: &str) -> Vec<&str> {
        let all = self.metadata.get("managedFields").and_then(Value::as_array).into_iter().flatten();
        let holding = all.filter(|entry| entry.pointer(&format!("/fieldsV1{field}")).is_some());
        holding.filter_map(|entry| entry.get("manager")?.as_str()).collect()
    }

    /// Whether this key of its data is there.
    pub(crate) fn keeps(&self, key: &str) -> bool {
        !self.managers_of(&format!("/f:data/f:{key}")).is_empty()
    }

    /// Whether cert-manager issues for it.
    pub(crate) fn is_cert_managers(&self) -> bool {
        let theirs = |name: &str| name.starts_with("cert-manager");
        let mut annotations = self.annotations().into_iter().flatten();
        annotations.any(|(name, _)| theirs(name)) || self.owners().into_iter().any(theirs)
    }
}
