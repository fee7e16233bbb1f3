//! `auth`: what the host adds to requests. Each kind has its own keys; those that name secrets must name
//! secrets of the same target.

mod build;
mod shape;

use std::path::Path;

use super::fault::Report;
use super::node::Node;
use super::{schema, secrets};
use crate::capability::net::Auth;
use crate::capability::net::auth::{Loopback, TokenUrl};
use shape::{Field, Part};

/// What is added. `names` are the names of the target's secrets.
pub(super) fn read(node: &Node<'_>, directory: &Path, names: &[&str], report: &mut Report<'_>) -> Auth {
    let kind = node.text_of("kind").unwrap_or_default();
    let source = node.text_of("credentials");
    let Some(shape) = shape::of(kind, source) else { return Auth::None };
    let title = match source.filter(|_| kind == shape::AWS) {
        Some(source) => format!("kind \"{kind}\" with credentials = \"{source}\""),
        None => format!("kind \"{kind}\""),
    };
    foreign(node, &title, &shape, report);
    for field in &shape {
        match node.get(field.name) {
            Some(entry) => value(&entry, field.part, names, report),
            None if field.required => {
                let path = format!("{}.{}", node.path, field.name);
                let message = format!("it is missing for {title}");
                report.add(&node.key_at, &path, message, format!("write {}", example(field.name)));
            }
            None => {}
        }
    }
    build::auth(node, directory, kind).unwrap_or(Auth::None)
}

fn example(name: &str) -> String {
    schema::find(&format!("targets.NAME.auth.{name}"))
        .map_or(String::new(), |key| format!("`{}`", key.example))
}

fn foreign(node: &Node<'_>, title: &str, shape: &[Field], report: &mut Report<'_>) {
    let known = schema::names("targets.NAME.auth");
    for entry in node.entries() {
        let belongs = entry.name == "kind" || shape.iter().any(|field| field.name == entry.name);
        if !belongs && known.contains(&entry.name) {
            let names: Vec<&str> = shape.iter().map(|field| field.name).collect();
            let instead = format!("remove it; this kind has {}", names.join(", "));
            report.add(&entry.key_at, &entry.path, format!("it does not belong to {title}"), instead);
        }
    }
}

fn value(entry: &Node<'_>, part: Part, names: &[&str], report: &mut Report<'_>) {
    match part {
        Part::Secret => secrets::reference(entry, names, report),
        // What the schema says of it is all that there is to say.
        Part::Path | Part::Choice => {}
        Part::Plain => plain(entry, report),
        Part::Plains => {
            let items = if entry.value.get_ref().is_array() { entry.items() } else { vec![entry.clone()] };
            if items.is_empty() {
                let instead = format!("write for example {}", example(entry.name));
                report.add(&entry.at(), &entry.path, "it is empty", instead);
            }
            items.iter().for_each(|item| plain(item, report));
        }
        Part::Url => told(entry, |text| text.parse::<TokenUrl>().err(), report),
        Part::Loopback => told(entry, |text| text.parse::<Loopback>().err(), report),
    }
}

fn told(entry: &Node<'_>, fault: impl Fn(&str) -> Option<&'static str>, report: &mut Report<'_>) {
    if let Some(fault) = entry.text().and_then(fault) {
        let instead = format!("write for example {}", example(entry.name));
        report.add(&entry.at(), &entry.path, fault, instead);
    }
}

fn plain(entry: &Node<'_>, report: &mut Report<'_>) {
    let Some(text) = entry.text() else { return };
    let mut fault = |message: &str, instead: &str| report.add(&entry.at(), &entry.path, message, instead);
    if text.is_empty() && entry.name.is_empty() {
        fault("it is empty", "remove it");
    } else if text.is_empty() {
        fault("it is empty", &format!("write for example {}", example(entry.name)));
    } else if text.contains(char::is_control) {
        fault("it holds a control character", "write it without");
    } else if entry.name == "username" && text.contains(':') {
        fault(
            "a user's name cannot hold `:` here (RFC 7617)",
            "write the name alone; the password is a secret",
        );
    } else if entry.name == "name" && !is_header(text) {
        fault(
            "the host itself sets this header, or it is none",
            "write the name of another, for example \"X-Api-Key\"",
        );
    } else if entry.name == "region" && !is_region(text) {
        fault("it is no region", "write its name as AWS does, for example \"eu-central-1\"");
    } else if entry.name == "account" && text.contains(['/', '?', '#', '%']) {
        fault("it is no account", "write its e-mail address, or \"default\"");
    }
}

/// A header's name, and none that the connection itself depends on.
fn is_header(name: &str) -> bool {
    let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    let own = ["host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer"];
    name.bytes().all(token) && !own.contains(&name.to_ascii_lowercase().as_str())
}

/// It becomes a part of a host's name.
fn is_region(name: &str) -> bool {
    name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}
