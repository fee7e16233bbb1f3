//! `[plugins.NAME]`.

use std::path::Path;
use std::time::Duration;

use super::reader::{Keys, Node};
use super::{Faults, Plugin, Wasi, grants};
use crate::sandbox::Limits;

pub(super) fn plugin(name: &str, node: &Node<'_>, base: &Path, faults: &mut Faults) -> Option<Plugin> {
    let keys = node.table(faults, &format!("[plugins.{name}]"))?;
    let component = keys
        .required(faults, "component", "\"plugins/NAME.wasm\"")
        .and_then(|node| node.text(faults, "the component's path"));
    let component = base.join(component.unwrap_or_default());
    let grant = keys.get("grant").map(|node| grants::grant(&node, &component, faults)).unwrap_or_default();
    let size = |key, default: usize, faults: &mut Faults| {
        let number = keys.get(key).and_then(|node| node.number(faults, 1024, 64 << 20));
        number.and_then(|number| usize::try_from(number).ok()).unwrap_or(default)
    };
    let plugin = Plugin {
        name: name.to_owned(),
        sha256: digest(&keys, faults),
        grant,
        wasi: wasi(&keys, faults),
        reveal_key: keys.get("reveal-key").and_then(|node| node.flag(faults)).unwrap_or(false),
        limits: limits(&keys, faults),
        environment: environment(&keys, faults),
        run_as: keys.get("run-as").and_then(|node| node.text(faults, "a user's name")),
        output_bytes: size("output-bytes", 64 << 10, faults),
        response_bytes: size("response-bytes", 4 << 20, faults),
        component,
    };
    keys.finish(faults);
    Some(plugin)
}

fn digest(keys: &Keys<'_>, faults: &mut Faults) -> Option<[u8; 32]> {
    let unpinned = keys.get("unpinned").and_then(|node| node.flag(faults)).unwrap_or(false);
    let wanted = "the 64 hex digits that `sha256sum FILE` or `lastmile plugin inspect FILE` prints";
    let node = if unpinned { keys.get("sha256")? } else { keys.required(faults, "sha256", wanted)? };
    let text = node.text(faults, wanted)?;
    let digest = hex::decode(&text).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    if digest.is_none() {
        node.fault(faults, &format!("{text:?} is no SHA-256"), wanted);
    }
    digest
}

fn wasi(keys: &Keys<'_>, faults: &mut Faults) -> Wasi {
    let Some(node) = keys.get("wasi") else { return Wasi::None };
    match node.item.as_str() {
        Some("inert") => Wasi::Inert,
        _ => {
            node.fault(faults, "WASI is either absent or inert", "wasi = \"inert\", or leave the key out");
            Wasi::None
        }
    }
}

fn environment(keys: &Keys<'_>, faults: &mut Faults) -> std::collections::BTreeMap<String, String> {
    let table = keys.get("environment").and_then(|node| node.table(faults, "{ NAME = \"value\" }"));
    let named = table.map(|table| table.named()).unwrap_or_default();
    named.into_iter().filter_map(|(name, node)| Some((name, node.text(faults, "a string")?))).collect()
}

fn limits(keys: &Keys<'_>, faults: &mut Faults) -> Limits {
    let mut limits = Limits::default();
    let Some(keys) = keys.get("limits").and_then(|node| node.table(faults, "a table of limits")) else {
        return limits;
    };
    let mut set = |key, least, most, slot: &mut u64| {
        if let Some(number) = keys.get(key).and_then(|node| node.number(faults, least, most)) {
            *slot = number;
        }
    };
    set("component-bytes", 1024, 256 << 20, &mut limits.component_bytes);
    set("memory-bytes", 64 << 10, 256 << 20, &mut limits.memory_bytes);
    set("table-elements", 1, 20_000, &mut limits.table_elements);
    set("instances", 1, 128, &mut limits.instances);
    set("host-calls", 1, 1_000_000, &mut limits.host_calls);
    set("bytes-in", 1024, 256 << 20, &mut limits.bytes_in);
    set("bytes-out", 1024, 256 << 20, &mut limits.bytes_out);
    set("handles", 1, 256, &mut limits.handles);
    set("log-bytes", 0, 16 << 20, &mut limits.log_bytes);
    let mut seconds = limits.wall.as_secs();
    set("wall-seconds", 1, 3600, &mut seconds);
    limits.wall = Duration::from_secs(seconds);
    keys.finish(faults);
    limits
}
