//! The target's configuration.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use lastmile_sdk::Problem;
use lastmile_sdk::config::{Fields, NameRule};

use crate::role::Role;

const NAME: NameRule = NameRule {
    allows: |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'),
    said: "letters, digits, `.`, `-` and `_`",
    at_most: 63,
};

/// The connector, as the target's `config` has it.
pub struct CiscoIse {
    pub(crate) endpoint: String,
    /// The node's own name for itself.
    pub(crate) node: String,
    pub(crate) roles: Vec<Role>,
    /// Which portals, where the roles have them.
    pub(crate) tag: String,
    /// What the friendly names begin with.
    pub(crate) name: String,
}

impl CiscoIse {
    pub(crate) fn read(config: &str) -> Result<Self, Vec<Problem>> {
        let mut fields = Fields::parse(config)?;
        let endpoint = fields.endpoint("host", "port", 443);
        let node = fields.name(
            "node",
            "the host name of the node at `host`, as its deployment page shows it",
            &NAME,
        );
        let roles: Option<Vec<Role>> =
            fields.required("roles", "what the certificate is for, for example [\"portal\", \"eap\"]");
        let tag: Option<String> = fields.optional("portal-group-tag", "the name of a portal group tag");
        let name = fields.optional_name("name", "what friendly names begin with", &NAME);
        let named = roles.as_deref().unwrap_or_default();
        if roles.is_some() && named.is_empty() {
            fields.fault("roles", "write at least one role, for example [\"eap\"]");
        }
        if named.contains(&Role::Saml) && named.len() > 1 {
            fields.fault("roles", "ISE lets \"saml\" stand alone only: make it a target of its own");
        }
        if tag.is_some() && !named.contains(&Role::Portal) {
            fields.fault(
                "portal-group-tag",
                "it goes with the role \"portal\" alone: leave it out, or add the role",
            );
        }
        fields.finish()?;
        Ok(Self {
            endpoint: endpoint.unwrap_or_default(),
            node: node.unwrap_or_default(),
            roles: roles.unwrap_or_default(),
            tag: tag.unwrap_or_else(|| "Default Portal Certificate Group".to_string()),
            name: name.unwrap_or_else(|| "lastmile".to_string()),
        })
    }
}
