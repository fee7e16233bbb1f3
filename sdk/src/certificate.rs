//! The deployment's certificate beside those that a target shows: comparing, naming, the kind of its key. No cryptography.

use alloc::string::String;
use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::Certificate;

mod der;
mod kind;
#[cfg(test)]
mod tests;
mod time;
mod versions;

pub use kind::{KeyKind, key_kind, no_ed25519};
pub use time::rfc3339;
pub use versions::Versions;

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// The certificates of a PEM text (RFC 7468), each as its own PEM text that ends in a line feed.
///
/// ```
/// let pem = "-----BEGIN CERTIFICATE-----\nAAEC\n-----END CERTIFICATE-----\nno certificate\n".repeat(2);
/// assert_eq!(lastmile_sdk::certificate::pems(&pem).len(), 2);
/// ```
#[must_use]
pub fn pems(text: &str) -> Vec<String> {
    bodies(text).map(|body| alloc::format!("{BEGIN}\n{}\n{END}\n", body.trim())).collect()
}

/// The certificates of a PEM text as DER, in order. What is no base64 is left out.
#[must_use]
pub fn ders(text: &str) -> Vec<Vec<u8>> {
    bodies(text).filter_map(der).collect()
}

fn bodies(text: &str) -> impl Iterator<Item = &str> {
    text.split(BEGIN).skip(1).filter_map(|after| after.split_once(END)).map(|(body, _)| body)
}

/// The DER of base64, whatever its line breaks: a PEM body, or a field of an answer.
#[must_use]
pub fn der(base64: &str) -> Option<Vec<u8>> {
    let base64: String = base64.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    STANDARD.decode(base64).ok()
}

/// The intermediates, each as its own PEM text.
#[must_use]
pub fn chain(certificate: &Certificate) -> Vec<String> {
    pems(&certificate.chain_pem)
}

/// Whether the first certificate of a PEM text is the deployment's leaf, byte for byte of its DER.
#[must_use]
pub fn same_leaf(pem: &str, certificate: &Certificate) -> bool {
    let theirs = ders(pem).into_iter().next();
    theirs.is_some() && theirs == ders(&certificate.leaf_pem).into_iter().next()
}

/// Whether a PEM text is the deployment's leaf and its whole chain, in order and without anything else.
#[must_use]
pub fn same_chain(pem: &str, certificate: &Certificate) -> bool {
    let mut ours = ders(&certificate.leaf_pem);
    ours.extend(ders(&certificate.chain_pem));
    !ours.is_empty() && ders(pem) == ours
}

/// Whether this is the leaf's SHA-256, in whatever way a target writes it: `AB:CD:…`, `SHA256/ab:cd:…`, `abcd…`.
///
/// ```
/// use lastmile_sdk::{certificate, testing};
/// let mut certificate = testing::deployment("{}").certificate;
/// certificate.fingerprint = "ab".repeat(32);
/// assert!(certificate::same_fingerprint(&format!("SHA256/{}", ["AB"; 32].join(":")), &certificate));
/// assert!(!certificate::same_fingerprint("ab:ab", &certificate));
/// ```
#[must_use]
pub fn same_fingerprint(text: &str, certificate: &Certificate) -> bool {
    let bare = text.rsplit(['/', '=', ' ']).next().unwrap_or_default();
    let hex: String = bare.chars().filter(char::is_ascii_hexdigit).collect();
    !hex.is_empty() && hex.eq_ignore_ascii_case(&certificate.fingerprint)
}

/// The first eight digits of the leaf's fingerprint, for names.
#[must_use]
pub fn fp8(certificate: &Certificate) -> &str {
    certificate.fingerprint.get(..8).unwrap_or(&certificate.fingerprint)
}
