//! `[plugins.NAME.grant]`.

use std::path::Path;

use toml_edit::Value;

use super::Faults;
use super::reader::{Keys, Node};
use crate::grant::{CommandLine, Grant, PathPrefix};

pub(super) fn grant(node: &Node<'_>, component: &Path, faults: &mut Faults) -> Grant {
    let mut grant = Grant::default();
    let Some(keys) = node.table(faults, "a table with fs.write, net.dial and process.exec") else {
        return grant;
    };
    grant.fs_write =
        power(&keys, "fs", "write", "a list of absolute paths; a directory ends in /", faults, text_of);
    grant.net_dial = power(&keys, "net", "dial", "a list of scheme://host:port", faults, text_of);
    grant.process_exec = power(
        &keys,
        "process",
        "exec",
        "a list of command lines, each a list of strings",
        faults,
        command_of,
    );
    keys.finish(faults);
    check_write_or_execute(node, &grant, component, faults);
    grant
}

fn power<T: PartialEq>(
    keys: &Keys<'_>,
    interface: &'static str,
    verb: &'static str,
    wanted: &str,
    faults: &mut Faults,
    parse: impl Fn(&Value) -> Result<T, String>,
) -> Vec<T> {
    let mut parsed = Vec::new();
    let Some(node) = keys.get(interface) else { return parsed };
    let Some(inner) = node.table(faults, &format!("{interface}.{verb} = {wanted}")) else { return parsed };
    let list = inner.get(verb).and_then(|node| node.list(faults, wanted)).unwrap_or_default();
    for (key, span, value) in list {
        match parse(&value) {
            Ok(entry) if parsed.contains(&entry) => faults.add(span, &key, "it is granted twice", "it once"),
            Ok(entry) => parsed.push(entry),
            Err(message) => faults.add(span, &key, &message, wanted),
        }
    }
    inner.finish(faults);
    parsed
}

fn text_of<T: std::str::FromStr<Err: std::fmt::Display>>(value: &Value) -> Result<T, String> {
    let text = value.as_str().ok_or_else(|| format!("this is no string but a {}", value.type_name()))?;
    text.parse().map_err(|error| format!("{text:?}: {error}"))
}

fn command_of(value: &Value) -> Result<CommandLine, String> {
    let array = value.as_array().ok_or("a command line is a list: its program, then each argument")?;
    let argv: Option<Vec<String>> = array.iter().map(|value| value.as_str().map(str::to_owned)).collect();
    let argv = argv.ok_or("each argument is a string")?;
    CommandLine::new(argv.clone()).map_err(|error| format!("{argv:?}: {error}"))
}

/// A plugin that could write what it may run, or its own component, would have every power.
fn check_write_or_execute(node: &Node<'_>, grant: &Grant, component: &Path, faults: &mut Faults) {
    let programs = grant.process_exec.iter().map(|line| line.program().to_owned());
    for file in programs.chain(component.to_str().map(str::to_owned)) {
        let Ok(file) = file.parse::<PathPrefix>() else { continue };
        for prefix in grant.fs_write.iter().filter(|prefix| prefix.covers(&file)) {
            node.fault(
                faults,
                &format!("fs.write {prefix} covers {file}, which is run"),
                "a narrower prefix, or move the program",
            );
        }
    }
}
