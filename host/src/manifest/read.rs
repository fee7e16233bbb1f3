//! From a path to text, from text to a manifest.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::{Faults, Report};
use super::node::{Node, unsigned};
use super::places::Places;
use super::survey::Survey;
use super::{Host, Manifest, check, plugin, target, writable};

/// The largest file: a manifest of thousands of targets is well below it.
const LARGEST: u64 = 1 << 20;
/// What the parser says of a key that is there already.
const DOUBLED: &str = "duplicate key";
/// More broken lines than this say nothing more.
const MOST_BROKEN_LINES: usize = 20;
/// The version of the file's form.
const SCHEMA: u64 = 1;

/// The file's text.
pub(super) fn text(path: &Path) -> Result<String, Faults> {
    let whole = |message: String, instead: &str| Faults::whole(path, message, instead);
    let file = std::fs::File::open(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => whole("there is no such file".to_owned(), "`lastmile init` makes one"),
        _ => whole(format!("it cannot be read: {error}"), "make it readable for the user that runs lastmile"),
    })?;
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| {
        whole(
            format!("it cannot be read: {error}"),
            "name a file that is readable for the user that runs lastmile",
        )
    })?;
    if bytes.len() as u64 > LARGEST {
        return Err(whole("it is larger than 1 MiB".to_owned(), "is this the right file?"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let line = 1 + error.as_bytes().iter().take(good).filter(|&&byte| byte == b'\n').count();
        whole(format!("it is not UTF-8: line {line} holds another byte"), "save it as UTF-8")
    })
}

/// The text's manifest. Relative paths are resolved against the directory of `path`.
pub(super) fn parse(path: &Path, text: &str) -> Result<Manifest, Faults> {
    survey(path, text).finish()
}

/// The text's manifest as far as it can be read, with every fault and every key's place.
pub(super) fn survey(path: &Path, text: &str) -> Survey {
    let mut report = Report::new(text);
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let at = error.span().unwrap_or(0..0);
        let instead = if error.message() == DOUBLED {
            "write it once; the first one stands further up"
        } else {
            "write it as https://toml.io describes"
        };
        report.add(&at, "", error.message(), instead);
    }
    report.first_of_each_line(MOST_BROKEN_LINES);
    // A doubled key leaves the rest as it was meant. After any other error what was read is a guess.
    if errors.iter().any(|error| error.message() != DOUBLED) {
        return Survey::unread(report.finish(path));
    }
    let root = Spanned::new(root.span(), DeValue::Table(root.into_inner()));
    let node = Node::root(&root);
    if !schema_is_known(&node, &mut report) {
        return Survey::unread(report.finish(path));
    }
    check::table(&node, "", &mut report);
    let manifest = manifest(&node, path, &mut report);
    let places = Places::of(&node, &report);
    Survey { manifest: Some(manifest), places, faults: report.finish(path) }
}

/// A file of another version would only be misread.
fn schema_is_known(root: &Node<'_>, report: &mut Report<'_>) -> bool {
    let Some(node) = root.get("schema") else { return true };
    let Some(number) = node.value.get_ref().as_integer().and_then(unsigned) else { return true };
    if number == SCHEMA {
        return true;
    }
    let message = format!("version {number} is not known to this lastmile, and nothing after it was checked");
    report.add(&node.at(), "schema", message, "write `schema = 1`, or run a lastmile that knows it");
    false
}

fn manifest(root: &Node<'_>, path: &Path, report: &mut Report<'_>) -> Manifest {
    let file = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let directory = file.parent().unwrap_or(Path::new("/"));
    let host = host(root, directory);
    let mut plugins = BTreeMap::new();
    let mut writes = Vec::new();
    for node in named(root, "plugins", report) {
        plugins.insert(node.name.to_owned(), plugin::read(&node, directory, &mut writes, report));
    }
    let mut targets = BTreeMap::new();
    for node in named(root, "targets", report) {
        targets.insert(node.name.to_owned(), target::read(&node, directory, &plugins, report));
    }
    writable::check(&writes, &plugins, &host, &file, report);
    Manifest { host, plugins, targets }
}

fn host(root: &Node<'_>, directory: &Path) -> Host {
    let state_dir = root.get("host").and_then(|host| resolve(&host, "state-dir", directory));
    let count = |name, default| root.get("host").map_or(default, |host| host.count_of(name, default));
    Host {
        state_dir: state_dir.unwrap_or_else(|| PathBuf::from("/var/lib/lastmile")),
        concurrency: usize::try_from(count("concurrency", 4)).unwrap_or(4),
        lease: Duration::from_secs(count("lease-seconds", 30)),
    }
}

/// A path of the file, resolved against the file's directory.
pub(super) fn resolve(node: &Node<'_>, name: &str, directory: &Path) -> Option<PathBuf> {
    node.text_of(name).map(|text| directory.join(text))
}

/// The tables under `plugins` or `targets`, whose names are checked.
fn named<'a>(root: &Node<'a>, table: &str, report: &mut Report<'_>) -> Vec<Node<'a>> {
    let Some(table) = root.get(table) else { return Vec::new() };
    let entries: Vec<Node<'a>> =
        table.entries().into_iter().filter(|entry| entry.value.get_ref().is_table()).collect();
    for entry in &entries {
        if !is_name(entry.name) {
            report.add(&entry.key_at, &entry.path, "the name cannot be used", NAMES);
        }
    }
    entries
}

/// What names are made of.
pub(super) const NAMES: &str =
    "write 1 to 64 of a-z, 0-9, `.`, `_` and `-`, beginning with a letter or a digit";

/// Whether it can name a plugin, a target or a tenant: names become parts of file names and of log lines.
#[must_use]
pub fn is_name(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    text.len() <= 64
        && text.bytes().next().is_some_and(plain)
        && text.bytes().all(|b| plain(b) || matches!(b, b'.' | b'_' | b'-'))
}
