//! The target's configuration.

use alloc::string::String;
use alloc::vec::Vec;

use lastmile_sdk::Problem;
use lastmile_sdk::certificate::Versions;
use lastmile_sdk::config::{Fields, NameRule};

use crate::files::{CHAIN, CHAIN_TOLD};

const NAME: NameRule = NameRule {
    allows: |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'),
    said: "letters, digits, `.`, `-` and `_`",
    at_most: 127,
};
/// The longest name that every release takes, less what stands behind it for a chain.
const FILE: usize = 240 - CHAIN.len() - 9 * CHAIN_TOLD;

/// The connector, as the target's `config` has it.
pub struct A10 {
    pub(crate) endpoint: String,
    pub(crate) username: String,
    /// The client-ssl template.
    pub(crate) template: String,
    /// The certificate in its list whose place is taken the first time.
    pub(crate) replaces: Option<String>,
    pub(crate) versions: Versions,
}

impl A10 {
    pub(crate) fn read(config: &str) -> Result<Self, Vec<Problem>> {
        let mut fields = Fields::parse(config)?;
        let endpoint = fields.endpoint("host", "port", 443).unwrap_or_default();
        let username = fields.required("username", "the user to log in as").unwrap_or_default();
        let template = fields.name("template", "the client-ssl template", &NAME).unwrap_or_default();
        let name = fields.optional_name("name", "what the names of files begin with", &NAME);
        let replaces = fields.optional("replaces", "the name of the certificate to replace at first");
        fields.finish()?;
        let versions = Versions::new(name.as_deref().unwrap_or(&template), FILE);
        Ok(Self { endpoint, username, template, replaces, versions })
    }
}
