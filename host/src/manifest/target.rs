//! `[targets.NAME]`.

use std::collections::BTreeMap;
use std::path::Path;

use super::fault::Report;
use super::nearest::nearest;
use super::node::Node;
use super::{Plugin, Target, auth, json, look, read, secrets, tls};
use crate::capability::net::Auth;

/// One target.
pub(super) fn read(
    node: &Node<'_>,
    directory: &Path,
    plugins: &BTreeMap<String, Plugin>,
    report: &mut Report<'_>,
) -> Target {
    let secrets = secrets::read(node, directory, report);
    let names = secrets::names(node);
    Target {
        name: node.name.to_owned(),
        plugin: plugin(node, plugins, report),
        tenant: tenant(node, report),
        config: node
            .get("config")
            .map_or_else(|| serde_json::json!({}), |config| json::convert(&config, report)),
        trust: tls::trust(node, directory, report),
        pin_deployed: node.get("tls").is_some_and(|tls| tls.flag_of("pin-deployed")),
        client: tls::client(node, directory, &names, report),
        auth: node.get("auth").map_or(Auth::None, |node| auth::read(&node, directory, &names, report)),
        plaintext: node.flag_of("plaintext"),
        verify: node.get("verify").and_then(|verify| look::read(&verify, report)),
        allow_expired: node.flag_of("allow-expired"),
        secrets,
    }
}

fn plugin(node: &Node<'_>, plugins: &BTreeMap<String, Plugin>, report: &mut Report<'_>) -> String {
    let Some(entry) = node.get("plugin") else { return String::new() };
    let Some(name) = entry.text() else { return String::new() };
    if !plugins.contains_key(name) {
        let known: Vec<&str> = plugins.keys().map(String::as_str).collect();
        let instead = match (nearest(name, &known), known.as_slice()) {
            (Some(near), [_, _, ..]) => format!("write \"{near}\"; there are {}", known.join(", ")),
            (Some(near), _) => format!("write \"{near}\""),
            (None, []) => "add a table [plugins.NAME] for it".to_owned(),
            (None, _) => format!("write one of those that there are: {}", known.join(", ")),
        };
        report.add(&entry.at(), &entry.path, format!("there is no plugin {name:?}"), instead);
    }
    name.to_owned()
}

fn tenant(node: &Node<'_>, report: &mut Report<'_>) -> String {
    let Some(entry) = node.get("tenant") else { return "default".to_owned() };
    let tenant = entry.text().unwrap_or_default();
    if entry.text().is_some() && !read::is_name(tenant) {
        report.add(&entry.at(), &entry.path, "the name cannot be used", read::NAMES);
    }
    tenant.to_owned()
}
