//! Whom an encrypted endpoint must prove to be: the system's roots, a CA file, or pins.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use sha2::{Digest, Sha256};

use super::{NetError, Trust};

/// What a handshake showed: the peer's certificates, and why it was refused.
#[derive(Clone, Default)]
pub(super) struct Seen(Arc<Mutex<Handshake>>);

type Handshake = (Vec<Vec<u8>>, Option<String>);

impl Seen {
    pub(super) fn certificates(&self) -> Vec<Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0.clone()
    }

    /// An error of the connection, told as distrust where that was its cause.
    pub(super) fn explain(&self, error: NetError) -> NetError {
        match self.0.lock().unwrap_or_else(PoisonError::into_inner).1.take() {
            Some(text) => NetError::Untrusted(text),
            None => error,
        }
    }
}

/// A TLS client that trusts as the operator wrote.
pub(super) fn client(trust: &Trust, seen: &Seen) -> Result<ClientConfig, NetError> {
    let provider = Arc::new(ring::default_provider());
    let judge = match trust {
        Trust::Pins(pins) => Judge::Pins(pins.clone()),
        Trust::SystemRoots => Judge::Roots(verifier(system_roots()?, &provider)?),
        Trust::CaFile(path) => {
            let fault = |text: String| NetError::Untrusted(format!("the CA file {}: {text}", path.display()));
            let pem = std::fs::read(path).map_err(|error| fault(error.to_string()))?;
            let mut roots = RootCertStore::empty();
            for certificate in CertificateDer::pem_slice_iter(&pem) {
                let certificate = certificate.map_err(|error| fault(error.to_string()))?;
                roots.add(certificate).map_err(|error| fault(error.to_string()))?;
            }
            Judge::Roots(verifier(roots, &provider)?)
        }
    };
    let verifier = Arc::new(Recorder { judge, seen: seen.clone(), provider: Arc::clone(&provider) });
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| NetError::Invalid(error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    Ok(config)
}

fn system_roots() -> Result<RootCertStore, NetError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        return Err(NetError::Untrusted(
            "this machine has no root certificates: install ca-certificates, or write `tls = { ca = … }`"
                .to_owned(),
        ));
    }
    Ok(roots)
}

fn verifier(
    roots: RootCertStore,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<WebPkiServerVerifier>, NetError> {
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
        .build()
        .map_err(|error| NetError::Untrusted(error.to_string()))
}

#[derive(Debug)]
enum Judge {
    Roots(Arc<WebPkiServerVerifier>),
    /// The SHA-256 of the leaf's DER; name, dates and issuer do not matter then.
    Pins(Vec<[u8; 32]>),
}

struct Recorder {
    judge: Judge,
    seen: Seen,
    provider: Arc<CryptoProvider>,
}

impl std::fmt::Debug for Recorder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recorder").field("judge", &self.judge).finish_non_exhaustive()
    }
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        chain: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let digest: [u8; 32] = Sha256::digest(leaf).into();
        let judged = match &self.judge {
            Judge::Roots(roots) => roots.verify_server_cert(leaf, chain, name, ocsp, now),
            Judge::Pins(pins) if pins.contains(&digest) => Ok(ServerCertVerified::assertion()),
            Judge::Pins(_) => {
                Err(Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure))
            }
        };
        let mut seen = self.seen.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.0 = std::iter::once(leaf).chain(chain).map(|der| der.to_vec()).collect();
        seen.1 = judged
            .as_ref()
            .err()
            .map(|error| format!("{} presented certificate {}: {error}", name.to_str(), hex::encode(digest)));
        judged
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, leaf, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, leaf, signature, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
