//! The project's Cargo.lock: the versions that the shipped connectors are built and tested with.

use std::collections::BTreeSet;

use anyhow::Context as _;

const SHIPPED: &str = include_str!("../../../../guests/Cargo.lock");
const SDK: &str = "lastmile-sdk";

/// A lock file for a crate of this name that depends on the SDK alone.
pub(super) fn file(name: &str) -> anyhow::Result<String> {
    let mut blocks = SHIPPED.split("\n[[package]]\n");
    let head = blocks.next().unwrap_or_default();
    let packages: Vec<(&str, toml::Table)> = blocks
        .map(|block| Ok((block, block.parse().context("the embedded lock file")?)))
        .collect::<anyhow::Result<_>>()?;
    let mut wanted = BTreeSet::from([SDK.to_owned()]);
    loop {
        let before = wanted.len();
        for (_, package) in &packages {
            if wanted.contains(text(package, "name")) {
                wanted.extend(dependencies(package));
            }
        }
        if wanted.len() == before {
            break;
        }
    }
    let mut lock = head.to_owned();
    for (block, package) in &packages {
        if wanted.contains(text(package, "name")) {
            lock += &format!("\n[[package]]\n{}\n", block.trim_end());
        }
    }
    lock +=
        &format!("\n[[package]]\nname = \"{name}\"\nversion = \"0.1.0\"\ndependencies = [\n \"{SDK}\",\n]\n");
    Ok(lock)
}

fn text<'a>(package: &'a toml::Table, key: &str) -> &'a str {
    package.get(key).and_then(toml::Value::as_str).unwrap_or_default()
}

/// By name; a version behind it tells two of one name apart, and then both are kept.
fn dependencies(package: &toml::Table) -> impl Iterator<Item = String> {
    let list = package.get("dependencies").and_then(toml::Value::as_array);
    let names = list.into_iter().flatten().filter_map(toml::Value::as_str);
    names.filter_map(|name| name.split(' ').next()).map(str::to_owned)
}
