//! Keystores and encrypted keys: for targets that read their private key under a passphrase.
//!
//! The same credential under the same alias and passphrase is always the same bytes, so that a target which
//! holds them already is left alone. `derive` says how that is safe.

mod asn1;
mod derive;
mod encrypt;
mod jks;
mod kdf;
mod pkcs12;

use pkcs8::der;
use thiserror::Error;
use zeroize::Zeroizing;

use super::{Credential, CredentialError, Secret, key};

/// Characters of the longest alias: readers are told it in a line of configuration.
const LONGEST_ALIAS: usize = 255;

/// Why a keystore or an encrypted key cannot be rendered.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum KeystoreError {
    /// Nothing protects the key.
    #[error("its passphrase is empty and would protect nothing; give that secret of the target a value")]
    EmptyPassphrase,
    /// No reader could be given it.
    #[error("its passphrase is not UTF-8; readers take text, so give that secret of the target a text")]
    PassphraseNotText,
    /// Readers could not find the entry.
    #[error("its alias {0:?} must be 1 to {LONGEST_ALIAS} characters, none of them a control character")]
    Alias(String),
    /// There is no key.
    #[error(transparent)]
    Credential(#[from] CredentialError),
    /// A part is too long for its length field.
    #[error("its parts do not fit: {0}")]
    Encoding(#[from] der::Error),
}

impl KeystoreError {
    fn too_long() -> Self {
        Self::Encoding(der::ErrorKind::Overflow.into())
    }
}

/// How a PKCS#12 file is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protection {
    /// PBES2 with AES-256-CBC and PBKDF2-HMAC-SHA256, a SHA-256 MAC: Java 8u301, Windows Server 2019, OpenSSL 1.1
    /// and later.
    Modern,
    /// PBE-SHA1-3DES and a SHA-1 MAC, for what is older.
    Legacy,
}

/// What a store holds, and what it is locked with.
struct Entry<'a> {
    alias: &'a str,
    passphrase: &'a str,
    /// PKCS#8 DER.
    key: &'a [u8],
    leaf: &'a [u8],
    chain: &'a [Vec<u8>],
    /// Milliseconds since 1970.
    not_before: u64,
}

impl Entry<'_> {
    fn certificates(&self) -> impl Iterator<Item = &[u8]> {
        std::iter::once(self.leaf).chain(self.chain.iter().map(Vec::as_slice))
    }
}

impl Credential {
    /// A PKCS#12 file (RFC 7292) with the key, the leaf and its chain.
    ///
    /// The alias is the entry's `friendlyName`, which Java reads in lower case. Java takes printable ASCII alone
    /// for the passphrase of a PKCS#12 file; other readers take any text.
    ///
    /// # Errors
    ///
    /// There is no key, or alias or passphrase are unfit.
    pub fn pkcs12(
        &self,
        alias: &str,
        passphrase: &Secret,
        protection: Protection,
    ) -> Result<Secret, KeystoreError> {
        let entry = self.entry(alias, passphrase)?;
        pkcs12::render(&entry, protection).map(Secret::new)
    }

    /// A Java KeyStore file, version 2, with the key, the leaf and its chain.
    ///
    /// Its entry is dated with the begin of the leaf's validity. The alias is written in lower case: Java looks
    /// for no other.
    ///
    /// # Errors
    ///
    /// There is no key, or alias or passphrase are unfit.
    pub fn jks(&self, alias: &str, passphrase: &Secret) -> Result<Secret, KeystoreError> {
        let lower = alias.to_lowercase();
        let entry = self.entry(&lower, passphrase)?;
        jks::render(&entry).map(Secret::new)
    }

    /// The private key as encrypted PKCS#8 PEM (RFC 5958): PBES2 with AES-256-CBC and PBKDF2-HMAC-SHA256.
    ///
    /// # Errors
    ///
    /// There is no key, or the passphrase is unfit.
    pub fn encrypted_private_key_pem(&self, passphrase: &Secret) -> Result<Secret, KeystoreError> {
        // A key alone has no certificates to stand beside: a renewed leaf with the same key is the same file.
        let entry = Entry { alias: "", leaf: b"", chain: &[], not_before: 0, ..self.locked(passphrase)? };
        let salts = derive::Salts::new("encrypted PKCS#8, PBES2", &entry);
        let encrypted = encrypt::pbes2(entry.passphrase, entry.key, &salts, "key")?;
        let der = encrypted.private_key_info()?;
        Ok(Secret::new(key::pem("ENCRYPTED PRIVATE KEY", &der).into_bytes()))
    }

    fn entry<'a>(&'a self, alias: &'a str, passphrase: &'a Secret) -> Result<Entry<'a>, KeystoreError> {
        if !(1..=LONGEST_ALIAS).contains(&alias.chars().count()) || alias.contains(char::is_control) {
            return Err(KeystoreError::Alias(alias.to_owned()));
        }
        Ok(Entry { alias, ..self.locked(passphrase)? })
    }

    fn locked<'a>(&'a self, passphrase: &'a Secret) -> Result<Entry<'a>, KeystoreError> {
        let passphrase =
            std::str::from_utf8(passphrase.expose()).map_err(|_| KeystoreError::PassphraseNotText)?;
        if passphrase.is_empty() {
            return Err(KeystoreError::EmptyPassphrase);
        }
        Ok(Entry {
            alias: "",
            passphrase,
            key: self.key.as_ref().ok_or(CredentialError::NoKey)?.der(),
            leaf: &self.leaf_der,
            chain: &self.chain_der,
            not_before: self.not_before.saturating_mul(1000),
        })
    }
}

/// UTF-16, the high byte first: how both kinds of store know text.
fn utf16(text: &str) -> Zeroizing<Vec<u8>> {
    // A character of one byte in UTF-8 takes two here, every other at most as many as there: no growth, no copies.
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len() * 2));
    for unit in text.encode_utf16() {
        bytes.extend_from_slice(&unit.to_be_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests;
