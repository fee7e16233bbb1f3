//! Documents: content that leaves the sandbox, with places that only the host fills in.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::{Certificate, Encoding, KeyFormat, Part, Sealed, Secret};

/// Text as it is.
#[must_use]
pub fn text(text: &str) -> Part {
    Part::Text(text.to_owned())
}

/// The credential's private key as PKCS#8 PEM.
#[must_use]
pub fn private_key() -> Part {
    sealed(Secret::PrivateKey(KeyFormat::Pkcs8), Encoding::Raw)
}

/// A secret in an encoding.
#[must_use]
pub fn sealed(secret: Secret, encoding: Encoding) -> Part {
    Part::Sealed(Sealed { secret, encoding })
}

/// One of the target's secrets, by its name in plugins.toml.
#[must_use]
pub fn named(name: &str, encoding: Encoding) -> Part {
    sealed(Secret::Named(name.to_owned()), encoding)
}

/// Leaf and intermediates in one PEM text, leaf first, as RFC 8446 (4.4.2) sends them.
#[must_use]
pub fn full_chain(certificate: &Certificate) -> String {
    let mut pem = with_newline(&certificate.leaf_pem);
    pem.push_str(&with_newline(&certificate.chain_pem));
    pem
}

fn with_newline(pem: &str) -> String {
    let mut pem = pem.to_owned();
    if !pem.is_empty() && !pem.ends_with('\n') {
        pem.push('\n');
    }
    pem
}

/// Text for use between the quotes of a JSON string (RFC 8259), of something that is no secret.
#[must_use]
pub fn json(text: &str) -> String {
    let quoted = alloc::format!("{}", serde_json::Value::from(text));
    quoted.get(1..quoted.len() - 1).unwrap_or_default().to_owned()
}

/// Base64 with padding (RFC 4648), of something that is no secret.
#[must_use]
pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The DER of the first certificate in a PEM text (RFC 7468).
#[must_use]
pub fn first_der(pem: &str) -> Option<Vec<u8>> {
    let (_, after) = pem.split_once("-----BEGIN CERTIFICATE-----")?;
    let (body, _) = after.split_once("-----END CERTIFICATE-----")?;
    let body: String = body.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    STANDARD.decode(body).ok()
}
