//! The vault of one deployment: fills sealed parts in, and takes secrets out of whatever comes back.

mod encode;
mod render;
mod scrub;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use thiserror::Error;
use zeroize::Zeroizing;

pub(super) use self::encode::url as percent_encoded;
use self::scrub::Needles;
use super::document::{Document, Locked, Part, SecretRef};
use crate::credential::{Credential, CredentialError, KeyFormat, KeystoreError, Secret};

/// A document once it is filled in, in bytes. What a guest passes is counted, but a sealed part is small there.
const LONGEST: usize = 16 << 20;
/// What [`Vault::scrub_tail`] wants to see before the bytes that are kept.
pub const MARGIN: usize = 64 << 10;
/// Random passphrases of one deployment: each is looked for in every answer, in every encoding.
const EPHEMERALS: usize = 16;

/// A sealed part that cannot be filled in. The connector or its configuration is at fault.
#[derive(Debug, Error)]
pub enum FillError {
    /// The target has no secret of this name.
    #[error("the target has no secret `{0}`: add it to the target's `secrets` in plugins.toml")]
    Unknown(String),
    /// Something of the credential, in a rollback.
    #[error("a rollback has the target's own secrets, and not the {0}")]
    Gone(SecretRef),
    /// Alias or passphrase of a keystore are unfit.
    #[error("the {0}: {1}")]
    Keystore(Locked, KeystoreError),
    /// More keystores than a deployment can need.
    #[error("a deployment renders at most {0} keystores and encrypted keys")]
    TooMany(usize),
    /// More random passphrases than a deployment can need.
    #[error("a deployment makes at most {0} ephemeral secrets")]
    TooManyEphemerals(usize),
    /// One secret, placed too often.
    #[error("the document is longer than {0} bytes once its sealed parts are filled in")]
    TooLong(usize),
    /// The key has no such form.
    #[error(transparent)]
    Credential(#[from] CredentialError),
    /// Bytes that are no text, in an encoding of text.
    #[error("the {0} is not UTF-8 and cannot be written as {1}")]
    NotText(SecretRef, &'static str),
    /// `body-length` outside a request header.
    #[error("`body-length` stands in request headers only")]
    Misplaced,
    /// A header that would end early.
    #[error("a header value holds a line break, a NUL or another control character")]
    Header,
    /// The system gave no random bytes.
    #[error("the system has no random bytes: {0}")]
    Random(getrandom::Error),
}

/// The secrets of one deployment.
pub struct Vault {
    credential: Arc<Credential>,
    named: BTreeMap<String, Secret>,
    /// Whether only the target's own secrets are filled in.
    named_alone: bool,
    ephemeral: Mutex<BTreeMap<String, Arc<Secret>>>,
    rendered: render::Rendered,
    /// What the host came by on the way: tokens.
    learnt: Mutex<Vec<Zeroizing<Vec<u8>>>>,
    /// What to look for in answers: made when it is first needed, and anew after a secret was added.
    needles: Mutex<Option<Arc<Needles>>>,
}

impl Vault {
    /// A vault over the credential and the target's own secrets.
    #[must_use]
    pub fn new(credential: Arc<Credential>, named: BTreeMap<String, Secret>) -> Self {
        Self {
            credential,
            named,
            named_alone: false,
            ephemeral: Mutex::default(),
            rendered: render::Rendered::default(),
            learnt: Mutex::default(),
            needles: Mutex::default(),
        }
    }

    /// A vault for a rollback: it fills the target's own secrets in and nothing of the credential, of which it hides what
    /// it knows all the same.
    #[must_use]
    pub fn on_the_way_back(credential: Arc<Credential>, named: BTreeMap<String, Secret>) -> Self {
        Self { named_alone: true, ..Self::new(credential, named) }
    }

    /// The target's secret of this name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Secret> {
        self.named.get(name)
    }

    /// The document's bytes.
    ///
    /// # Errors
    ///
    /// A part that cannot be filled in.
    pub fn fill(&self, document: &Document) -> Result<Zeroizing<Vec<u8>>, FillError> {
        self.compose(document, None)
    }

    /// The value of a request header, for a body of so many bytes.
    ///
    /// # Errors
    ///
    /// As [`Self::fill`], and for control characters: a value must not end its line.
    pub fn fill_header(&self, document: &Document, body_len: u64) -> Result<Zeroizing<String>, FillError> {
        let mut bytes = self.compose(document, Some(body_len))?;
        if bytes.iter().any(|byte| byte.is_ascii_control() && *byte != b'\t') {
            return Err(FillError::Header);
        }
        String::from_utf8(std::mem::take(&mut *bytes)).map(Zeroizing::new).map_err(|error| {
            drop(Zeroizing::new(error.into_bytes()));
            FillError::Header
        })
    }

    fn compose(&self, document: &Document, body_len: Option<u64>) -> Result<Zeroizing<Vec<u8>>, FillError> {
        let mut pieces: Vec<Zeroizing<Vec<u8>>> = Vec::with_capacity(document.len());
        let mut length = 0;
        for part in document {
            let piece = match part {
                Part::Text(text) => Zeroizing::new(text.clone().into_bytes()),
                Part::Bytes(bytes) => Zeroizing::new(bytes.clone()),
                Part::Sealed { secret, encoding } => {
                    encode::encode(secret, &self.secret(secret)?, *encoding)?
                }
                Part::BodyLength(plus) => {
                    let body = body_len.ok_or(FillError::Misplaced)?;
                    let length = i128::from(body) + i128::from(*plus);
                    Zeroizing::new(length.max(0).to_string().into_bytes())
                }
            };
            length += piece.len();
            if length > LONGEST {
                return Err(FillError::TooLong(LONGEST));
            }
            pieces.push(piece);
        }
        // One allocation of the final size: a growing vector would leave copies of secrets behind.
        let mut whole = Zeroizing::new(Vec::with_capacity(length));
        for piece in &pieces {
            whole.extend_from_slice(piece);
        }
        Ok(whole)
    }

    fn secret(&self, secret: &SecretRef) -> Result<Zeroizing<Vec<u8>>, FillError> {
        let copy = |secret: &Secret| Zeroizing::new(secret.expose().to_vec());
        if self.named_alone && !matches!(secret, SecretRef::Named(_)) {
            return Err(FillError::Gone(secret.clone()));
        }
        match secret {
            SecretRef::PrivateKey(format) => Ok(copy(&self.credential.private_key_pem(*format)?)),
            SecretRef::Named(name) => {
                self.named.get(name).map(copy).ok_or_else(|| FillError::Unknown(name.clone()))
            }
            SecretRef::Ephemeral(name) => Ok(copy(&*self.ephemeral(name)?)),
            SecretRef::Locked(locked) => Ok(copy(&*self.rendered(locked)?)),
        }
    }

    fn ephemeral(&self, name: &str) -> Result<Arc<Secret>, FillError> {
        use base64::Engine as _;
        let mut known = self.ephemeral.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(secret) = known.get(name) {
            return Ok(Arc::clone(secret));
        }
        if known.len() >= EPHEMERALS {
            return Err(FillError::TooManyEphemerals(EPHEMERALS));
        }
        let mut random = Zeroizing::new([0_u8; 24]);
        getrandom::fill(random.as_mut_slice()).map_err(FillError::Random)?;
        let text = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(random.as_slice());
        let secret = Arc::new(Secret::new(text.into_bytes()));
        known.insert(name.to_owned(), Arc::clone(&secret));
        drop(known);
        self.forget_needles();
        Ok(secret)
    }

    /// From now on this is looked for, too: it is a secret that the host came by on the way.
    pub fn learn(&self, value: &[u8]) {
        let mut learnt = self.learnt.lock().unwrap_or_else(PoisonError::into_inner);
        if value.is_empty() || learnt.iter().any(|known| known.as_slice() == value) {
            return;
        }
        learnt.push(Zeroizing::new(value.to_vec()));
        drop(learnt);
        self.forget_needles();
    }

    fn forget_needles(&self) {
        *self.needles.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// `bytes` with every secret of this deployment replaced by `[sealed]`, in whichever encoding it stands.
    /// Secrets shorter than six bytes are left: they would tear ordinary text apart.
    #[must_use]
    pub fn scrub(&self, bytes: &[u8]) -> Vec<u8> {
        if bytes.len() < scrub::SHORTEST {
            return bytes.to_vec(); // nothing fits in; most commands say nothing at all
        }
        self.needles().replace(bytes, 0)
    }

    /// The last `at_most` bytes, scrubbed. `bytes` has up to [`MARGIN`] bytes more where more was said: a secret of
    /// which only the end is kept would not be recognised.
    #[must_use]
    pub fn scrub_tail(&self, bytes: &[u8], at_most: usize) -> Vec<u8> {
        let before = bytes.len().saturating_sub(at_most);
        if before == 0 {
            return self.scrub(bytes);
        }
        let needles = self.needles();
        if before >= MARGIN && needles.longest() > MARGIN {
            return b"[sealed]".to_vec();
        }
        needles.replace(bytes, before)
    }

    /// How many bytes at the end of `bytes` are the beginning of a secret whose rest may still be on its way.
    #[must_use]
    pub fn begun(&self, bytes: &[u8]) -> usize {
        self.needles().begun(bytes)
    }

    fn needles(&self) -> Arc<Needles> {
        let mut known = self.needles.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.get_or_insert_with(|| Arc::new(self.collect())))
    }

    fn collect(&self) -> Needles {
        let mut needles = Needles::default();
        for secret in self.named.values() {
            needles.add(secret.expose());
        }
        for secret in self.ephemeral.lock().unwrap_or_else(PoisonError::into_inner).values() {
            needles.add(secret.expose());
        }
        for secret in self.learnt.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            needles.add(secret);
        }
        for (locked, rendered) in self.rendered.all() {
            needles.add(rendered.expose());
            if matches!(locked, Locked::PrivateKey(_)) {
                needles.add_pem(rendered.expose(), &[]);
            }
        }
        for format in [KeyFormat::Pkcs8, KeyFormat::Traditional] {
            if let Ok(key) = self.credential.private_key_pem(format) {
                needles.add(key.expose());
                needles.add_pem(key.expose(), self.credential.leaf_der());
            }
        }
        needles.sort();
        needles
    }
}

#[cfg(test)]
pub(crate) mod tests;
