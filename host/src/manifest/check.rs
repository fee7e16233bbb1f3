//! Unknown keys, wrong types, missing keys, values out of range: all that the table in `schema` tells.

use toml::de::DeValue;

use super::fault::Report;
use super::nearest::nearest;
use super::node::{Node, show, unsigned};
use super::schema::{self, Key, Kind};

/// Checks a table and everything in it. `path` is its place in the schema.
pub(super) fn table(node: &Node<'_>, path: &str, report: &mut Report<'_>) {
    if !node.value.get_ref().is_table() {
        return wrong(node, "a table", &format!("write `[{}]` and its keys below", node.path), report);
    }
    for entry in node.entries() {
        match schema::step(path, entry.name) {
            None => unknown(&entry, path, report),
            Some(below) => match schema::find(&below) {
                Some(key) => leaf(&entry, key, report),
                None => table(&entry, &below, report),
            },
        }
    }
    for name in schema::names(path) {
        let Some(key) = schema::find(&schema::join(path, name)) else { continue };
        if key.is_required() && node.get(name).is_none() {
            let place = schema::join(&node.path, name);
            report.add(&node.key_at, &place, "it is missing", format!("write `{}`", key.example));
        }
    }
}

fn unknown(entry: &Node<'_>, path: &str, report: &mut Report<'_>) {
    let names = schema::names(path);
    let instead = if let Some(name) = nearest(entry.name, &names) {
        format!("write `{}`", show(name))
    } else if entry.name.contains('.') && schema::find(&schema::join(path, entry.name)).is_some() {
        format!("write `{}` without quotes", entry.name)
    } else {
        format!("known here: {}", names.join(", "))
    };
    report.add(&entry.key_at, &entry.path, "there is no such key", instead);
}

fn leaf(node: &Node<'_>, key: &Key, report: &mut Report<'_>) {
    let value = node.value.get_ref();
    let example = format!("write for example `{}`", key.example);
    match key.kind {
        Kind::Text if value.is_str() => {}
        Kind::Path if value.is_str() => path(node, &example, report),
        Kind::Flag if value.is_bool() => {}
        Kind::Free if value.is_table() => {}
        Kind::Count(least, most) if value.is_integer() => count(node, least..=most, key, report),
        Kind::Choice(words) if value.is_str() => choice(node, words, report),
        Kind::TextOrTexts if value.is_str() => {}
        Kind::Texts | Kind::TextOrTexts if value.is_array() => texts(node, &example, report),
        Kind::Lines if value.is_array() => {
            for line in node.items() {
                if line.value.get_ref().is_array() {
                    texts(&line, &example, report);
                } else {
                    wrong(&line, "a list of strings", &example, report);
                }
            }
        }
        Kind::Text | Kind::Path | Kind::Choice(_) => wrong(node, "a string", &example, report),
        Kind::Flag => wrong(node, "true or false", &example, report),
        Kind::Count(..) => wrong(node, "an integer", &example, report),
        Kind::Texts => wrong(node, "a list of strings", &example, report),
        Kind::TextOrTexts => wrong(node, "a string or a list of strings", &example, report),
        Kind::Lines => wrong(node, "a list of lists of strings", &example, report),
        Kind::Free => wrong(node, "a table", &example, report),
    }
}

fn texts(list: &Node<'_>, example: &str, report: &mut Report<'_>) {
    for item in list.items() {
        if !item.value.get_ref().is_str() {
            wrong(&item, "a string", example, report);
        }
    }
}

/// The value itself stays out of the message: it may be a secret in the wrong place.
fn wrong(node: &Node<'_>, wanted: &str, instead: &str, report: &mut Report<'_>) {
    let found = match node.value.get_ref() {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "an integer",
        DeValue::Float(_) => "a number with a fraction",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    };
    report.add(&node.at(), &node.path, format!("it is {found}, where {wanted} belongs"), instead);
}

fn count(node: &Node<'_>, range: std::ops::RangeInclusive<u64>, key: &Key, report: &mut Report<'_>) {
    let number = node.value.get_ref().as_integer().and_then(unsigned);
    if number.is_some_and(|number| range.contains(&number)) {
        return;
    }
    let unit = if key.unit.is_empty() { String::new() } else { format!(" {}", key.unit) };
    let instead = format!("write a number from {} to {}{unit}", range.start(), range.end());
    report.add(&node.at(), &node.path, "it is out of range", instead);
}

fn choice(node: &Node<'_>, words: &[&str], report: &mut Report<'_>) {
    let word = node.text().unwrap_or_default();
    if words.contains(&word) {
        return;
    }
    let instead = match nearest(word, words) {
        Some(word) => format!("write \"{word}\""),
        None => format!("write one of \"{}\"", words.join("\", \"")),
    };
    report.add(&node.at(), &node.path, "it is none of the words known here", instead);
}

fn path(node: &Node<'_>, example: &str, report: &mut Report<'_>) {
    let text = node.text().unwrap_or_default();
    if text.is_empty() {
        report.add(&node.at(), &node.path, "it is empty", example);
    } else if text.chars().any(char::is_control) {
        report.add(&node.at(), &node.path, "it holds a control character", example);
    }
}
