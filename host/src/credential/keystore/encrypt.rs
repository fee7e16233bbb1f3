//! Encryption under a passphrase: PBES2 (RFC 8018), and the older scheme of PKCS#12 for those who know no other.

use aes::Aes256;
use cbc::Encryptor;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeEncrypt, KeyIvInit};
use des::TdesEde3;
use pbkdf2::pbkdf2_hmac;
use pkcs8::ObjectIdentifier;
use sha1::Sha1;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::KeystoreError;
use super::asn1::{Der, integer, null, octets, oid, sequence};
use super::derive::Salts;
use super::kdf::{self, Use};

/// What keytool writes. OpenSSL writes a fifth of it unless it is told.
pub(super) const ITERATIONS: u32 = 10_000;

const PBES2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.5.13");
const PBKDF2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.5.12");
const HMAC_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.2.9");
const AES256_CBC: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.1.42");
const PBE_SHA1_3DES: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.1.3");

/// A ciphertext with how it was made.
pub(super) struct Encrypted {
    /// `AlgorithmIdentifier`, DER.
    pub(super) algorithm: Vec<u8>,
    pub(super) ciphertext: Vec<u8>,
}

impl Encrypted {
    /// `EncryptedPrivateKeyInfo` (RFC 5958), where the plaintext was a PKCS#8 key.
    pub(super) fn private_key_info(self) -> Der {
        sequence([Ok(self.algorithm), octets(&self.ciphertext)])
    }
}

/// AES-256-CBC under PBKDF2-HMAC-SHA256. `label` names the part of the store.
pub(super) fn pbes2(
    passphrase: &str,
    plaintext: &[u8],
    salts: &Salts,
    label: &str,
) -> Result<Encrypted, KeystoreError> {
    let salt: [u8; 16] = salts.bytes(label, "salt")?;
    let iv: [u8; 16] = salts.bytes(label, "iv")?;
    let mut key = Zeroizing::new([0_u8; 32]);
    pbkdf2_hmac::<Sha256>(passphrase.as_bytes(), &salt, ITERATIONS, key.as_mut_slice());
    let prf = sequence([oid(HMAC_SHA256), null()]);
    let kdf = sequence([oid(PBKDF2), sequence([octets(&salt), integer(ITERATIONS), prf])]);
    let cipher = sequence([oid(AES256_CBC), octets(&iv)]);
    Ok(Encrypted {
        algorithm: sequence([oid(PBES2), sequence([kdf, cipher])])?,
        ciphertext: Encryptor::<Aes256>::new((&*key).into(), (&iv).into())
            .encrypt_padded_vec::<Pkcs7>(plaintext),
    })
}

/// `pbeWithSHAAnd3-KeyTripleDES-CBC` (RFC 7292, appendix C).
pub(super) fn pbe_sha1_3des(
    passphrase: &str,
    plaintext: &[u8],
    salts: &Salts,
    label: &str,
) -> Result<Encrypted, KeystoreError> {
    let salt: [u8; 16] = salts.bytes(label, "salt")?;
    let key = kdf::derive::<Sha1, 24>(Use::Key, passphrase, &salt, ITERATIONS);
    let iv = kdf::derive::<Sha1, 8>(Use::Vector, passphrase, &salt, ITERATIONS);
    Ok(Encrypted {
        algorithm: sequence([oid(PBE_SHA1_3DES), sequence([octets(&salt), integer(ITERATIONS)])])?,
        ciphertext: Encryptor::<TdesEde3>::new((&*key).into(), (&*iv).into())
            .encrypt_padded_vec::<Pkcs7>(plaintext),
    })
}
