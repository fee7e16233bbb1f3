//! What the cluster tells of a Secret without showing it: its metadata. Who manages which field is part of that, and a
//! field whose value somebody changes is theirs from then on. So the annotation that was applied together with
//! certificate and key speaks for them as long as all three are ours.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use lastmile_sdk::http::{Api, Call};
use lastmile_sdk::{Certificate, Connection, Failure, certificate};
use serde_json::Value;

use crate::config::Config;

/// The name by which the API knows lastmile's fields.
pub(crate) const MANAGER: &str = "lastmile";
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
pub(crate) struct Held(Value);

impl Held {
    /// None where there is no such Secret.
    pub(crate) fn read<C: Connection>(api: &mut Api<C>, config: &Config) -> Result<Option<Self>, Failure> {
        let Some(answer) = api.find(Call::get(&config.path))? else { return Ok(None) };
        let metadata = answer.json::<Value>()?["metadata"].take();
        let whole = metadata["resourceVersion"].is_string();
        if whole { Ok(Some(Self(metadata))) } else { Err(answer.lacks("metadata of a Secret")) }
    }

    pub(crate) fn version(&self) -> Value {
        self.0["resourceVersion"].clone()
    }

    /// The annotation, where nobody else had a hand in what it speaks for.
    pub(crate) fn mark(&self) -> Option<&str> {
        let ours = FIELDS.iter().all(|field| self.managers_of(field).contains(&MANAGER));
        self.0["annotations"][ANNOTATION].as_str().filter(|_| ours)
    }

    /// Everybody who manages a field that is about to be applied.
    pub(crate) fn owners(&self) -> Vec<&str> {
        FIELDS.iter().flat_map(|field| self.managers_of(field)).collect()
    }

    fn managers_of(&self, field: &str) -> Vec<&str> {
        let holds = |entry: &&Value| entry["fieldsV1"].pointer(field).is_some();
        let name = |entry: &'_ Value| entry["manager"].as_str();
        self.managers().iter().filter(holds).filter_map(name).collect()
    }

    fn managers(&self) -> &[Value] {
        self.0["managedFields"].as_array().map_or(&[], Vec::as_slice)
    }

    /// Whether this key of its data is there.
    pub(crate) fn keeps(&self, key: &str) -> bool {
        !self.managers_of(&format!("/f:data/f:{key}")).is_empty()
    }

    /// Whether cert-manager issues for it.
    pub(crate) fn is_cert_managers(&self) -> bool {
        let theirs = |name: &str| name.starts_with("cert-manager");
        let mut annotations = self.0["annotations"].as_object().into_iter().flatten();
        annotations.any(|(name, _)| theirs(name)) || self.owners().into_iter().any(theirs)
    }
}
