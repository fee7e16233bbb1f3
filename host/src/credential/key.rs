//! The private key: parsed from any usual form, proven against the leaf, rendered as PEM.

use pkcs8::der::asn1::OctetStringRef;
use pkcs8::der::pem::LineEnding;
use pkcs8::der::{Decode, Encode};
use pkcs8::spki::AlgorithmIdentifierRef;
use pkcs8::{ObjectIdentifier, PrivateKeyInfoRef};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use sec1::{EcParameters, EcPrivateKey};
use x509_parser::prelude::X509Certificate;
use x509_parser::public_key::PublicKey;
use zeroize::Zeroizing;

use super::{CredentialError, Secret};

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// How a private key is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyFormat {
    /// `PRIVATE KEY` (RFC 5958).
    Pkcs8,
    /// `RSA PRIVATE KEY` (RFC 8017) or `EC PRIVATE KEY` (RFC 5915).
    Traditional,
}

/// A key that belongs to a leaf, as PKCS#8 DER.
pub(super) struct PrivateKey(Zeroizing<Vec<u8>>);

impl PrivateKey {
    /// Parses PEM or DER and proves that it is the leaf's.
    pub(super) fn parse(bytes: &[u8], leaf: &X509Certificate<'_>) -> Result<Self, CredentialError> {
        let key = Self(to_pkcs8(bytes)?);
        key.prove_kind(leaf)?;
        // ring proves that the key's own parts belong together; the public half must be the leaf's.
        let der = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.0.as_slice()));
        let signer =
            rustls::crypto::ring::sign::any_supported_type(&der).map_err(|_| CredentialError::KeyKind)?;
        let public = signer.public_key().ok_or(CredentialError::KeyKind)?;
        if public.as_ref() != leaf.public_key().raw {
            return Err(CredentialError::Mismatch);
        }
        Ok(key)
    }

    /// PKCS#8.
    pub(super) fn der(&self) -> &[u8] {
        &self.0
    }

    fn info(&self) -> Result<PrivateKeyInfoRef<'_>, CredentialError> {
        PrivateKeyInfoRef::from_der(&self.0).map_err(|_| CredentialError::Key)
    }

    fn prove_kind(&self, leaf: &X509Certificate<'_>) -> Result<(), CredentialError> {
        let algorithm = self.info()?.algorithm;
        let known = match algorithm.oid {
            RSA => match leaf.public_key().parsed() {
                Ok(PublicKey::RSA(key)) => (2048..=4096).contains(&key.key_size()),
                _ => return Err(CredentialError::Mismatch),
            },
            EC => algorithm.parameters_oid().is_ok_and(|curve| curve == P256 || curve == P384),
            other => other == ED25519,
        };
        if known { Ok(()) } else { Err(CredentialError::KeyKind) }
    }

    pub(super) fn to_pem(&self, format: KeyFormat) -> Result<Secret, CredentialError> {
        match format {
            KeyFormat::Pkcs8 => Ok(secret_pem("PRIVATE KEY", &self.0)),
            KeyFormat::Traditional => self.to_traditional(),
        }
    }

    fn to_traditional(&self) -> Result<Secret, CredentialError> {
        let info = self.info()?;
        match info.algorithm.oid {
            RSA => Ok(secret_pem("RSA PRIVATE KEY", info.private_key.as_bytes())),
            EC => {
                let curve = info.algorithm.parameters_oid().map_err(|_| CredentialError::Key)?;
                let mut inner =
                    EcPrivateKey::from_der(info.private_key.as_bytes()).map_err(|_| CredentialError::Key)?;
                // Inside PKCS#8 the curve stands outside; on its own the key must name it.
                inner.parameters = Some(EcParameters::NamedCurve(curve));
                let der = Zeroizing::new(inner.to_der().map_err(|_| CredentialError::Key)?);
                Ok(secret_pem("EC PRIVATE KEY", &der))
            }
            _ => Err(CredentialError::NoTraditionalForm),
        }
    }
}

fn to_pkcs8(bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, CredentialError> {
    let encrypted = |label: &[u8]| bytes.windows(label.len()).any(|window| window == label);
    if encrypted(b"BEGIN ENCRYPTED PRIVATE KEY") || encrypted(b"Proc-Type: 4,ENCRYPTED") {
        return Err(CredentialError::KeyEncrypted);
    }
    let key = if bytes.first() == Some(&0x30) {
        PrivateKeyDer::try_from(bytes).map_err(|_| CredentialError::Key)?.clone_key()
    } else {
        PrivateKeyDer::from_pem_slice(bytes).map_err(|_| CredentialError::Key)?
    };
    match &key {
        PrivateKeyDer::Pkcs8(der) => normalise(der.secret_pkcs8_der()),
        PrivateKeyDer::Pkcs1(der) => {
            let null = pkcs8::der::asn1::AnyRef::NULL;
            wrap(AlgorithmIdentifierRef { oid: RSA, parameters: Some(null) }, der.secret_pkcs1_der())
        }
        PrivateKeyDer::Sec1(der) => {
            let inner = EcPrivateKey::from_der(der.secret_sec1_der()).map_err(|_| CredentialError::Key)?;
            let Some(EcParameters::NamedCurve(curve)) = inner.parameters else {
                return Err(CredentialError::KeyKind);
            };
            wrap_ec(inner, curve)
        }
        _ => Err(CredentialError::Key),
    }
}

/// An EC key may repeat its curve inside, and any key may have attributes or its public half behind it, which OpenSSL 3.0
/// does not read. The same key must always be the same bytes, or a target would see a change where there is none.
fn normalise(der: &[u8]) -> Result<Zeroizing<Vec<u8>>, CredentialError> {
    let info = PrivateKeyInfoRef::from_der(der).map_err(|_| CredentialError::Key)?;
    if info.algorithm.oid != EC {
        return wrap(info.algorithm, info.private_key.as_bytes());
    }
    let curve = info.algorithm.parameters_oid().map_err(|_| CredentialError::KeyKind)?;
    let inner = EcPrivateKey::from_der(info.private_key.as_bytes()).map_err(|_| CredentialError::Key)?;
    wrap_ec(inner, curve)
}

fn wrap_ec(
    mut inner: EcPrivateKey<'_>,
    curve: ObjectIdentifier,
) -> Result<Zeroizing<Vec<u8>>, CredentialError> {
    inner.parameters = None;
    let der = Zeroizing::new(inner.to_der().map_err(|_| CredentialError::Key)?);
    wrap(AlgorithmIdentifierRef { oid: EC, parameters: Some((&curve).into()) }, &der)
}

fn wrap(algorithm: AlgorithmIdentifierRef<'_>, inner: &[u8]) -> Result<Zeroizing<Vec<u8>>, CredentialError> {
    let octets = OctetStringRef::new(inner).map_err(|_| CredentialError::Key)?;
    let der = PrivateKeyInfoRef::new(algorithm, octets).to_der().map_err(|_| CredentialError::Key)?;
    Ok(Zeroizing::new(der))
}

/// PEM with lines of 64 characters (RFC 7468).
pub(super) fn pem(label: &'static str, der: &[u8]) -> String {
    pkcs8::der::pem::encode_string(label, LineEnding::LF, der).unwrap_or_default()
}

fn secret_pem(label: &'static str, der: &[u8]) -> Secret {
    Secret::new(pem(label, der).into_bytes())
}
