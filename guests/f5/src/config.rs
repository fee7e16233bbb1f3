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

/// What the operator wrote under the target's `config`.
pub(crate) struct Config {
    pub(crate) endpoint: String,
    pub(crate) username: String,
    /// `/Partition/name` of the client-ssl profile.
    pub(crate) profile: String,
    /// Which element of its `certKeyChain`; none: the one with the leaf's kind of key.
    pub(crate) element: Option<String>,
    /// What the names of certificates and keys begin with.
    pub(crate) name: String,
}

impl Config {
    pub(crate) fn parse(config: &str) -> Result<Self, Vec<Problem>> {
        let mut fields = Fields::parse(config)?;
        let endpoint = fields.endpoint("host", "port", 443);
        let username = fields.required("username", "the user to log in as");
        let profile: Option<String> =
            fields.required("profile", "the client-ssl profile, for example \"/Common/clientssl\"");
        let element = fields.optional("element", "the name of an element of the profile's certKeyChain");
        let name = fields.optional_name("name", "what the names of certificates begin with", &NAME);
        let own = profile.as_deref().and_then(last).map(ToString::to_string);
        if profile.is_some() && own.is_none() {
            fields.fault("profile", "write its partition and its name, for example \"/Common/clientssl\"");
        }
        fields.finish()?;
        Ok(Self {
            endpoint: endpoint.unwrap_or_default(),
            username: username.unwrap_or_default(),
            profile: profile.unwrap_or_default(),
            element,
            name: name.or(own).unwrap_or_default(),
        })
    }

    /// The partition that the profile is in, for what is put beside it.
    pub(crate) fn partition(&self) -> &str {
        self.profile.split('/').nth(1).unwrap_or_default()
    }
}

/// The name at the end of `/Partition/name` or `/Partition/Folder/name`.
fn last(path: &str) -> Option<&str> {
    let mut names = path.strip_prefix('/')?.split('/');
    let legal = names.clone().count() >= 2 && names.clone().all(|name| NAME.complaint(name).is_none());
    names.next_back().filter(|_| legal)
}

/// A full path as it stands in a URL.
pub(crate) fn in_url(path: &str) -> String {
    format!("/{}", path.replace('/', "~"))
}
