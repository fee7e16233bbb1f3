//! `tls`: whom a target's endpoints must prove to be.

use std::path::Path;

use super::fault::Report;
use super::node::Node;
use super::plugin::parse_digest;
use super::read;
use crate::capability::net::Trust;

/// Roots in a file, pins, or else the system's roots.
pub(super) fn read(target: &Node<'_>, directory: &Path, report: &mut Report<'_>) -> Trust {
    let Some(node) = target.get("tls") else { return Trust::SystemRoots };
    let pins = node.get("pin-sha256");
    if let (Some(pins), Some(_)) = (&pins, node.get("ca")) {
        let instead = "write only one: a pinned certificate is trusted by itself";
        report.add(&pins.key_at, &pins.path, "it stands beside `ca`", instead);
    }
    match (pins, read::resolve(&node, "ca", directory)) {
        (Some(entry), _) => Trust::Pins(read_pins(&entry, report)),
        (None, Some(file)) => Trust::CaFile(file),
        (None, None) => Trust::SystemRoots,
    }
}

fn read_pins(entry: &Node<'_>, report: &mut Report<'_>) -> Vec<[u8; 32]> {
    let items = if entry.value.get_ref().is_array() { entry.items() } else { vec![entry.clone()] };
    if items.is_empty() {
        report.add(&entry.at(), &entry.path, "no certificate is pinned", "write a digest, or remove the key");
    }
    let mut pins = Vec::new();
    for item in items {
        let Some(text) = item.text() else { continue };
        match parse_digest(text) {
            Some(pin) => pins.push(pin),
            None => report.add(
                &item.at(),
                &item.path,
                "it is not a SHA-256",
                "write the 64 hexadecimal digits that `openssl x509 -in FILE -outform DER | sha256sum` prints",
            ),
        }
    }
    pins
}
