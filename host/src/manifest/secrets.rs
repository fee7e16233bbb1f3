//! `secrets`: where they are read from, never what they are. Their text is not part of any message, for
//! whoever writes the secret itself here must not find it in a log.

use std::collections::BTreeMap;
use std::path::Path;

use super::SecretSource;
use super::fault::Report;
use super::node::Node;

/// The names that the target's file gives to secrets, whether or not their sources are right.
pub(super) fn names<'a>(target: &Node<'a>) -> Vec<&'a str> {
    target
        .get("secrets")
        .map(|table| table.entries())
        .unwrap_or_default()
        .iter()
        .map(|entry| entry.name)
        .collect()
}

/// The sources.
pub(super) fn read(
    target: &Node<'_>,
    directory: &Path,
    report: &mut Report<'_>,
) -> BTreeMap<String, SecretSource> {
    let mut secrets = BTreeMap::new();
    for entry in target.get("secrets").map(|table| table.entries()).unwrap_or_default() {
        let Some(text) = entry.text() else { continue };
        match source(text, directory) {
            Ok(source) => {
                secrets.insert(entry.name.to_owned(), source);
            }
            Err((message, instead)) => report.add(&entry.at(), &entry.path, message, instead),
        }
    }
    secrets
}

/// A key that names one of the target's secrets. The text is never printed: it may be the secret itself, in the wrong
/// place.
pub(super) fn reference(entry: &Node<'_>, names: &[&str], report: &mut Report<'_>) {
    if entry.text().is_none_or(|text| names.contains(&text)) {
        return;
    }
    let instead = if names.is_empty() {
        format!(
            "add `secrets = {{ {} = \"env:NAME\" }}` to the target and write \"{}\"",
            entry.name, entry.name
        )
    } else {
        format!("write the name of one of them: {}", names.join(", "))
    };
    report.add(&entry.at(), &entry.path, "it is not the name of any of this target's secrets", instead);
}

fn source(text: &str, directory: &Path) -> Result<SecretSource, (&'static str, &'static str)> {
    match text.split_once(':') {
        Some(("env", name)) if is_variable(name) => Ok(SecretSource::Env(name.to_owned())),
        Some(("env", _)) => Err((
            "what follows `env:` is no variable's name",
            "write the name of the variable that holds the secret, of letters, digits and `_`",
        )),
        Some(("file", path)) if !path.is_empty() && !path.contains(char::is_control) => {
            Ok(SecretSource::File(directory.join(path)))
        }
        Some(("file", _)) => Err(("what follows `file:` is no path", "write \"file:/path\"")),
        _ => Err((
            "it is no source of a secret, and a secret itself does not belong in this file",
            "write \"env:NAME\" or \"file:/path\"",
        )),
    }
}

fn is_variable(name: &str) -> bool {
    name.bytes().next().is_some_and(|first| !first.is_ascii_digit())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}
