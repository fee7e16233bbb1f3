//! The target's configuration.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use lastmile_sdk::Problem;
use lastmile_sdk::config::{Fields, NameRule};

/// A DNS label and a DNS subdomain (RFC 1123), as the API has them.
const LABEL: NameRule = NameRule {
    allows: |c| matches!(c, 'a'..='z' | '0'..='9' | '-'),
    said: "lower-case letters, digits and -",
    at_most: 63,
};
const SUBDOMAIN: NameRule = NameRule {
    allows: |c| c == '.' || (LABEL.allows)(c),
    said: "DNS labels with dots between",
    at_most: 253,
};

/// What the operator wrote under the target's `config`.
pub(crate) struct Config {
    pub(crate) endpoint: String,
    /// The Secret's path in the API.
    pub(crate) path: String,
    pub(crate) namespace: String,
    pub(crate) secret: String,
    /// Field managers that must give up the certificate.
    pub(crate) take_over: Vec<String>,
}

impl Config {
    pub(crate) fn parse(config: &str) -> Result<Self, Vec<Problem>> {
        let mut fields = Fields::parse(config)?;
        let endpoint = fields.endpoint("host", "port", 443).unwrap_or_default();
        let namespace = fields.name("namespace", "the namespace of the Secret", &LABEL).unwrap_or_default();
        let secret = fields.name("secret", "the name of the Secret", &SUBDOMAIN).unwrap_or_default();
        let take_over = fields.optional("take-over", "a list of field managers: [\"kubectl-create\"]");
        for (key, name) in [("namespace", &namespace), ("secret", &secret)] {
            if name.starts_with(['-', '.']) || name.ends_with(['-', '.']) {
                fields.fault(key, "begin and end the name with a letter or a digit");
            }
        }
        fields.finish()?;
        let path = format!("/api/v1/namespaces/{namespace}/secrets/{secret}");
        Ok(Self { endpoint, path, namespace, secret, take_over: take_over.unwrap_or_default() })
    }
}
