//! `tls`: whom a target's endpoints must prove to be.

use std::path::Path;

use super::fault::Report;
use super::node::Node;
use super::plugin::parse_digest;
use super::{read, secrets};
use crate::capability::net::{ClientCertificate, Trust};

/// Roots in a file, pins, or else the system's roots.
pub(super) fn trust(target: &Node<'_>, directory: &Path, report: &mut Report<'_>) -> Trust {
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

/// Who the host is to them. Certificate and key come together.
pub(super) fn client(
    target: &Node<'_>,
    directory: &Path,
    names: &[&str],
    report: &mut Report<'_>,
) -> Option<ClientCertificate> {
    let node = target.get("tls")?;
    let (certificate, key) = (node.get("client-certificate"), node.get("client-key"));
    if let (Some(entry), None) | (None, Some(entry)) = (&certificate, &key) {
        let missing = if key.is_none() { "client-key" } else { "client-certificate" };
        let instead = format!("write `{missing}` too, or remove it");
        report.add(&entry.key_at, &entry.path, format!("it stands without `{missing}`"), instead);
    }
    let key = key?;
    secrets::reference(&key, names, report);
    let certificate = read::resolve(&node, "client-certificate", directory)?;
    Some(ClientCertificate { certificate, key: key.text()?.to_owned() })
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
