//! PKCS#12 (RFC 7292): the certificates encrypted, the key encrypted by itself, a MAC over both.

use hmac::{EagerHash, Hmac, KeyInit, Mac};
use pkcs8::ObjectIdentifier;
use sha1::Sha1;
use sha2::digest::block_api::BlockSizeUser;
use sha2::{Digest, Sha256};

use super::asn1::{Der, bmp_string, explicit, implicit_octets, integer, null, octets, oid, sequence, set};
use super::derive::Salts;
use super::encrypt::{self, Encrypted, ITERATIONS};
use super::kdf::{self, Use};
use super::{Entry, KeystoreError, Protection, utf16};

const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
const ENCRYPTED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.6");
const SHROUDED_KEY_BAG: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.2");
const CERTIFICATE_BAG: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.3");
const X509_CERTIFICATE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.22.1");
const FRIENDLY_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.20");
const LOCAL_KEY_ID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.21");
const SHA1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.14.3.2.26");
const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");

pub(super) fn render(entry: &Entry<'_>, protection: Protection) -> Result<Vec<u8>, KeystoreError> {
    let purpose = match protection {
        Protection::Modern => "PKCS#12, PBES2",
        Protection::Legacy => "PKCS#12, PBE-SHA1-3DES",
    };
    let salts = Salts::new(purpose, entry);
    let encrypt = |plaintext: &[u8], label: &str| match protection {
        Protection::Modern => encrypt::pbes2(entry.passphrase, plaintext, &salts, label),
        Protection::Legacy => encrypt::pbe_sha1_3des(entry.passphrase, plaintext, &salts, label),
    };
    let certificates = encrypt(&certificate_bags(entry)?, "certificates")?;
    let key = key_bag(entry, encrypt(entry.key, "key")?);
    let safe = sequence([encrypted_data(certificates), data(&sequence([key])?)])?;
    let salt: [u8; 16] = salts.bytes("mac", "salt")?;
    let mac = match protection {
        Protection::Modern => mac_data(SHA256, &mac::<Sha256, 32>(entry.passphrase, &salt, &safe)?, &salt),
        Protection::Legacy => mac_data(SHA1, &mac::<Sha1, 20>(entry.passphrase, &salt, &safe)?, &salt),
    };
    Ok(sequence([integer(3), data(&safe), mac])?)
}

fn certificate_bags(entry: &Entry<'_>) -> Der {
    let bag = |(position, der): (usize, &[u8])| {
        let certificate = explicit(sequence([oid(X509_CERTIFICATE), explicit(octets(der))]));
        // The leaf alone answers to the key: names on the others would be further entries to some readers.
        let attributes = (position == 0).then(|| attributes(entry));
        sequence([oid(CERTIFICATE_BAG), certificate].into_iter().chain(attributes))
    };
    sequence(entry.certificates().enumerate().map(bag))
}

fn key_bag(entry: &Entry<'_>, key: Encrypted) -> Der {
    sequence([oid(SHROUDED_KEY_BAG), explicit(key.private_key_info()), attributes(entry)])
}

/// The alias, and what ties the key to its leaf: the SHA-1 of the leaf, as OpenSSL and Windows have it.
fn attributes(entry: &Entry<'_>) -> Der {
    let attribute = |name, value| sequence([oid(name), set([value])]);
    set([
        attribute(FRIENDLY_NAME, bmp_string(&utf16(entry.alias))),
        attribute(LOCAL_KEY_ID, octets(&Sha1::digest(entry.leaf))),
    ])
}

/// `ContentInfo` of plain content.
fn data(content: &[u8]) -> Der {
    sequence([oid(DATA), explicit(octets(content))])
}

/// `ContentInfo` of encrypted content.
fn encrypted_data(content: Encrypted) -> Der {
    let info = sequence([oid(DATA), Ok(content.algorithm), implicit_octets(&content.ciphertext)]);
    sequence([oid(ENCRYPTED_DATA), explicit(sequence([integer(0), info]))])
}

fn mac<D, const N: usize>(passphrase: &str, salt: &[u8], safe: &[u8]) -> Result<Vec<u8>, KeystoreError>
where
    D: Digest + BlockSizeUser + EagerHash,
{
    let key = kdf::derive::<D, N>(Use::Mac, passphrase, salt, ITERATIONS);
    let mac = Hmac::<D>::new_from_slice(key.as_slice()).map_err(|_| KeystoreError::too_long())?;
    Ok(mac.chain_update(safe).finalize().into_bytes().to_vec())
}

fn mac_data(digest: ObjectIdentifier, mac: &[u8], salt: &[u8]) -> Der {
    let algorithm = sequence([oid(digest), null()]);
    sequence([sequence([algorithm, octets(mac)]), octets(salt), integer(ITERATIONS)])
}
