//! The leaf's kind of key, in ACM's words. ACM's `KeyAlgorithm` knows no Ed25519.

use alloc::string::ToString;

use lastmile_sdk::{Failure, document};

/// SubjectPublicKeyInfo algorithms (RFC 3279, RFC 5480), as DER. None of them occurs elsewhere in a leaf.
const RSA: &[u8] =
    &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00, 0x03, 0x82];
const P256: &[u8] = &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const P384: &[u8] = &[0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22];

pub(crate) fn of(leaf_pem: &str) -> Result<&'static str, Failure> {
    let der = document::first_der(leaf_pem)
        .ok_or_else(|| Failure::Rejected("the leaf is no PEM certificate".to_string()))?;
    let at = |needle: &[u8]| der.windows(needle.len()).position(|window| window == needle);
    if at(P256).is_some() {
        return Ok("EC_prime256v1");
    }
    if at(P384).is_some() {
        return Ok("EC_secp384r1");
    }
    // The bit string's length tells the modulus: 15 bytes of frame around it.
    let length = at(RSA).and_then(|start| der.get(start + RSA.len()..start + RSA.len() + 2));
    match length {
        Some([0x01, 0x0f]) => Ok("RSA_2048"),
        Some([0x01, 0x8f]) => Ok("RSA_3072"),
        Some([0x02, 0x0f]) => Ok("RSA_4096"),
        _ => Err(Failure::Rejected(
            "ACM takes RSA 2048, 3072 and 4096, P-256 and P-384 keys, and this key is none of them"
                .to_string(),
        )),
    }
}
