//! `[plugins.NAME.grant]`: each entry is parsed by its own type, whose error is the fault.

use std::fmt::Display;

use super::fault::Report;
use super::node::Node;
use super::writable::Write;
use crate::grant::{CommandError, CommandLine, Endpoint, EndpointError, Grant, PathError, PathPrefix};
use crate::sandbox::Granted;

/// The interfaces that are linked: those whose key stands there, whatever its list holds.
pub(super) fn linked(node: &Node<'_>) -> Granted {
    let stands = |power: &str, verb: &str| node.get(power).is_some_and(|power| power.get(verb).is_some());
    Granted { fs: stands("fs", "write"), net: stands("net", "dial"), process: stands("process", "exec") }
}

/// The grant. What may be written is added to `writes`, with its place.
pub(super) fn read(node: &Node<'_>, writes: &mut Vec<Write>, report: &mut Report<'_>) -> Grant {
    let list = |power: &str, verb: &str| {
        node.get(power).and_then(|power| power.get(verb)).map(|list| list.items()).unwrap_or_default()
    };
    let mut granted = Vec::new();
    let fs_write = entries(&list("fs", "write"), report, |item| {
        let parsed: Result<PathPrefix, PathError> = item.text()?.parse();
        if let Ok(prefix) = &parsed {
            granted.push(Write { at: item.at(), key: item.path.clone(), prefix: prefix.clone() });
        }
        Some(
            parsed
                .map_err(|error| told(&error, "write for example \"/etc/nginx/tls/\" or \"/etc/site.pem\"")),
        )
    });
    writes.append(&mut granted);
    let net_dial = entries(&list("net", "dial"), report, |item| Some(endpoint(item.text()?)));
    let process_exec = entries(&list("process", "exec"), report, |item| {
        let argv: Option<Vec<String>> =
            item.items().iter().map(|arg| arg.text().map(str::to_owned)).collect();
        // A line that is no list was reported by `check`; an empty list is the parser's to refuse.
        let argv = argv.filter(|_| item.value.get_ref().is_array())?;
        Some(CommandLine::new(argv).map_err(|error: CommandError| {
            told(&error, "write for example [\"/usr/sbin/nginx\", \"-s\", \"reload\"]")
        }))
    });
    Grant { fs_write, net_dial, process_exec }
}

/// What is wrong and what to write instead.
type Told = (String, String);

/// The parser's text often says itself what to write, after its own semicolon.
fn told(error: &impl Display, otherwise: &str) -> Told {
    let text = error.to_string();
    match text.rsplit_once("; ") {
        Some((message, instead)) if instead.starts_with("write ") || instead.starts_with("name ") => {
            (message.to_owned(), instead.to_owned())
        }
        _ => (text, otherwise.to_owned()),
    }
}

fn endpoint(text: &str) -> Result<Endpoint, Told> {
    // Never echoed: what stands before the `@` may be a password.
    if text.contains('@') {
        let message = "it holds a user or a password".to_owned();
        return Err((message, "write the endpoint alone; credentials go to the target's `auth`".to_owned()));
    }
    text.parse()
        .map_err(|error: EndpointError| told(&error, "write for example \"https://host.example:8443\""))
}

fn entries<T: PartialEq>(
    items: &[Node<'_>],
    report: &mut Report<'_>,
    mut parse: impl FnMut(&Node<'_>) -> Option<Result<T, Told>>,
) -> Vec<T> {
    let mut list: Vec<T> = Vec::new();
    for item in items {
        match parse(item) {
            None => {}
            Some(Err((message, instead))) => report.add(&item.at(), &item.path, message, instead),
            Some(Ok(entry)) if list.contains(&entry) => {
                report.add(&item.at(), &item.path, "it is granted twice", "remove one of the two");
            }
            Some(Ok(entry)) => list.push(entry),
        }
    }
    list
}
