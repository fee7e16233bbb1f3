//! Verification: the host's own TLS handshake with the target, and a look at the leaf that it serves.
//!
//! Any certificate is accepted here: it is read, nothing is sent.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::ClientConfig;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::ring;
use rustls::{DigitallySignedStruct, Error, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use sha2::{Digest, Sha256};
use thiserror::Error as ThisError;
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio_rustls::TlsConnector;

/// Where and how often to look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verify {
    /// `host:port`.
    pub endpoint: String,
    /// The name to ask for (SNI).
    pub server_name: String,
    /// How often to look before giving up.
    pub attempts: u32,
    /// The first pause; each is half as long again as the one before.
    pub interval: Duration,
}

/// The target does not serve what was deployed.
#[derive(Debug, ThisError)]
pub enum VerifyError {
    /// It serves another certificate.
    #[error("{endpoint} ({name}) serves certificate {served}, not {expected}")]
    Other {
        /// Where.
        endpoint: String,
        /// For which name.
        name: String,
        /// What.
        served: String,
        /// What was deployed.
        expected: String,
    },
    /// It does not answer.
    #[error("{endpoint} ({name}) shows no certificate: {text}")]
    Silent {
        /// Where.
        endpoint: String,
        /// For which name.
        name: String,
        /// Why.
        text: String,
    },
}

/// Looks until the target serves `expected`, the attempts are used up or the deadline is there.
///
/// # Errors
///
/// What it served, or why it did not answer, at the last look.
pub fn verify(
    wanted: &Verify,
    expected: &str,
    runtime: &Handle,
    deadline: Instant,
) -> Result<(), VerifyError> {
    let mut pause = wanted.interval;
    let mut attempt = 1;
    loop {
        let left = deadline.saturating_duration_since(Instant::now()).min(Duration::from_secs(5));
        let failure = match served_fingerprint(wanted, runtime, left) {
            Ok(served) if served == expected => return Ok(()),
            Ok(served) => VerifyError::Other {
                endpoint: wanted.endpoint.clone(),
                name: wanted.server_name.clone(),
                served,
                expected: expected.to_owned(),
            },
            Err(error) => error,
        };
        if attempt >= wanted.attempts || Instant::now() + pause >= deadline {
            return Err(failure);
        }
        attempt += 1;
        std::thread::sleep(pause);
        pause = (pause * 3 / 2).min(Duration::from_secs(5));
    }
}

/// The SHA-256 of the leaf that the target serves, lower-case hex.
///
/// # Errors
///
/// The target does not answer.
pub fn served_fingerprint(
    wanted: &Verify,
    runtime: &Handle,
    timeout: Duration,
) -> Result<String, VerifyError> {
    let silent = |text: String| VerifyError::Silent {
        endpoint: wanted.endpoint.clone(),
        name: wanted.server_name.clone(),
        text,
    };
    let look = async { tokio::time::timeout(timeout, handshake(wanted)).await };
    runtime.block_on(look).map_err(|_| silent(format!("no answer in {timeout:?}")))?.map_err(silent)
}

async fn handshake(wanted: &Verify) -> Result<String, String> {
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(AnyCertificate))
        .with_no_client_auth();
    let name = ServerName::try_from(wanted.server_name.clone()).map_err(|error| error.to_string())?;
    let tcp = TcpStream::connect(&wanted.endpoint).await.map_err(|error| error.to_string())?;
    let connector = TlsConnector::from(Arc::new(config));
    let tls = connector.connect(name, tcp).await.map_err(|error| error.to_string())?;
    let leaf = tls.get_ref().1.peer_certificates().and_then(<[_]>::first);
    leaf.map(|leaf| hex::encode(Sha256::digest(leaf))).ok_or_else(|| "it presented none".to_owned())
}

#[derive(Debug)]
struct AnyCertificate;

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }
    fn verify_tls12_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = ring::default_provider().signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, leaf, signature, &algorithms)
    }
    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = ring::default_provider().signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, leaf, signature, &algorithms)
    }
    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        ring::default_provider().signature_verification_algorithms.supported_schemes()
    }
}
