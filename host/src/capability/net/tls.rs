//! Whom to trust: the system's roots, one file's roots, or the very certificates that the operator named.
//!
//! The guard wraps the check, so that it can tell afterwards why a peer was refused and what it presented.
//! Certificates count as presented only once the handshake's signature proves that the peer holds the key.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, OtherError, RootCertStore, SignatureScheme,
};
use sha2::{Digest as _, Sha256};

use super::identity::Identity;
use super::rotation::{Rotation, Verdict};
use super::{NetError, Trust};

/// The TLS side of one connection.
pub(super) struct Guard {
    check: Arc<Check>,
    identity: Option<Identity>,
    provider: Arc<CryptoProvider>,
}

/// What else an endpoint is met with.
#[derive(Default)]
pub(super) struct Terms {
    /// Roots in PEM, in the place of the system's.
    pub(super) roots: Option<Vec<u8>>,
    /// The certificate that is being deployed, and the endpoint's name.
    pub(super) rotation: Option<(Arc<Rotation>, String)>,
    /// Who the host is.
    pub(super) identity: Option<Identity>,
}

#[derive(Debug)]
struct Check {
    rule: Rule,
    rotation: Option<(Arc<Rotation>, String)>,
    provider: Arc<CryptoProvider>,
    seen: Mutex<Seen>,
}

#[derive(Debug)]
enum Rule {
    Roots(Arc<WebPkiServerVerifier>),
    Pins(Vec<[u8; 32]>),
}

#[derive(Debug, Default)]
struct Seen {
    /// Presented, but not proven yet.
    claimed: Vec<Vec<u8>>,
    proven: Option<Vec<Vec<u8>>>,
    refused: Option<String>,
}

impl Guard {
    /// A guard by this trust. The operator's files are read now.
    pub(super) fn new(trust: &Trust, terms: Terms) -> Result<Self, NetError> {
        let provider = Arc::new(ring::default_provider());
        let rule = match (trust, &terms.roots) {
            (Trust::Pins(pins), _) => Rule::Pins(pins.clone()),
            (Trust::SystemRoots, Some(pem)) => {
                let shown = "the target's kubeconfig";
                Rule::Roots(by_roots(file_roots(pem, shown)?, &provider, shown)?)
            }
            (Trust::SystemRoots, None) => Rule::Roots(by_roots(system_roots(), &provider, "the system")?),
            (Trust::CaFile(path), _) => {
                let shown = format!("the file {}", path.display());
                let pem = std::fs::read(path)
                    .map_err(|error| NetError::Untrusted(format!("{shown} cannot be read: {error}")))?;
                Rule::Roots(by_roots(file_roots(&pem, &shown)?, &provider, &shown)?)
            }
        };
        let (rotation, identity) = (terms.rotation, terms.identity);
        let check = Check { rule, rotation, provider: Arc::clone(&provider), seen: Mutex::default() };
        Ok(Self { check: Arc::new(check), identity, provider })
    }

    /// The client's side of a handshake.
    pub(super) fn config(&self, alpn: &[&[u8]]) -> Result<ClientConfig, NetError> {
        let verifier: Arc<dyn ServerCertVerifier> = self.check.clone();
        let config = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| NetError::Untrusted(error.to_string()))?
            .dangerous()
            .with_custom_certificate_verifier(verifier);
        let mut config = match &self.identity {
            Some(identity) => config.with_client_cert_resolver(identity.clone()),
            None => config.with_no_client_auth(),
        };
        // A resumed session shows no certificate; each handshake is to be checked in full.
        config.resumption = Resumption::disabled();
        config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
        Ok(config)
    }

    /// What the peer presented and proved.
    pub(super) fn peer(&self) -> Option<Vec<Vec<u8>>> {
        self.check.seen().proven.clone()
    }

    /// Why the last peer was refused, if it was. Taking it clears it.
    pub(super) fn take_refusal(&self) -> Option<String> {
        self.check.seen().refused.take()
    }
}

/// The name that a certificate must bear, and the SNI where it is a DNS name.
pub(super) fn server_name(host: &str) -> Result<ServerName<'static>, NetError> {
    ServerName::try_from(host.to_owned())
        .map_err(|_| NetError::Invalid(format!("`{host}` cannot stand in a certificate")))
}

fn by_roots(
    roots: RootCertStore,
    provider: &Arc<CryptoProvider>,
    whose: &str,
) -> Result<Arc<WebPkiServerVerifier>, NetError> {
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
        .build()
        .map_err(|error| NetError::Untrusted(format!("{whose} has no usable root certificates: {error}")))
}

fn system_roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    // Single unreadable roots are common on old systems; without any the verifier refuses to be built.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
}

fn file_roots(pem: &[u8], shown: &str) -> Result<RootCertStore, NetError> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate =
            certificate.map_err(|error| NetError::Untrusted(format!("{shown} is not sound PEM: {error}")))?;
        roots
            .add(certificate)
            .map_err(|error| NetError::Untrusted(format!("{shown} holds a bad certificate: {error}")))?;
    }
    Ok(roots)
}

fn digest(certificate: &[u8]) -> [u8; 32] {
    Sha256::digest(certificate).into()
}

impl Check {
    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn refuse(&self, error: Error, text: String) -> Error {
        let mut seen = self.seen();
        seen.refused = Some(text);
        seen.proven = None;
        error
    }

    fn by_pins(&self, pins: &[[u8; 32]], served: [u8; 32]) -> Result<ServerCertVerified, Error> {
        if pins.contains(&served) {
            return Ok(ServerCertVerified::assertion());
        }
        self.unpinned(served, "which is not pinned")
    }

    fn unpinned(&self, served: [u8; 32], why: &str) -> Result<ServerCertVerified, Error> {
        let text = format!("the peer's certificate has SHA-256 {}, {why}", hex::encode(served));
        let error = OtherError(Arc::new(NetError::Untrusted(text.clone())));
        Err(self.refuse(Error::InvalidCertificate(CertificateError::Other(error)), text))
    }

    /// The last step of the check: only now the certificates are the peer's.
    fn proven(
        &self,
        result: Result<HandshakeSignatureValid, Error>,
    ) -> Result<HandshakeSignatureValid, Error> {
        match result {
            Ok(valid) => {
                let mut seen = self.seen();
                let proven = std::mem::take(&mut seen.claimed);
                if let (Some((rotation, endpoint)), Some(leaf)) = (&self.rotation, proven.first()) {
                    rotation.met(endpoint, digest(leaf));
                }
                seen.proven = Some(proven);
                Ok(valid)
            }
            Err(error) => {
                let text = format!("the peer does not prove that it holds its certificate's key: {error}");
                Err(self.refuse(error, text))
            }
        }
    }
}

impl ServerCertVerifier for Check {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let all = std::iter::once(end_entity).chain(intermediates);
        self.seen().claimed = all.map(|certificate| certificate.to_vec()).collect();
        let served = digest(end_entity);
        if let Some((rotation, endpoint)) = &self.rotation {
            match rotation.judge(endpoint, served) {
                Verdict::Known => return Ok(ServerCertVerified::assertion()),
                Verdict::Over if matches!(self.rule, Rule::Pins(_)) => {
                    return self.unpinned(served, "and it showed the one that is being deployed before");
                }
                Verdict::Over | Verdict::Stranger => {}
            }
        }
        match &self.rule {
            Rule::Pins(pins) => self.by_pins(pins, served),
            Rule::Roots(roots) => roots
                .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
                .map_err(|error| {
                    let text = format!("{}: {error}", server_name.to_str());
                    self.refuse(error, text)
                }),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        self.proven(verify_tls12_signature(message, certificate, signed, algorithms))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        self.proven(verify_tls13_signature(message, certificate, signed, algorithms))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
