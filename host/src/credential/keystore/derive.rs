//! Salts and vectors are derived from everything that a store holds, not drawn.
//!
//! Drawn salts would make a new file of the same credential each time, and the target would be reloaded for nothing.
//! A constant one would be worse: the cipher of a Java KeyStore is a key stream, so that two keys under
//! one passphrase and one salt give their XOR away. Derived from the contents, two stores share a salt only if they
//! are equal, and what an observer learns is just that: whether two files are equal.
//!
//! Salts stand in the file. So that they are no quicker way to try passphrases than the file itself, for somebody
//! who knows the key, the passphrase goes in through PBKDF2.

use hkdf::{Hkdf, HkdfExtract};
use pbkdf2::pbkdf2_hmac;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::encrypt::ITERATIONS;
use super::{Entry, KeystoreError};

pub(super) struct Salts(Hkdf<Sha256>);

impl Salts {
    /// For the store of this entry. `purpose` tells the kinds of store and their parameters apart.
    pub(super) fn new(purpose: &str, entry: &Entry<'_>) -> Self {
        let mut stretched = Zeroizing::new([0_u8; 32]);
        let salt = Sha256::digest(entry.key);
        pbkdf2_hmac::<Sha256>(entry.passphrase.as_bytes(), &salt, ITERATIONS, stretched.as_mut_slice());
        let mut extract = HkdfExtract::<Sha256>::new(Some(b"lastmile keystore salts 1"));
        // Each with its length before it: no two lists of contents run together to the same bytes.
        let mut add = |bytes: &[u8]| {
            extract.input_ikm(&(bytes.len() as u64).to_be_bytes());
            extract.input_ikm(bytes);
        };
        add(purpose.as_bytes());
        add(stretched.as_slice());
        add(entry.alias.as_bytes());
        add(entry.key);
        entry.certificates().for_each(add);
        Self(extract.finalize().1)
    }

    /// The salt or vector that `label` names within the store.
    pub(super) fn bytes<const N: usize>(&self, label: &str, what: &str) -> Result<[u8; N], KeystoreError> {
        let mut bytes = [0; N];
        let info = [label.as_bytes(), b"/", what.as_bytes()];
        self.0.expand_multi_info(&info, &mut bytes).map_err(|_| KeystoreError::too_long())?;
        Ok(bytes)
    }
}
