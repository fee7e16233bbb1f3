//! The target's configuration.

use alloc::format;
use alloc::vec::Vec;

use lastmile_sdk::Problem;
use lastmile_sdk::config::{Fields, NameRule};

use crate::KubernetesTlsSecret;

/// A DNS label and a DNS subdomain (RFC 1123), as the API has them.
const LABEL: NameRule = NameRule {
    allows: |c| matches!(c, 'a'..='z' | '0'..='9' | '-'),
    said: "lower-case letters, digits and -",
    at_most: 63,
};
const SUBDOMAIN: NameRule = NameRule {
    allows: |c| c == '.' || (LABEL.allows)(c),
    said: "lower-case letters, digits, - and .",
    at_most: 253,
};

pub(crate) fn parse(config: &str) -> Result<KubernetesTlsSecret, Vec<Problem>> {
    let mut fields = Fields::parse(config)?;
    let endpoint = fields.endpoint("host", "port", 443).unwrap_or_default();
    let namespace = fields.name("namespace", "the namespace of the Secret", &LABEL).unwrap_or_default();
    let secret = fields.name("secret", "the name of the Secret", &SUBDOMAIN).unwrap_or_default();
    let take_over =
        fields.optional("take-over", "a list of field managers, for example [\"kubectl-create\"]");
    for (key, name) in [("namespace", &namespace), ("secret", &secret)] {
        if name.starts_with(['-', '.']) || name.ends_with(['-', '.']) {
            fields.fault(key, "begin and end the name with a letter or a digit");
        }
    }
    fields.finish()?;
    let path = format!("/api/v1/namespaces/{namespace}/secrets/{secret}");
    Ok(KubernetesTlsSecret { endpoint, path, namespace, secret, take_over: take_over.unwrap_or_default() })
}
