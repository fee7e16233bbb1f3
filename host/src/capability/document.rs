//! Documents: content that leaves the sandbox, with places that only the host fills in.

use std::fmt;

use crate::credential::KeyFormat;

/// Something secret that a connector may place but never see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretRef {
    /// The credential's private key, as PEM.
    PrivateKey(KeyFormat),
    /// The private key as encrypted PKCS#8 PEM (RFC 5958) under the named passphrase.
    EncryptedPrivateKey(String),
    /// A PKCS#12 file (RFC 7292) with leaf, chain and key.
    Pkcs12 {
        /// Friendly name of the entry.
        alias: String,
        /// Name of the secret that protects the store.
        password: String,
    },
    /// A Java KeyStore file with leaf, chain and key.
    Jks {
        /// Alias of the entry.
        alias: String,
        /// Name of the secret that protects the store.
        password: String,
    },
    /// One of the target's secrets, by name.
    Named(String),
    /// A random passphrase of this deployment alone.
    Ephemeral(String),
}

impl fmt::Display for SecretRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PrivateKey(KeyFormat::Pkcs8) => f.write_str("private key"),
            Self::PrivateKey(KeyFormat::Traditional) => f.write_str("private key, traditional"),
            Self::EncryptedPrivateKey(passphrase) => write!(f, "private key, encrypted under `{passphrase}`"),
            Self::Pkcs12 { alias, password } => write!(f, "PKCS#12 store `{alias}` under `{password}`"),
            Self::Jks { alias, password } => write!(f, "Java keystore `{alias}` under `{password}`"),
            Self::Named(name) => write!(f, "secret `{name}`"),
            Self::Ephemeral(name) => write!(f, "ephemeral secret `{name}`"),
        }
    }
}

/// How a sealed part is written where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// As it is.
    Raw,
    /// RFC 4648, with padding, without line breaks.
    Base64,
    /// Escaped for use between the quotes of a JSON string (RFC 8259).
    Json,
    /// Percent-encoded (RFC 3986): everything but the unreserved characters.
    Url,
    /// Escaped for XML character data.
    Xml,
}

/// One piece of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A place that the host fills in.
    Sealed {
        /// What goes here.
        secret: SecretRef,
        /// How it is written.
        encoding: Encoding,
    },
    /// In a request header only: the body's length in bytes plus this.
    BodyLength(i64),
}

/// Content, one part after the other.
pub type Document = Vec<Part>;

/// Whether any part is sealed.
#[must_use]
pub fn has_sealed(document: &Document) -> bool {
    document.iter().any(|part| matches!(part, Part::Sealed { .. }))
}
