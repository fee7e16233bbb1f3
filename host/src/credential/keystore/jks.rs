//! Java KeyStore, version 2, as the JDK's own provider writes it: for readers that take nothing else. Its
//! cipher is a SHA-1 key stream and its passphrase is not stretched; whoever can choose takes PKCS#12.

use pkcs8::ObjectIdentifier;
use sha1::{Digest, Sha1};
use zeroize::Zeroizing;

use super::asn1::{null, octets, oid, sequence};
use super::derive::Salts;
use super::{Entry, KeystoreError, utf16};

const MAGIC: [u8; 4] = [0xfe, 0xed, 0xfe, 0xed];
const VERSION: u32 = 2;
const PRIVATE_KEY_ENTRY: u32 = 1;
const KEY_PROTECTOR: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.42.2.17.1.1");

/// Between passphrase and store in the digest at the end: as old as Java.
const WHITENER: &[u8] = b"Mighty Aphrodite";

pub(super) fn render(entry: &Entry<'_>) -> Result<Vec<u8>, KeystoreError> {
    let passphrase = utf16(entry.passphrase);
    let salt: [u8; 20] = Salts::new("JKS 2", entry).bytes("key", "salt")?;
    let algorithm = sequence([oid(KEY_PROTECTOR), null()]);
    let key = sequence([algorithm, octets(&protect(&passphrase, &salt, entry.key))])?;
    let mut store = MAGIC.to_vec();
    for number in [VERSION, 1, PRIVATE_KEY_ENTRY] {
        store.extend_from_slice(&number.to_be_bytes());
    }
    put_text(&mut store, entry.alias)?;
    store.extend_from_slice(&entry.not_before.to_be_bytes());
    put_bytes(&mut store, &key)?;
    let certificates: Vec<&[u8]> = entry.certificates().collect();
    store.extend_from_slice(&length::<u32>(certificates.len())?.to_be_bytes());
    for certificate in certificates {
        put_text(&mut store, "X.509")?;
        put_bytes(&mut store, certificate)?;
    }
    let digest = Sha1::new().chain_update(&passphrase).chain_update(WHITENER).chain_update(&store);
    store.extend_from_slice(&digest.finalize());
    Ok(store)
}

/// The key XOR a stream of SHA-1 over the passphrase and the block before, with a digest that tells a wrong passphrase.
fn protect(passphrase: &[u8], salt: &[u8; 20], key: &[u8]) -> Vec<u8> {
    let digest = |bytes: &[u8]| Sha1::new().chain_update(passphrase).chain_update(bytes).finalize();
    let mut protected = salt.to_vec();
    let mut stream = Zeroizing::new(*salt);
    for piece in key.chunks(salt.len()) {
        *stream = digest(stream.as_slice()).into();
        protected.extend(piece.iter().zip(stream.iter()).map(|(plain, mask)| plain ^ mask));
    }
    protected.extend_from_slice(&digest(key));
    protected
}

/// Java's modified UTF-8: each UTF-16 unit by itself, behind its length in two bytes. There is no NUL in an alias.
fn put_text(store: &mut Vec<u8>, text: &str) -> Result<(), KeystoreError> {
    let mut bytes = Vec::with_capacity(text.len());
    for unit in text.encode_utf16() {
        let low = |shift: u32| (unit >> shift & 0x3f).to_be_bytes()[1] | 0x80;
        let [_, first] = unit.to_be_bytes();
        match unit {
            0..0x80 => bytes.push(first),
            0x80..0x800 => bytes.extend_from_slice(&[0xc0 | (unit >> 6) as u8, low(0)]),
            _ => bytes.extend_from_slice(&[0xe0 | (unit >> 12) as u8, low(6), low(0)]),
        }
    }
    store.extend_from_slice(&length::<u16>(bytes.len())?.to_be_bytes());
    store.extend_from_slice(&bytes);
    Ok(())
}

fn put_bytes(store: &mut Vec<u8>, bytes: &[u8]) -> Result<(), KeystoreError> {
    store.extend_from_slice(&length::<u32>(bytes.len())?.to_be_bytes());
    store.extend_from_slice(bytes);
    Ok(())
}

fn length<T: TryFrom<usize>>(length: usize) -> Result<T, KeystoreError> {
    T::try_from(length).map_err(|_| KeystoreError::too_long())
}
