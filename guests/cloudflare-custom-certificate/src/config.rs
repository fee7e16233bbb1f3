//! The target's configuration.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use lastmile_sdk::Problem;
use lastmile_sdk::config::{Fields, NameRule};
use serde::Deserialize;

use crate::CloudflareCustomCertificate;

const HERE: &str = "https://api.cloudflare.com:443";
const ZONE: NameRule =
    NameRule { allows: |c| c.is_ascii_hexdigit(), said: "the zone's id, 32 hexadecimal digits", at_most: 32 };

/// Who makes the chain that is served.
#[derive(Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Bundle {
    /// The deployment's own.
    Force,
    /// Cloudflare, for the most clients.
    Ubiquitous,
    /// Cloudflare, the shortest.
    Optimal,
}

impl Bundle {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Force => "force",
            Self::Ubiquitous => "ubiquitous",
            Self::Optimal => "optimal",
        }
    }
}

pub(crate) fn parse(config: &str) -> Result<CloudflareCustomCertificate, Vec<Problem>> {
    let mut fields = Fields::parse(config)?;
    let zone: Option<String> = fields.name("zone", "the zone's id", &ZONE);
    let bundle = fields.optional("bundle", "\"force\", \"ubiquitous\" or \"optimal\"");
    let signature = fields.optional("signature", "the signature of the one to renew: \"ECDSAWithSHA256\"");
    let endpoint = fields.optional_endpoint("endpoint");
    if zone.as_ref().is_some_and(|zone| zone.len() != 32) {
        fields.fault("zone", "write the zone's id, 32 hexadecimal digits, from its overview");
    }
    fields.finish()?;
    Ok(CloudflareCustomCertificate {
        endpoint: endpoint.unwrap_or_else(|| HERE.to_string()),
        path: alloc::format!("/client/v4/zones/{}/custom_certificates", zone.unwrap_or_default()),
        bundle: bundle.unwrap_or(Bundle::Force),
        signature,
    })
}
