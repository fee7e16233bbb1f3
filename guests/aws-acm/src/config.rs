//! The target's configuration.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use lastmile_sdk::Problem;
use lastmile_sdk::config::{Fields, NameRule};
use lastmile_sdk::http::{Node, object};

/// The tag by which a certificate without a configured ARN is found again.
pub(crate) const OWN_TAG: &str = "lastmile-target";

const REGION: NameRule = NameRule {
    allows: |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-',
    said: "a region, for example \"eu-central-1\"",
    at_most: 32,
};

/// The connector, as the target's `config` has it.
pub struct AwsAcm {
    pub(crate) endpoint: String,
    pub(crate) arn: Option<String>,
    tags: BTreeMap<String, String>,
}

impl AwsAcm {
    pub(crate) fn read(config: &str) -> Result<Self, Vec<Problem>> {
        let mut fields = Fields::parse(config)?;
        let region = fields.name("region", "the region, for example \"eu-central-1\"", &REGION);
        let endpoint = fields.optional_endpoint("endpoint");
        let arn: Option<String> = fields.optional("certificate-arn", "the ARN to import over");
        let tags: Option<BTreeMap<String, String>> = fields.optional("tags", "a table of texts");
        let (region, tags) = (region.unwrap_or_default(), tags.unwrap_or_default());
        let (partition, domain) = partition(&region);
        let wanted = format!("arn:{partition}:acm:{region}:");
        if arn.as_ref().is_some_and(|arn| !arn.starts_with(&wanted)) {
            fields.fault("certificate-arn", &format!("write an ARN of ACM in the region: `{wanted}…`"));
        }
        // One of ACM's fifty is our own.
        if tags.len() > 49 || tags.keys().any(|key| key.is_empty() || key.len() > 128) {
            fields.fault("tags", "write at most 49 tags, each key of 1 to 128 characters");
        }
        fields.finish()?;
        Ok(Self {
            endpoint: endpoint.unwrap_or_else(|| format!("https://acm.{region}.{domain}:443")),
            arn,
            tags,
        })
    }

    /// The `Tags` member of a first import.
    pub(crate) fn tags(&self, target: &str) -> Node {
        let own = [(OWN_TAG, target)];
        let theirs = self.tags.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        let tags = own.into_iter().chain(theirs).map(|(key, value)| object! { "Key": key, "Value": value });
        Node::Array(tags.collect())
    }
}

/// The region's partition, as ARNs name it, and its domain.
fn partition(region: &str) -> (&'static str, &'static str) {
    match region {
        region if region.starts_with("cn-") => ("aws-cn", "amazonaws.com.cn"),
        region if region.starts_with("us-gov-") => ("aws-us-gov", "amazonaws.com"),
        region if region.starts_with("eusc-") => ("aws-eusc", "amazonaws.eu"),
        region if region.starts_with("us-isob-") => ("aws-iso-b", "sc2s.sgov.gov"),
        region if region.starts_with("us-isof-") => ("aws-iso-f", "csp.hci.ic.gov"),
        region if region.starts_with("us-iso-") => ("aws-iso", "c2s.ic.gov"),
        region if region.starts_with("eu-isoe-") => ("aws-iso-e", "cloud.adc-e.uk"),
        _ => ("aws", "amazonaws.com"),
    }
}
