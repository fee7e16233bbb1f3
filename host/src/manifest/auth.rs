//! `auth`: what the host adds to requests. Each kind has its own keys; those that name secrets must name
//! secrets of the same target.

use super::fault::Report;
use super::node::Node;
use super::schema;
use crate::capability::net::Auth;

/// What a key of a kind holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Plain,
    Secret,
    OptionalSecret,
}

type Shape = &'static [(&'static str, Part)];

fn shape(kind: &str) -> Option<Shape> {
    Some(match kind {
        "basic" => &[("username", Part::Plain), ("password", Part::Secret)],
        "bearer" => &[("token", Part::Secret)],
        "header" => &[("name", Part::Plain), ("value", Part::Secret)],
        "aws-sigv4" => &[
            ("region", Part::Plain),
            ("service", Part::Plain),
            ("access-key-id", Part::Secret),
            ("secret-access-key", Part::Secret),
            ("session-token", Part::OptionalSecret),
        ],
        _ => return None,
    })
}

/// What is added. `secrets` are the names of the target's secrets.
pub(super) fn read(node: &Node<'_>, secrets: &[&str], report: &mut Report<'_>) -> Auth {
    let kind = node.text_of("kind").unwrap_or_default();
    let Some(shape) = shape(kind) else { return Auth::None };
    foreign(node, kind, shape, report);
    for &(name, part) in shape {
        match node.get(name) {
            None if part == Part::OptionalSecret => {}
            None => {
                let path = format!("{}.{name}", node.path);
                let message = format!("it is missing for kind \"{kind}\"");
                report.add(&node.key_at, &path, message, format!("write {}", example(name)));
            }
            Some(entry) if part == Part::Plain => plain(&entry, report),
            Some(entry) => secret(&entry, secrets, report),
        }
    }
    build(node, kind)
}

fn example(name: &str) -> String {
    schema::find(&format!("targets.NAME.auth.{name}"))
        .map_or(String::new(), |key| format!("`{}`", key.example))
}

fn foreign(node: &Node<'_>, kind: &str, shape: Shape, report: &mut Report<'_>) {
    let known = schema::names("targets.NAME.auth");
    for entry in node.entries() {
        let belongs = entry.name == "kind" || shape.iter().any(|&(name, _)| name == entry.name);
        if !belongs && known.contains(&entry.name) {
            let names: Vec<&str> = shape.iter().map(|&(name, _)| name).collect();
            let instead = format!("remove it; this kind has {}", names.join(", "));
            report.add(&entry.key_at, &entry.path, format!("it does not belong to kind \"{kind}\""), instead);
        }
    }
}

fn plain(entry: &Node<'_>, report: &mut Report<'_>) {
    let Some(text) = entry.text() else { return };
    let mut fault = |message: &str, instead: &str| report.add(&entry.at(), &entry.path, message, instead);
    if text.is_empty() {
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
    }
}

/// A header's name, and none that the connection itself depends on.
fn is_header(name: &str) -> bool {
    let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    let own = ["host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer"];
    name.bytes().all(token) && !own.contains(&name.to_ascii_lowercase().as_str())
}

/// The text is never printed: it may be the secret itself, in the wrong place.
fn secret(entry: &Node<'_>, secrets: &[&str], report: &mut Report<'_>) {
    if entry.text().is_none_or(|text| secrets.contains(&text)) {
        return;
    }
    let instead = if secrets.is_empty() {
        format!(
            "add `secrets = {{ {} = \"env:NAME\" }}` to the target and write \"{}\"",
            entry.name, entry.name
        )
    } else {
        format!("write the name of one of them: {}", secrets.join(", "))
    };
    report.add(&entry.at(), &entry.path, "it is not the name of any of this target's secrets", instead);
}

fn build(node: &Node<'_>, kind: &str) -> Auth {
    let text = |name: &str| node.text_of(name).unwrap_or_default().to_owned();
    match kind {
        "basic" => Auth::Basic { username: text("username"), password: text("password") },
        "bearer" => Auth::Bearer { token: text("token") },
        "header" => Auth::Header { name: text("name"), value: text("value") },
        "aws-sigv4" => Auth::AwsSigv4 {
            region: text("region"),
            service: text("service"),
            access_key_id: text("access-key-id"),
            secret_access_key: text("secret-access-key"),
            session_token: node.text_of("session-token").map(str::to_owned),
        },
        _ => Auth::None,
    }
}
