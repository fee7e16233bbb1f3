//! The target's configuration.

use alloc::string::String;
use alloc::vec::Vec;

use lastmile_sdk::Problem;
use lastmile_sdk::config::Fields;

/// What the operator wrote under the target's `config`.
pub(crate) struct Config {
    pub(crate) pem: String,
    pub(crate) mode: u32,
    pub(crate) owner: Option<String>,
    pub(crate) group: Option<String>,
    pub(crate) check: Option<Vec<String>>,
    pub(crate) reload: Vec<String>,
}

impl Config {
    pub(crate) fn parse(config: &str) -> Result<Self, Vec<Problem>> {
        let mut fields = Fields::parse(config)?;
        let pem = fields.path("pem", "the path of the file that `bind … ssl crt` names");
        let check = fields.optional_command("check");
        let reload = fields.optional_command("reload");
        let owner = fields.optional("owner", "a user's name");
        let group: Option<String> = fields.optional("group", "a group's name");
        let (pem, reload) = (pem.unwrap_or_default(), reload.unwrap_or_default());
        if reload.is_empty() {
            fields.fault(
                "reload",
                "write the command that makes HAProxy read the file again, for example \
                 [\"/usr/bin/systemctl\", \"reload\", \"haproxy\"]",
            );
        }
        fields.finish()?;
        // A group was named so that it may read the key.
        let mode = if group.is_some() { 0o640 } else { 0o600 };
        Ok(Self { pem, mode, owner, group, check, reload })
    }
}
