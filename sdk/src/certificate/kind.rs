//! The kind of the leaf's key, which many a target is picky about.

use alloc::format;

use crate::certificate::der::{element, tagged};
use crate::certificate::ders;
use crate::{Certificate, Failure};

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OBJECT: u8 = 0x06;
/// `[0] EXPLICIT Version`, which only v1 certificates lack.
const VERSION: u8 = 0xa0;

/// rsaEncryption (RFC 8017).
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
/// id-ecPublicKey, secp256r1, secp384r1, secp521r1 (RFC 5480).
const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const P384: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x22];
const P521: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x23];
/// id-Ed25519 (RFC 8410).
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];

/// Refuses an Ed25519 key for a product that takes none, before the product is asked anything.
///
/// # Errors
///
/// `rejected`, in words that name the product.
pub fn no_ed25519(certificate: &Certificate, product: &str) -> Result<(), Failure> {
    if key_kind(&certificate.leaf_pem) == Some(KeyKind::Ed25519) {
        let text = format!("{product} takes RSA and ECDSA keys, and this one is Ed25519");
        return Err(Failure::Rejected(text));
    }
    Ok(())
}

/// A kind of key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// RSA with a modulus of so many bits.
    Rsa(usize),
    /// ECDSA on P-256.
    P256,
    /// ECDSA on P-384.
    P384,
    /// ECDSA on P-521.
    P521,
    /// Ed25519.
    Ed25519,
}

impl KeyKind {
    /// Whether it is an elliptic curve's key for ECDSA.
    #[must_use]
    pub fn is_ecdsa(self) -> bool {
        matches!(self, Self::P256 | Self::P384 | Self::P521)
    }
}

impl core::fmt::Display for KeyKind {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Rsa(bits) => write!(f, "RSA {bits}"),
            Self::P256 => f.write_str("P-256"),
            Self::P384 => f.write_str("P-384"),
            Self::P521 => f.write_str("P-521"),
            Self::Ed25519 => f.write_str("Ed25519"),
        }
    }
}

/// The kind of the key in the first certificate of a PEM text; `None` for one that is none of these, or no certificate.
#[must_use]
pub fn key_kind(leaf_pem: &str) -> Option<KeyKind> {
    let der = ders(leaf_pem).into_iter().next()?;
    let (certificate, _) = tagged(&der, SEQUENCE)?;
    let (mut rest, _) = tagged(certificate, SEQUENCE)?;
    if let Some((_, after)) = tagged(rest, VERSION) {
        rest = after;
    }
    // Serial number, signature algorithm, issuer, validity, subject (RFC 5280, 4.1).
    for _ in 0..5 {
        (_, rest) = element(rest)?;
    }
    let (key_info, _) = tagged(rest, SEQUENCE)?;
    let (algorithm, key) = tagged(key_info, SEQUENCE)?;
    let (name, parameters) = tagged(algorithm, OBJECT)?;
    match name {
        ED25519 => Some(KeyKind::Ed25519),
        RSA => modulus_bits(key).map(KeyKind::Rsa),
        EC => match tagged(parameters, OBJECT)?.0 {
            P256 => Some(KeyKind::P256),
            P384 => Some(KeyKind::P384),
            P521 => Some(KeyKind::P521),
            _ => None,
        },
        _ => None,
    }
}

fn modulus_bits(key: &[u8]) -> Option<usize> {
    let (bits, _) = tagged(key, BIT_STRING)?;
    let (_unused, bits) = bits.split_first()?;
    let (numbers, _) = tagged(bits, SEQUENCE)?;
    let (modulus, _) = tagged(numbers, INTEGER)?;
    let significant = modulus.iter().position(|byte| *byte != 0).and_then(|start| modulus.get(start..))?;
    let first = significant.first()?;
    Some(significant.len() * 8 - usize::try_from(first.leading_zeros()).ok()?)
}
