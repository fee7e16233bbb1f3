//! The root of the file and its `[host]`.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use toml_edit::Item;

use super::reader::{Keys, Node};
use super::{Faults, Host, Manifest, plugin, target};

pub(super) fn manifest(root: &Item, base: &Path, faults: &mut Faults) -> Manifest {
    let empty =
        Manifest { host: host(None, base, faults), plugins: BTreeMap::new(), targets: BTreeMap::new() };
    let Some(keys) = Node::root(root).table(faults, "a table") else { return empty };
    if let Some(schema) = keys.required(faults, "schema", "1, as the first line")
        && schema.item.as_integer() != Some(1)
    {
        schema.fault(faults, "this version of lastmile reads schema 1", "schema = 1");
    }
    let host = host(keys.get("host").and_then(|node| node.table(faults, "[host]")), base, faults);
    let plugins: BTreeMap<_, _> = children(&keys, "plugins", faults)
        .into_iter()
        .filter_map(|(name, node)| Some((name.clone(), plugin::plugin(&name, &node, base, faults)?)))
        .collect();
    let names: Vec<String> = children(&keys, "plugins", faults).into_iter().map(|(name, _)| name).collect();
    let targets = children(&keys, "targets", faults)
        .into_iter()
        .filter_map(|(name, node)| Some((name.clone(), target::target(&name, &node, &names, base, faults)?)))
        .collect();
    keys.finish(faults);
    Manifest { host, plugins, targets }
}

fn children<'a>(keys: &Keys<'a>, key: &'static str, faults: &mut Faults) -> Vec<(String, Node<'a>)> {
    let Some(node) = keys.get(key) else { return Vec::new() };
    let wanted = format!("a table for each, [{key}.NAME]");
    let Some(table) = node.table(faults, &wanted) else { return Vec::new() };
    let named = table.named();
    for (name, node) in &named {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
        if name.is_empty() || name.len() > 64 || !name.chars().all(plain) {
            node.fault(faults, &format!("{name:?} is no name"), "up to 64 of a-z, 0-9, `.`, `_` and `-`");
        }
    }
    named
}

fn host(keys: Option<Keys<'_>>, base: &Path, faults: &mut Faults) -> Host {
    let mut host = Host { state_dir: base.join("state"), concurrency: 4, lease: Duration::from_secs(30) };
    let Some(keys) = keys else { return host };
    if let Some(path) = keys.get("state-dir").and_then(|node| node.text(faults, "a directory's path")) {
        host.state_dir = base.join(path);
    }
    if let Some(number) = keys.get("concurrency").and_then(|node| node.number(faults, 1, 16)) {
        host.concurrency = usize::try_from(number).unwrap_or(1);
    }
    if let Some(seconds) = keys.get("lease-seconds").and_then(|node| node.number(faults, 3, 3600)) {
        host.lease = Duration::from_secs(seconds);
    }
    keys.finish(faults);
    host
}
