//! The target's configuration.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use lastmile_sdk::Problem;
use lastmile_sdk::config::Fields;
use serde_json::json;

/// The tag by which a certificate without a configured ARN is found again.
pub(crate) const OWN_TAG: &str = "lastmile-target";

/// What the operator wrote under the target's `config`.
pub(crate) struct Config {
    pub(crate) endpoint: String,
    pub(crate) arn: Option<String>,
    tags: BTreeMap<String, String>,
}

impl Config {
    pub(crate) fn parse(config: &str) -> Result<Self, Vec<Problem>> {
        let mut fields = Fields::parse(config)?;
        let region: Option<String> = fields.required("region", "the region, for example \"eu-central-1\"");
        let endpoint: Option<String> =
            fields.optional("endpoint", "an endpoint of your own, as scheme://host:port");
        let arn: Option<String> = fields.optional("certificate-arn", "the ARN to import over");
        let tags: Option<BTreeMap<String, String>> = fields.optional("tags", "a table of texts");
        let (region, tags) = (region.unwrap_or_default(), tags.unwrap_or_default());
        if let Some(arn) = &arn
            && !(arn.starts_with("arn:aws") && arn.contains(&format!(":acm:{region}:")))
        {
            fields.fault("certificate-arn", &format!("write an ARN of ACM in the region `{region}`"));
        }
        // One of ACM's fifty is our own.
        if tags.len() > 49 || tags.keys().any(|key| key.is_empty() || key.len() > 128) {
            fields.fault("tags", "write at most 49 tags, each key of 1 to 128 characters");
        }
        fields.finish()?;
        Ok(Self { endpoint: endpoint.unwrap_or_else(|| default_endpoint(&region)), arn, tags })
    }

    /// The `Tags` member of a first import.
    pub(crate) fn tags(&self, target: &str) -> String {
        let own = [(OWN_TAG, target)];
        let theirs = self.tags.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        let tags: Vec<_> =
            own.into_iter().chain(theirs).map(|(key, value)| json!({ "Key": key, "Value": value })).collect();
        serde_json::Value::from(tags).to_string()
    }
}

/// Each partition has a domain of its own.
fn default_endpoint(region: &str) -> String {
    let domain = match region {
        region if region.starts_with("cn-") => "amazonaws.com.cn",
        region if region.starts_with("eusc-") => "amazonaws.eu",
        region if region.starts_with("us-isob-") => "sc2s.sgov.gov",
        region if region.starts_with("us-isof-") => "csp.hci.ic.gov",
        region if region.starts_with("us-iso-") => "c2s.ic.gov",
        region if region.starts_with("eu-isoe-") => "cloud.adc-e.uk",
        _ => "amazonaws.com",
    };
    format!("https://acm.{region}.{domain}:443").to_string()
}
