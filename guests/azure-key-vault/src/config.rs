//! The target's configuration.

use alloc::string::String;
use alloc::vec::Vec;

use lastmile_sdk::Problem;
use lastmile_sdk::config::{Fields, NameRule};
use serde::Deserialize;

const NAME: NameRule = NameRule {
    allows: |c| c.is_ascii_alphanumeric() || c == '-',
    said: "letters, digits and -, so `www-example-com` for www.example.com",
    at_most: 127,
};

/// The connector, as the target's `config` has it.
pub struct AzureKeyVault {
    pub(crate) endpoint: String,
    /// The certificate's name in the vault.
    pub(crate) certificate: String,
    pub(crate) format: Format,
    pub(crate) recover: bool,
}

/// What the certificate's secret holds, which its consumers read.
#[derive(Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Format {
    Pfx,
    /// Under the ciphers of old.
    PfxLegacy,
    Pem,
}

impl Format {
    pub(crate) const fn content_type(self) -> &'static str {
        match self {
            Self::Pfx | Self::PfxLegacy => "application/x-pkcs12",
            Self::Pem => "application/x-pem-file",
        }
    }
}

impl AzureKeyVault {
    pub(crate) fn read(config: &str) -> Result<Self, Vec<Problem>> {
        let mut fields = Fields::parse(config)?;
        let endpoint = fields.endpoint("host", "port", 443).unwrap_or_default();
        let certificate = fields.name("certificate", "the certificate's name in the vault", &NAME);
        let format = fields.optional("format", "\"pfx\", \"pfx-legacy\" or \"pem\"");
        let recover = fields.optional("recover", "true or false");
        fields.finish()?;
        Ok(Self {
            endpoint,
            certificate: certificate.unwrap_or_default(),
            format: format.unwrap_or(Format::Pfx),
            recover: recover.unwrap_or_default(),
        })
    }
}
