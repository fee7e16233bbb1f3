//! The certificate, its chain and its private key: the only room that knows cryptography.
//!
//! Everything is proven before anything runs, because hardly any server proves it: that the material
//! parses, that the key belongs to the leaf, that each certificate signed the one before, and the dates.

mod key;
mod keystore;
mod names;
mod seal;

use std::time::{SystemTime, UNIX_EPOCH};

use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use sha2::{Digest, Sha256};
use thiserror::Error;
use x509_parser::prelude::{FromDer, X509Certificate};
use zeroize::Zeroizing;

pub use key::KeyFormat;
pub use keystore::{KeystoreError, Protection};
pub use seal::{Identity, SealError, seal};

use key::PrivateKey;

/// Bytes that are wiped when they are dropped, and that nothing prints.
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes the bytes over.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes themselves, for the moment in which they leave the host.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

/// Why a credential is not deployed. Whoever enqueued it is at fault.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum CredentialError {
    /// No certificate at all.
    #[error("the certificate holds no PEM block and no DER")]
    NoCertificate,
    /// It does not parse.
    #[error("certificate {position} does not parse: {reason}")]
    Certificate {
        /// 1 is the leaf.
        position: usize,
        /// The parser's word.
        reason: String,
    },
    /// The chain is broken or in the wrong order.
    #[error(
        "certificate {position} of the chain did not sign the one before it; the order is leaf first, then its issuer"
    )]
    ChainOrder {
        /// 1 is the leaf.
        position: usize,
    },
    /// The leaf's end is past.
    #[error(
        "the certificate expired at {0} s since 1970; allow-expired = true on the target deploys it all the same"
    )]
    Expired(u64),
    /// The leaf's begin is to come.
    #[error("the certificate is not valid before {0} s since 1970; is this machine's clock right?")]
    NotYetValid(u64),
    /// The key does not parse.
    #[error("the private key is none of PKCS#8, PKCS#1 or SEC1, as PEM or DER")]
    Key,
    /// The key needs a passphrase.
    #[error("the private key is encrypted; decrypt it before it is enqueued, it is sealed on the way")]
    KeyEncrypted,
    /// A key that lastmile does not carry.
    #[error("the key is none of RSA with 2048 to 4096 bits, ECDSA P-256 or P-384, Ed25519")]
    KeyKind,
    /// Key and leaf are of different pairs.
    #[error("the private key does not belong to the leaf certificate")]
    Mismatch,
    /// Clients of the target would not take it.
    #[error(
        "the certificate is for {names}, not for {wanted}, which the target's verify.server-name asks for: issue one \
         for that name, or write a name of the certificate there"
    )]
    Name {
        /// What the target is asked for.
        wanted: String,
        /// What the certificate has, or `none`.
        names: String,
    },
    /// There is no key to render.
    #[error("this credential holds no private key")]
    NoKey,
    /// Ed25519 has no traditional form.
    #[error("an Ed25519 key has no traditional form; use PKCS#8")]
    NoTraditionalForm,
}

/// A leaf certificate with its chain and, except in rehearsals, its private key.
pub struct Credential {
    leaf_der: Vec<u8>,
    chain_der: Vec<Vec<u8>>,
    leaf_pem: String,
    chain_pem: String,
    fingerprint: String,
    serial: String,
    subject: String,
    names: Vec<String>,
    not_before: u64,
    not_after: u64,
    warnings: Vec<String>,
    key: Option<PrivateKey>,
}

impl Credential {
    /// Parses and proves the material.
    ///
    /// `certificate` may hold the chain behind the leaf; `chain` adds to it. `allow_expired` turns a wrong
    /// date into a warning.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong.
    pub fn parse(
        certificate: &[u8],
        chain: &[u8],
        key: Option<&[u8]>,
        now: SystemTime,
        allow_expired: bool,
    ) -> Result<Self, CredentialError> {
        let mut ders = certificates(certificate)?;
        if ders.is_empty() {
            return Err(CredentialError::NoCertificate);
        }
        ders.extend(certificates(chain)?);
        let parsed = parse_all(&ders)?;
        prove_order(&parsed)?;
        let Some((leaf, leaf_der)) = parsed.first().zip(ders.first()) else {
            return Err(CredentialError::NoCertificate);
        };
        let key = key.map(|bytes| PrivateKey::parse(bytes, leaf)).transpose()?;
        let mut credential = Self {
            leaf_der: leaf_der.clone(),
            chain_der: ders.iter().skip(1).cloned().collect(),
            leaf_pem: key::pem("CERTIFICATE", leaf_der),
            chain_pem: ders.iter().skip(1).map(|der| key::pem("CERTIFICATE", der)).collect(),
            fingerprint: fingerprint(leaf_der),
            serial: hex::encode(leaf.raw_serial()),
            subject: leaf.subject().to_string(),
            names: names::of(leaf),
            not_before: u64::try_from(leaf.validity().not_before.timestamp()).unwrap_or(0),
            not_after: u64::try_from(leaf.validity().not_after.timestamp()).unwrap_or(0),
            warnings: Vec::new(),
            key,
        };
        credential.prove_dates(now, allow_expired)?;
        Ok(credential)
    }

    fn prove_dates(&mut self, now: SystemTime, allow_expired: bool) -> Result<(), CredentialError> {
        let now = now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let wrong = if now > self.not_after {
            CredentialError::Expired(self.not_after)
        } else if now < self.not_before {
            CredentialError::NotYetValid(self.not_before)
        } else {
            return Ok(());
        };
        if !allow_expired {
            return Err(wrong);
        }
        self.warnings.push(wrong.to_string());
        Ok(())
    }

    /// The leaf's DER.
    #[must_use]
    pub fn leaf_der(&self) -> &[u8] {
        &self.leaf_der
    }

    /// The leaf as one PEM block.
    #[must_use]
    pub fn leaf_pem(&self) -> &str {
        &self.leaf_pem
    }

    /// The chain without the leaf, PEM, the leaf's issuer first; empty where there is none.
    #[must_use]
    pub fn chain_pem(&self) -> &str {
        &self.chain_pem
    }

    /// SHA-256 of the leaf's DER, lower-case hex.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The same of each certificate of the chain.
    #[must_use]
    pub fn chain_fingerprints(&self) -> Vec<String> {
        self.chain_der.iter().map(|der| fingerprint(der)).collect()
    }

    /// The leaf's serial number, lower-case hex.
    #[must_use]
    pub fn serial(&self) -> &str {
        &self.serial
    }

    /// The leaf's subject.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The leaf's DNS names and IP addresses.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Begin of validity, seconds since 1970.
    #[must_use]
    pub const fn not_before(&self) -> u64 {
        self.not_before
    }

    /// End of validity, seconds since 1970.
    #[must_use]
    pub const fn not_after(&self) -> u64 {
        self.not_after
    }

    /// What the operator allowed but should know.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// The private key as PEM.
    ///
    /// # Errors
    ///
    /// There is no key, or it has no such form.
    pub fn private_key_pem(&self, format: KeyFormat) -> Result<Secret, CredentialError> {
        self.key.as_ref().ok_or(CredentialError::NoKey)?.to_pem(format)
    }
}

fn fingerprint(der: &[u8]) -> String {
    hex::encode(Sha256::digest(der))
}

/// DER of each certificate in PEM (with any text around it) or in one DER.
fn certificates(bytes: &[u8]) -> Result<Vec<Vec<u8>>, CredentialError> {
    if bytes.first() == Some(&0x30) {
        return Ok(vec![bytes.to_vec()]);
    }
    CertificateDer::pem_slice_iter(bytes)
        .enumerate()
        .map(|(index, der)| {
            der.map(|der| der.to_vec()).map_err(|error| CredentialError::Certificate {
                position: index + 1,
                reason: error.to_string(),
            })
        })
        .collect()
}

fn parse_all(ders: &[Vec<u8>]) -> Result<Vec<X509Certificate<'_>>, CredentialError> {
    ders.iter()
        .enumerate()
        .map(|(index, der)| {
            let fault = |reason: String| CredentialError::Certificate { position: index + 1, reason };
            let (rest, parsed) = X509Certificate::from_der(der).map_err(|error| fault(error.to_string()))?;
            if rest.is_empty() { Ok(parsed) } else { Err(fault("bytes follow it".to_owned())) }
        })
        .collect()
}

fn prove_order(parsed: &[X509Certificate<'_>]) -> Result<(), CredentialError> {
    for (index, pair) in parsed.windows(2).enumerate() {
        let [subject, issuer] = pair else { continue };
        let signed = subject.issuer().as_raw() == issuer.subject().as_raw()
            && subject.verify_signature(Some(issuer.public_key())).is_ok();
        if !signed {
            return Err(CredentialError::ChainOrder { position: index + 2 });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
