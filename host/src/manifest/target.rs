//! `[targets.NAME]`.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use toml_edit::{Item, Value};

use super::reader::{Keys, Node};
use super::{Faults, SecretSource, Target, auth};
use crate::capability::net::Trust;
use crate::verify::Verify;

pub(super) fn target(
    name: &str,
    node: &Node<'_>,
    plugins: &[String],
    base: &Path,
    faults: &mut Faults,
) -> Option<Target> {
    let keys = node.table(faults, &format!("[targets.{name}]"))?;
    let flag = |key, faults: &mut Faults| keys.get(key).and_then(|node| node.flag(faults)).unwrap_or(false);
    let secrets = secrets(&keys, base, faults);
    let target = Target {
        name: name.to_owned(),
        plugin: plugin(&keys, plugins, faults),
        tenant: tenant(&keys, faults),
        config: keys.get("config").map_or_else(|| serde_json::json!({}), |node| config(&node, faults)),
        trust: trust(&keys, base, faults),
        auth: auth::auth(&keys, &secrets, faults),
        plaintext: flag("plaintext", faults),
        verify: keys.get("verify").and_then(|node| verify(&node, faults)),
        allow_expired: flag("allow-expired", faults),
        secrets,
    };
    keys.finish(faults);
    Some(target)
}

fn plugin(keys: &Keys<'_>, plugins: &[String], faults: &mut Faults) -> String {
    let Some(node) = keys.required(faults, "plugin", "the name of a plugin") else { return String::new() };
    let name = node.text(faults, "the name of a plugin").unwrap_or_default();
    if !name.is_empty() && !plugins.contains(&name) {
        let known = if plugins.is_empty() {
            "add [plugins.NAME] first".to_owned()
        } else {
            format!("one of {}", plugins.join(", "))
        };
        node.fault(faults, &format!("there is no plugin `{name}`"), &known);
    }
    name
}

fn tenant(keys: &Keys<'_>, faults: &mut Faults) -> String {
    let name = keys.get("tenant").and_then(|node| node.text(faults, "a tenant's name"));
    name.unwrap_or_else(|| "default".to_owned())
}

fn secrets(keys: &Keys<'_>, base: &Path, faults: &mut Faults) -> BTreeMap<String, SecretSource> {
    const WANTED: &str = "\"env:VARIABLE\" or \"file:PATH\"";
    let table = keys.get("secrets").and_then(|node| node.table(faults, "{ NAME = \"env:VARIABLE\" }"));
    let mut secrets = BTreeMap::new();
    for (name, node) in table.map(|table| table.named()).unwrap_or_default() {
        let Some(text) = node.text(faults, WANTED) else { continue };
        let source = match text.split_once(':') {
            Some(("env", variable)) if !variable.is_empty() => SecretSource::Env(variable.to_owned()),
            Some(("file", path)) if !path.is_empty() => SecretSource::File(base.join(path)),
            // The value may be the secret itself: it is not repeated.
            _ => {
                node.fault(faults, "a secret does not stand in this file", WANTED);
                continue;
            }
        };
        secrets.insert(name, source);
    }
    secrets
}

fn trust(keys: &Keys<'_>, base: &Path, faults: &mut Faults) -> Trust {
    const WANTED: &str = "{ ca = \"PATH\" } or { pin-sha256 = \"64 hex digits of the leaf\" }";
    let Some(node) = keys.get("tls") else { return Trust::SystemRoots };
    let Some(table) = node.table(faults, WANTED) else { return Trust::SystemRoots };
    let (ca, pins) = (table.get("ca"), table.get("pin-sha256"));
    table.finish(faults);
    match (ca, pins) {
        (Some(ca), None) => ca
            .text(faults, "a PEM file's path")
            .map_or(Trust::SystemRoots, |path| Trust::CaFile(base.join(path))),
        (None, Some(pins)) => Trust::Pins(self::pins(&pins, faults)),
        _ => {
            node.fault(faults, "trust is either a CA file or pins", WANTED);
            Trust::SystemRoots
        }
    }
}

fn pins(node: &Node<'_>, faults: &mut Faults) -> Vec<[u8; 32]> {
    let texts: Vec<Option<String>> = match (node.item.as_str(), node.item.as_array()) {
        (Some(one), _) => vec![Some(one.to_owned())],
        (_, Some(list)) => list.iter().map(|value| value.as_str().map(str::to_owned)).collect(),
        _ => vec![None],
    };
    let parse = |text: &String| hex::decode(text).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    let pins: Vec<_> = texts.iter().filter_map(|text| text.as_ref().and_then(parse)).collect();
    if pins.len() != texts.len() || pins.is_empty() {
        node.fault(faults, "a pin is the SHA-256 of the leaf's DER", "64 hex digits, or a list of such");
    }
    pins
}

fn verify(node: &Node<'_>, faults: &mut Faults) -> Option<Verify> {
    const WANTED: &str = "{ endpoint = \"HOST:PORT\", server-name = \"NAME\" }";
    let keys = node.table(faults, WANTED)?;
    let endpoint_node = keys.required(faults, "endpoint", "\"HOST:PORT\"")?;
    let endpoint = endpoint_node.text(faults, "\"HOST:PORT\"")?;
    let split =
        endpoint.rsplit_once(':').filter(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok());
    let Some((host, _)) = split else {
        endpoint_node.fault(faults, &format!("{endpoint:?} is no host with a port"), "\"HOST:PORT\"");
        return None;
    };
    let name = keys.get("server-name").and_then(|node| node.text(faults, "the name to ask for (SNI)"));
    let server_name = name.unwrap_or_else(|| host.trim_matches(['[', ']']).to_owned());
    let attempts = keys.get("attempts").and_then(|node| node.number(faults, 1, 100));
    let interval = keys.get("interval-ms").and_then(|node| node.number(faults, 10, 60_000));
    keys.finish(faults);
    Some(Verify {
        server_name,
        attempts: attempts.and_then(|number| u32::try_from(number).ok()).unwrap_or(10),
        interval: Duration::from_millis(interval.unwrap_or(50)),
        endpoint,
    })
}

/// The connector's configuration, as JSON.
fn config(node: &Node<'_>, faults: &mut Faults) -> serde_json::Value {
    if node.table(faults, "a table").is_none() {
        return serde_json::json!({});
    }
    item_json(node.item).unwrap_or_else(|message| {
        node.fault(faults, &message, "strings, numbers, true, false, lists and tables");
        serde_json::json!({})
    })
}

fn item_json(item: &Item) -> Result<serde_json::Value, String> {
    if let Some(value) = item.as_value() {
        return value_json(value);
    }
    let Some(table) = item.as_table_like() else {
        return Err("a list of tables is written inline".to_owned());
    };
    let entries: Result<_, String> =
        table.iter().map(|(key, item)| Ok((key.to_owned(), item_json(item)?))).collect();
    Ok(serde_json::Value::Object(entries?))
}

fn value_json(value: &Value) -> Result<serde_json::Value, String> {
    Ok(match value {
        Value::String(text) => text.value().as_str().into(),
        Value::Integer(number) => (*number.value()).into(),
        Value::Float(number) => (*number.value()).into(),
        Value::Boolean(flag) => (*flag.value()).into(),
        Value::Datetime(_) => return Err("a connector's configuration holds no dates".to_owned()),
        Value::Array(list) => list.iter().map(value_json).collect::<Result<Vec<_>, _>>()?.into(),
        Value::InlineTable(table) => {
            let entries: Result<_, String> =
                table.iter().map(|(key, value)| Ok((key.to_owned(), value_json(value)?))).collect();
            serde_json::Value::Object(entries?)
        }
    })
}
