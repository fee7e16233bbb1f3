//! What is locked with a passphrase: rendered once in a deployment, because the passphrase is stretched, and
//! remembered, because the scrubber looks for it.

use std::sync::{Arc, Mutex, PoisonError};

use super::{FillError, Vault};
use crate::capability::document::{Locked, Passphrase, SecretRef};
use crate::credential::Secret;

/// Each costs the host's time, in which no deadline stops the guest.
const MOST: usize = 16;

#[derive(Default)]
pub(super) struct Rendered(Mutex<Vec<(Locked, Arc<Secret>)>>);

impl Rendered {
    /// Everything that was rendered so far.
    pub(super) fn all(&self) -> Vec<(Locked, Arc<Secret>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Vault {
    /// The keystore or encrypted key.
    pub(super) fn rendered(&self, wanted: &Locked) -> Result<Arc<Secret>, FillError> {
        let mut known = self.rendered.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, rendered)) = known.iter().find(|(locked, _)| locked == wanted) {
            return Ok(Arc::clone(rendered));
        }
        if known.len() >= MOST {
            return Err(FillError::TooMany(MOST));
        }
        let rendered = Arc::new(self.render(wanted)?);
        known.push((wanted.clone(), Arc::clone(&rendered)));
        drop(known);
        self.forget_needles();
        Ok(rendered)
    }

    fn render(&self, wanted: &Locked) -> Result<Secret, FillError> {
        let credential = &self.credential;
        let rendered = match wanted {
            Locked::PrivateKey(passphrase) => {
                credential.encrypted_private_key_pem(&self.passphrase(passphrase)?)
            }
            Locked::Pkcs12(store, protection) => {
                credential.pkcs12(&store.alias, &self.passphrase(&store.password)?, *protection)
            }
            Locked::Jks(store) => credential.jks(&store.alias, &self.passphrase(&store.password)?),
        };
        rendered.map_err(|error| FillError::Keystore(wanted.clone(), error))
    }

    fn passphrase(&self, passphrase: &Passphrase) -> Result<Secret, FillError> {
        let secret = match passphrase {
            Passphrase::Named(name) => SecretRef::Named(name.clone()),
            Passphrase::Ephemeral(name) => SecretRef::Ephemeral(name.clone()),
        };
        self.secret(&secret).map(|mut bytes| Secret::new(std::mem::take(&mut *bytes)))
    }
}
