//! The target's configuration.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use lastmile_sdk::Problem;
use lastmile_sdk::config::{Fields, NameRule};

const NAME: NameRule = NameRule {
    allows: |c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'),
    said: "letters, digits, `-` and `_`",
    at_most: 31,
};

/// The connector, as the target's `config` has it.
pub struct Kemp {
    pub(crate) endpoint: String,
    /// The virtual service's index.
    pub(crate) service: u32,
    /// Which name of its list is exchanged, where there are several.
    pub(crate) replaces: Option<String>,
    /// What certificates' names begin with.
    pub(crate) name: String,
}

impl Kemp {
    pub(crate) fn read(config: &str) -> Result<Self, Vec<Problem>> {
        let mut fields = Fields::parse(config)?;
        let endpoint = fields.endpoint("host", "port", 443);
        let service =
            fields.required("virtual-service", "the index of the virtual service, as `showvs` tells it");
        let replaces =
            fields.optional("replaces", "the name of the certificate in its list to be exchanged at first");
        let name = fields.optional_name("name", "what certificates' names begin with", &NAME);
        fields.finish()?;
        Ok(Self {
            endpoint: endpoint.unwrap_or_default(),
            service: service.unwrap_or_default(),
            replaces,
            name: name.unwrap_or_else(|| "lastmile".to_string()),
        })
    }
}
