//! Who the host is to a target that asks for a client certificate.

use std::path::PathBuf;
use std::sync::Arc;

use rustls::client::ResolvesClientCert;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};

use super::NetError;
use crate::capability::vault::Vault;

/// A certificate with its key, ready for handshakes.
pub(super) type Identity = Arc<dyn ResolvesClientCert>;

/// Where the host's own certificate for a target is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientCertificate {
    /// PEM: the certificate, then its chain.
    pub certificate: PathBuf,
    /// Name of the secret.
    pub key: String,
}

impl ClientCertificate {
    pub(super) fn read(&self, vault: &Vault) -> Result<Identity, NetError> {
        let shown = format!("the client certificate {}", self.certificate.display());
        let certificate = std::fs::read(&self.certificate)
            .map_err(|error| NetError::Denied(format!("{shown} cannot be read: {error}")))?;
        let key = vault.named(&self.key).ok_or_else(|| {
            NetError::Denied(format!(
                "the target's `tls` names the secret `{}`, which it does not have",
                self.key
            ))
        })?;
        pair(&certificate, key.expose(), &format!("{shown} with the secret `{}`", self.key))
    }
}

/// Certificate and key, both in PEM, if they belong together.
pub(super) fn pair(certificate: &[u8], key: &[u8], whose: &str) -> Result<Identity, NetError> {
    let unfit = |what: &str| NetError::Denied(format!("{whose}: {what}"));
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(certificate)
        .collect::<Result<_, _>>()
        .map_err(|_| unfit("the certificate is not sound PEM"))?;
    if chain.is_empty() {
        return Err(unfit("there is no certificate in PEM"));
    }
    let key = PrivateKeyDer::from_pem_slice(key)
        .map_err(|_| unfit("the key is none of PKCS#8, PKCS#1 or SEC1 in PEM, without a passphrase"))?;
    let certified = CertifiedKey::from_der(chain, key, &ring::default_provider())
        .map_err(|error| unfit(&format!("certificate and key do not go together: {error}")))?;
    Ok(Arc::new(SingleCertAndKey::from(certified)))
}
