//! Documents: content that leaves the sandbox, with places that only the host fills in.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::{Certificate, Encoding, KeyFormat, Keystore, Part, Passphrase, Sealed, Secret};

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

/// The private key as encrypted PKCS#8 PEM, for a target that wants it under a passphrase.
///
/// ```
/// use lastmile_sdk::{document, testing};
/// // For a target with `secrets = { passphrase = "file:…" }`.
/// let key = [document::encrypted_private_key("passphrase")];
/// assert_eq!(testing::render(&key), "«private key under passphrase»");
/// ```
#[must_use]
pub fn encrypted_private_key(passphrase: impl Into<Passphrase>) -> Part {
    sealed(Secret::EncryptedPrivateKey(passphrase.into()), Encoding::Raw)
}

/// A PKCS#12 file with the key, the leaf and its chain.
///
/// The same credential, alias and passphrase give the same bytes, so that writing it again is `Unchanged`. Java
/// takes printable ASCII alone for the passphrase of a PKCS#12 file.
///
/// ```
/// use lastmile_sdk::{Passphrase, document, testing};
/// let store = [document::pkcs12("site", "password")];
/// assert_eq!(testing::render(&store), "«PKCS#12 site under password»");
/// // For one transport only; place `Secret::Ephemeral` of the same name where it is to be typed.
/// let once = [document::pkcs12("site", Passphrase::Ephemeral("transport".into()))];
/// assert_eq!(testing::render(&once), "«PKCS#12 site under ephemeral transport»");
/// ```
#[must_use]
pub fn pkcs12(alias: &str, password: impl Into<Passphrase>) -> Part {
    sealed(Secret::Pkcs12(keystore(alias, password)), Encoding::Raw)
}

/// [`pkcs12`] with the ciphers of old: Windows Server 2016, Java before 8u301. Only where the operator's
/// configuration asks for it.
#[must_use]
pub fn pkcs12_legacy(alias: &str, password: impl Into<Passphrase>) -> Part {
    sealed(Secret::Pkcs12Legacy(keystore(alias, password)), Encoding::Raw)
}

/// A Java KeyStore file (JKS) with the key, the leaf and its chain. Its cipher is weak: [`pkcs12`] is read by
/// every Java since 8u301.
#[must_use]
pub fn jks(alias: &str, password: impl Into<Passphrase>) -> Part {
    sealed(Secret::Jks(keystore(alias, password)), Encoding::Raw)
}

fn keystore(alias: &str, password: impl Into<Passphrase>) -> Keystore {
    Keystore { alias: alias.to_owned(), password: password.into() }
}

/// A name alone is that of one of the target's secrets.
impl From<&str> for Passphrase {
    fn from(name: &str) -> Self {
        Self::Named(name.to_owned())
    }
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
    crate::certificate::ders(pem).into_iter().next()
}
