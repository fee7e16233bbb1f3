//! The target's configuration.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use lastmile_sdk::Problem;
use lastmile_sdk::config::{Fields, NameRule};
use lastmile_sdk::http::escape::segment;
use serde::Deserialize;

const NAME: NameRule = NameRule {
    allows: |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '/' | '*'),
    said: "letters, digits and any of . - _ * with / between them",
    at_most: 256,
};

/// The connector, as the target's `config` has it.
pub struct VaultKv {
    pub(crate) endpoint: String,
    pub(crate) namespace: Option<String>,
    pub(crate) approle: Option<AppRole>,
    pub(crate) names: Names,
    pub(crate) restore: bool,
    mount: String,
    path: String,
}

/// A login of the connector's own; without it the host adds a token.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct AppRole {
    pub(crate) role_id: String,
    #[serde(default = "approle")]
    pub(crate) mount: String,
}

/// The names of the secret's fields.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct Names {
    pub(crate) certificate: String,
    pub(crate) chain: String,
    pub(crate) key: String,
}

impl Default for Names {
    fn default() -> Self {
        Self { certificate: "certificate".into(), chain: "chain".into(), key: "private_key".into() }
    }
}

fn approle() -> String {
    "approle".to_string()
}

impl VaultKv {
    pub(crate) fn read(config: &str) -> Result<Self, Vec<Problem>> {
        let mut fields = Fields::parse(config)?;
        let endpoint = fields.endpoint("host", "port", 8200);
        let mount = fields.optional_name("mount", "where the engine is mounted", &NAME);
        let path = fields.name("path", "the secret's path below the mount, without `data/`", &NAME);
        let namespace = fields.optional_name("namespace", "a namespace", &NAME);
        let approle = fields.optional("approle", "{ role-id = \"…\" }; the secret is named `secret-id`");
        let names: Option<Names> = fields.optional("fields", "the names of `certificate`, `chain` and `key`");
        let restore = fields.optional("restore", "true or false");
        let names = names.unwrap_or_default();
        let mut all = [&names.certificate, &names.chain, &names.key];
        all.sort();
        if all.iter().any(|name| name.is_empty()) || all.windows(2).any(|pair| pair.first() == pair.last()) {
            fields.fault("fields", "write three different names");
        }
        fields.finish()?;
        Ok(Self {
            endpoint: endpoint.unwrap_or_default(),
            mount: mount.unwrap_or_else(|| "secret".to_string()),
            path: path.unwrap_or_default(),
            namespace,
            approle,
            names,
            restore: restore.unwrap_or_default(),
        })
    }

    /// The path of one of the engine's own interfaces: `data`, `metadata`, `delete`.
    pub(crate) fn path_of(&self, interface: &str) -> String {
        format!("/v1/{}/{interface}/{}", escaped(&self.mount), escaped(&self.path))
    }

    /// What the server tells of the engine behind the mount.
    pub(crate) fn engine(&self) -> String {
        format!("/v1/sys/internal/ui/mounts/{}", escaped(&self.mount))
    }

    /// For people, and their command lines.
    pub(crate) fn mount_and_path(&self) -> (&str, &str) {
        (self.mount.trim_matches('/'), self.path.trim_matches('/'))
    }
}

/// Each segment on its own: a slash stays one.
fn escaped(path: &str) -> String {
    let segments: Vec<String> = path.trim_matches('/').split('/').map(segment).collect();
    segments.join("/")
}
