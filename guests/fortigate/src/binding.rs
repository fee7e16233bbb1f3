//! What refers to a certificate: an attribute of an object, which holds a name, an object with the name, or a list of them.

use alloc::format;
use alloc::string::{String, ToString};

use lastmile_sdk::http::escape::segment;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// By kind: the table, the attribute, and whether there is an object for each name.
const KINDS: &[(&str, &str, &str, bool)] = &[
    ("admin", "system/global", "admin-server-cert", false),
    ("ssl-vpn", "vpn.ssl/settings", "servercert", false),
    ("ftm-push", "system/ftm-push", "server-cert", false),
    ("captive-portal", "user/setting", "auth-cert", false),
    ("vip", "firewall/vip", "ssl-certificate", true),
    ("ssl-ssh-profile", "firewall/ssl-ssh-profile", "server-cert", true),
];

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Binding {
    /// Below `cmdb`.
    pub(crate) path: String,
    pub(crate) attribute: String,
}

impl Binding {
    pub(crate) const HELP: &str = "write one of \"ssl-vpn\", \"ftm-push\", \"captive-portal\", \"admin\", \"vip/NAME\", \"ssl-ssh-profile/NAME\"";

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (kind, name) = text.split_once('/').map_or((text, None), |(kind, name)| (kind, Some(name)));
        let (_, table, attribute, named) = KINDS.iter().find(|(known, ..)| *known == kind)?;
        let path = match name {
            Some(name) if *named && !name.is_empty() => format!("{table}/{}", segment(name)),
            None if !named => (*table).to_string(),
            _ => return None,
        };
        Some(Self { path, attribute: (*attribute).to_string() })
    }

    pub(crate) fn is_management(&self) -> bool {
        self.path == "system/global"
    }
}

/// The names that an attribute holds, in whichever shape this release has it.
pub(crate) fn names(value: &Value) -> impl Iterator<Item = &str> {
    let items = value.as_array().map_or(core::slice::from_ref(value), |items| items.as_slice());
    items.iter().filter_map(name)
}

fn name(item: &Value) -> Option<&str> {
    item.as_str().or_else(|| item.get("q_origin_key")?.as_str()).or_else(|| item.get("name")?.as_str())
}

/// The attribute with one name in place of another, in the shape that it was read in; the other items of a list as they are.
pub(crate) fn exchanged(value: &Value, old: &str, new: &str) -> Value {
    let put = |item: &Value, member: &str| match item {
        item if name(item) != Some(old) => item.clone(),
        Value::Object(_) => json!({ member: new }),
        _ => json!(new),
    };
    match value {
        Value::Array(items) => items.iter().map(|item| put(item, "name")).collect(),
        alone => put(alone, "q_origin_key"),
    }
}
