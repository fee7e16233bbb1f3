//! The target's configuration.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use lastmile_sdk::Problem;
use lastmile_sdk::config::{Fields, NameRule};

const GOOGLE: &str = "https://certificatemanager.googleapis.com:443";

const PROJECT: NameRule = NameRule {
    allows: |c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | ':' | '.'),
    said: "the project's id or number, in small letters, digits and -",
    at_most: 63,
};
const NAME: NameRule = NameRule {
    allows: |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-',
    said: "small letters, digits and -",
    at_most: 63,
};
const SCOPES: [&str; 4] = ["DEFAULT", "EDGE_CACHE", "ALL_REGIONS", "CLIENT_AUTH"];

/// The connector, as the target's `config` has it.
pub struct GcpCertificateManager {
    pub(crate) endpoint: String,
    /// `projects/P/locations/L`.
    pub(crate) parent: String,
    /// The certificate's id.
    pub(crate) certificate: String,
    /// What a certificate is created for; it stays so for ever.
    pub(crate) scope: Option<String>,
}

impl GcpCertificateManager {
    pub(crate) fn read(config: &str) -> Result<Self, Vec<Problem>> {
        let mut fields = Fields::parse(config)?;
        let project = fields.name("project", "the project's id", &PROJECT).unwrap_or_default();
        let location = fields.optional_name("location", "a region, or \"global\"", &NAME);
        let certificate = fields.name("certificate", "the certificate's id", &NAME).unwrap_or_default();
        let scope: Option<String> = fields.optional("scope", &SCOPES.join(", "));
        let endpoint = fields.optional_endpoint("endpoint");
        if certificate.starts_with(|first: char| !first.is_ascii_lowercase()) {
            fields.fault("certificate", "write an id that begins with a small letter");
        }
        if scope.as_ref().is_some_and(|scope| !SCOPES.contains(&scope.as_str())) {
            fields.fault("scope", &format!("write one of {}", SCOPES.join(", ")));
        }
        fields.finish()?;
        let location = location.unwrap_or_else(|| "global".to_string());
        Ok(Self {
            endpoint: endpoint.unwrap_or_else(|| GOOGLE.to_string()),
            parent: format!("projects/{project}/locations/{location}"),
            certificate,
            scope,
        })
    }

    /// The certificate's whole name.
    pub(crate) fn name(&self) -> String {
        format!("{}/certificates/{}", self.parent, self.certificate)
    }
}
