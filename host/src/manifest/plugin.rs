//! `[plugins.NAME]`.

use std::collections::BTreeMap;
use std::path::Path;

use super::fault::Report;
use super::node::Node;
use super::writable::Write;
use super::{Plugin, Wasi, grant, limits, read};

/// One plugin. What it may write is added to `writes`, with its place.
pub(super) fn read(
    node: &Node<'_>,
    directory: &Path,
    writes: &mut Vec<Write>,
    report: &mut Report<'_>,
) -> Plugin {
    let size = |name, default| usize::try_from(node.count_of(name, default)).unwrap_or(usize::MAX);
    Plugin {
        name: node.name.to_owned(),
        component: read::resolve(node, "component", directory).unwrap_or_default(),
        sha256: digest(node, report),
        grant: node.get("grant").map(|grant| grant::read(&grant, writes, report)).unwrap_or_default(),
        linked: node.get("grant").map(|grant| grant::linked(&grant)).unwrap_or_default(),
        wasi: if node.text_of("wasi") == Some("inert") { Wasi::Inert } else { Wasi::None },
        reveal_key: node.flag_of("reveal-key"),
        limits: limits::read(node.get("limits").as_ref()),
        environment: environment(node, report),
        run_as: run_as(node, report),
        output_bytes: size("output-bytes", 64 << 10),
        response_bytes: size("response-bytes", 1 << 20),
    }
}

fn digest(node: &Node<'_>, report: &mut Report<'_>) -> Option<[u8; 32]> {
    let file = node.text_of("component").unwrap_or("FILE");
    let compute = format!("`sha256sum {file}` or `lastmile plugin inspect {file}` prints it");
    let unpinned = node.flag_of("unpinned");
    let Some(entry) = node.get("sha256") else {
        if !unpinned {
            let instead = format!(
                "write `sha256 = \"…\"` ({compute}), or `unpinned = true` to load whatever lies there"
            );
            report.add(&node.key_at, &format!("{}.sha256", node.path), "it is missing", instead);
        }
        return None;
    };
    if unpinned {
        report.add(
            &entry.key_at,
            &entry.path,
            "the plugin is `unpinned` as well",
            "write only one of the two",
        );
    }
    let digest = parse_digest(entry.text()?);
    if digest.is_none() {
        let instead = format!("write the 64 hexadecimal digits of the component's SHA-256: {compute}");
        report.add(&entry.at(), &entry.path, "it is not a SHA-256", instead);
    }
    digest
}

/// 64 hexadecimal digits.
pub(super) fn parse_digest(text: &str) -> Option<[u8; 32]> {
    let mut digest = [0; 32];
    hex::decode_to_slice(text, &mut digest).ok().map(|()| digest)
}

/// Values are never printed: some programs take secrets this way.
fn environment(node: &Node<'_>, report: &mut Report<'_>) -> BTreeMap<String, String> {
    let mut environment = BTreeMap::new();
    for entry in node.get("environment").map(|table| table.entries()).unwrap_or_default() {
        let Some(value) = entry.text() else { continue };
        if entry.name.is_empty() || entry.name.contains(['=', '\0']) {
            report.add(
                &entry.key_at,
                &entry.path,
                "no variable can have this name",
                "write a name without `=`",
            );
        }
        if value.contains('\0') {
            report.add(&entry.at(), &entry.path, "the value holds a NUL character", "write it without");
        }
        environment.insert(entry.name.to_owned(), value.to_owned());
    }
    environment
}

fn run_as(node: &Node<'_>, report: &mut Report<'_>) -> Option<String> {
    let entry = node.get("run-as")?;
    let user = entry.text()?;
    if user.is_empty()
        || user.contains(|c: char| c.is_control() || c.is_whitespace() || matches!(c, ':' | '/'))
    {
        report.add(&entry.at(), &entry.path, "it is no user", "write the user's name or number");
    }
    Some(user.to_owned())
}
