//! One value of a document: text, a place that the host fills in, or text and then such a place.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::http::escape;
use crate::http::writer::Writer;
use crate::{Encoding, KeyFormat, Keystore, Part, Passphrase, Secret, document};

/// The shortest session token that is looked for where a target repeats it.
const TOKEN: usize = 12;

/// One value. The document that it stands in escapes it.
///
/// ```
/// use lastmile_sdk::http::{Content, key, secret};
/// use lastmile_sdk::testing::render;
///
/// let bundle = Content::from("-----BEGIN CERTIFICATE-----…\n").then(key());
/// assert_eq!(render(&Vec::from(bundle)), "-----BEGIN CERTIFICATE-----…\n«private key»");
/// assert_eq!(render(&Vec::from(Content::from("Bearer ").then(secret("token")))), "Bearer «token»");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Content {
    text: String,
    secret: Option<Secret>,
}

/// The private key as PKCS#8 PEM.
#[must_use]
pub fn key() -> Secret {
    Secret::PrivateKey(KeyFormat::Pkcs8)
}

/// The private key as `RSA PRIVATE KEY` or `EC PRIVATE KEY`; an Ed25519 key has no such form.
#[must_use]
pub fn traditional_key() -> Secret {
    Secret::PrivateKey(KeyFormat::Traditional)
}

/// One of the target's secrets, by its name in plugins.toml.
#[must_use]
pub fn secret(name: &str) -> Secret {
    Secret::Named(name.to_string())
}

/// A PKCS#12 file with key, leaf and chain. For JSON and XML it is base64: [`Node::base64`](super::Node::base64).
#[must_use]
pub fn pkcs12(alias: &str, password: impl Into<Passphrase>) -> Secret {
    Secret::Pkcs12(Keystore { alias: alias.to_string(), password: password.into() })
}

impl Content {
    /// The text, and then what the host fills in.
    #[must_use]
    pub fn then(mut self, secret: Secret) -> Self {
        self.secret = Some(secret);
        self
    }

    /// The pieces of a header's text that are long enough to be a token: of `NAME=token; path=/`, of `Scheme token`.
    pub(crate) fn tokens(&self) -> impl Iterator<Item = String> {
        let pieces = self.text.split([' ', '=', ';', ',', '"']);
        pieces.filter(|piece| piece.len() >= TOKEN).map(ToString::to_string)
    }

    pub(crate) fn write(&self, writer: &mut Writer, encoding: Encoding) {
        match encoding {
            Encoding::Raw => writer.text(&self.text),
            Encoding::Json => writer.text(&document::json(&self.text)),
            Encoding::Url => writer.text(&escape::segment(&self.text)),
            Encoding::Xml => writer.text(&escape::xml(&self.text)),
            Encoding::Base64 => writer.text(&document::base64(self.aligned().as_bytes())),
        }
        if let Some(secret) = &self.secret {
            writer.sealed(secret, encoding);
        }
    }

    /// Base64 that something follows must end at a whole group of three bytes. Between two PEM blocks an empty line
    /// means nothing.
    fn aligned(&self) -> String {
        let mut text = self.text.clone();
        while self.secret.is_some() && !text.len().is_multiple_of(3) {
            text.push('\n');
        }
        text
    }
}

impl From<Secret> for Content {
    fn from(secret: Secret) -> Self {
        Self { text: String::new(), secret: Some(secret) }
    }
}

impl From<&str> for Content {
    fn from(text: &str) -> Self {
        Self { text: text.to_string(), secret: None }
    }
}

impl From<String> for Content {
    fn from(text: String) -> Self {
        Self { text, secret: None }
    }
}

impl From<&String> for Content {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

/// As it is: a header's value, a body, a file of a multipart body.
impl From<Content> for Vec<Part> {
    fn from(content: Content) -> Self {
        let mut writer = Writer::default();
        content.write(&mut writer, Encoding::Raw);
        writer.finish()
    }
}
