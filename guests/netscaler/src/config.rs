//! The target's configuration.

use alloc::string::String;
use alloc::vec::Vec;

use lastmile_sdk::Problem;
use lastmile_sdk::certificate::Versions;
use lastmile_sdk::config::{Fields, NameRule};

/// NetScaler also takes `#`, `:`, `@`, `=` and spaces, which clients write into paths in more than one way.
const NAME: NameRule = NameRule {
    allows: |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'),
    said: "letters, digits, `.`, `-` and `_`",
    at_most: 31,
};
/// The longest name of a file, less `.crt`.
const FILE: usize = 59;

/// The connector, as the target's `config` has it.
pub struct NetScaler {
    pub(crate) endpoint: String,
    pub(crate) username: String,
    /// The certkey whose files are exchanged, and with them what all its bindings serve.
    pub(crate) certkey: String,
    /// What the names of files and intermediates begin with.
    pub(crate) name: String,
    /// The names of the files.
    pub(crate) versions: Versions,
    /// Whether the new certificate may be one of other names.
    pub(crate) other_domain: bool,
    /// Whether the secondary is given the files.
    pub(crate) sync: bool,
}

impl NetScaler {
    pub(crate) fn read(config: &str) -> Result<Self, Vec<Problem>> {
        let mut fields = Fields::parse(config)?;
        let endpoint = fields.endpoint("host", "port", 443).unwrap_or_default();
        let username = fields.required("username", "the user to log in as").unwrap_or_default();
        let certkey = fields.name("certkey", "the name of the certkey to update", &NAME).unwrap_or_default();
        let name = fields.optional_name("name", "what the names of files begin with", &NAME);
        let other_domain = fields.optional("other-domain", "true where the names may change");
        let sync = fields.optional("sync", "true where a secondary is to get the files");
        let name = name.unwrap_or_else(|| certkey.clone());
        if name.starts_with(['.', '-']) {
            fields.fault("name", "write a name that begins with a letter, a digit or `_`");
        }
        fields.finish()?;
        Ok(Self {
            endpoint,
            username,
            certkey,
            versions: Versions::new(&name, FILE),
            name,
            other_domain: other_domain.unwrap_or(false),
            sync: sync.unwrap_or(false),
        })
    }
}
