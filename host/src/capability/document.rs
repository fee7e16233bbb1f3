//! Documents: content that leaves the sandbox, with places that only the host fills in.

use std::fmt;

use crate::credential::{KeyFormat, Protection};

/// Something secret that a connector may place but never see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretRef {
    /// The credential's private key, as PEM.
    PrivateKey(KeyFormat),
    /// The private key under a passphrase.
    Locked(Locked),
    /// One of the target's secrets, by name.
    Named(String),
    /// A random passphrase of this deployment alone.
    Ephemeral(String),
}

/// The private key in a form that a passphrase opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Locked {
    /// Encrypted PKCS#8 PEM (RFC 5958).
    PrivateKey(Passphrase),
    /// A PKCS#12 file (RFC 7292) with leaf, chain and key.
    Pkcs12(Keystore, Protection),
    /// A Java KeyStore file with leaf, chain and key.
    Jks(Keystore),
}

/// How an entry is found in a store, and what the store is locked with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keystore {
    /// Name of the entry.
    pub alias: String,
    /// Passphrase of the store and of the key in it.
    pub password: Passphrase,
}

/// A secret that locks something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Passphrase {
    /// One of the target's secrets, by name.
    Named(String),
    /// A random passphrase of this deployment alone.
    Ephemeral(String),
}

impl fmt::Display for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(name) => write!(f, "`{name}`"),
            Self::Ephemeral(name) => write!(f, "ephemeral `{name}`"),
        }
    }
}

impl fmt::Display for Keystore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} under {}", self.alias, self.password)
    }
}

impl fmt::Display for Locked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PrivateKey(passphrase) => write!(f, "private key, encrypted under {passphrase}"),
            Self::Pkcs12(store, Protection::Modern) => write!(f, "PKCS#12 store {store}"),
            Self::Pkcs12(store, Protection::Legacy) => write!(f, "legacy PKCS#12 store {store}"),
            Self::Jks(store) => write!(f, "Java keystore {store}"),
        }
    }
}

impl fmt::Display for SecretRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PrivateKey(KeyFormat::Pkcs8) => f.write_str("private key"),
            Self::PrivateKey(KeyFormat::Traditional) => f.write_str("private key, traditional"),
            Self::Locked(locked) => locked.fmt(f),
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
