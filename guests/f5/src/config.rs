//! The target's configuration.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use lastmile_sdk::Problem;
use lastmile_sdk::config::{Fields, NameRule};

const NAME: NameRule = NameRule {
    allows: |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'),
    said: "letters, digits, `.`, `-` and `_`",
    at_most: 100,
};

/// The connector, as the target's `config` has it.
pub struct F5 {
    pub(crate) endpoint: String,
    pub(crate) username: String,
    /// `/Partition/name` of the client-ssl profile.
    pub(crate) profile: String,
    /// Which element of its `certKeyChain`; none: the one with the leaf's kind of key.
    pub(crate) element: Option<String>,
    /// What the names of certificates and keys begin with.
    pub(crate) name: String,
}

impl F5 {
    pub(crate) fn read(config: &str) -> Result<Self, Vec<Problem>> {
        let mut fields = Fields::parse(config)?;
        let endpoint = fields.endpoint("host", "port", 443).unwrap_or_default();
        let username = fields.required("username", "the user to log in as").unwrap_or_default();
        let profile: Option<String> = fields.required("profile", "the client-ssl profile");
        let element = fields.optional("element", "the name of an element of the profile's certKeyChain");
        let name = fields.optional_name("name", "what the names of certificates begin with", &NAME);
        let own = profile.as_deref().and_then(last).map(ToString::to_string);
        if profile.is_some() && own.is_none() {
            fields.fault("profile", "write its partition and its name, for example \"/Common/clientssl\"");
        }
        fields.finish()?;
        let name = name.or(own).unwrap_or_default();
        Ok(Self { endpoint, username, profile: profile.unwrap_or_default(), element, name })
    }

    /// The partition that the profile is in, for what is put beside it.
    pub(crate) fn partition(&self) -> &str {
        self.profile.split('/').nth(1).unwrap_or_default()
    }
}

/// The name at the end of `/Partition/name` or `/Partition/Folder/name`.
fn last(path: &str) -> Option<&str> {
    let names: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
    let legal = names.len() >= 2 && names.iter().all(|name| NAME.complaint(name).is_none());
    names.last().copied().filter(|_| legal)
}

/// A full path as it stands in a URL.
pub(crate) fn in_url(path: &str) -> String {
    format!("/{}", path.replace('/', "~"))
}
