//! One TLS handshake, to read the leaf.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use sha2::{Digest as _, Sha256};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::{Verify, VerifyError, starttls};

/// The fingerprint of the leaf that `wanted` is served.
pub(super) async fn fingerprint(wanted: &Verify) -> Result<String, VerifyError> {
    let unreachable = |reason: String| VerifyError::Unreachable { endpoint: wanted.endpoint.clone(), reason };
    let config = config().map_err(|error| VerifyError::Misconfigured(error.to_string()))?;
    let name = ServerName::try_from(wanted.server_name.clone())
        .map_err(|_| VerifyError::Misconfigured(format!("`{}` is no server name", wanted.server_name)))?;
    if wanted
        .endpoint
        .rsplit_once(':')
        .is_none_or(|(host, port)| host.is_empty() || !port.parse().is_ok_and(|port: u16| port > 0))
    {
        return Err(VerifyError::Misconfigured(format!("`{}` is not `host:port`", wanted.endpoint)));
    }
    let mut stream =
        TcpStream::connect(&wanted.endpoint).await.map_err(|error| unreachable(error.to_string()))?;
    starttls::begin(wanted.starttls, &mut stream)
        .await
        .map_err(|error| unreachable(format!("before TLS began: {error}")))?;
    let connector = TlsConnector::from(Arc::new(config));
    let mut stream = connector
        .connect(name, stream)
        .await
        .map_err(|error| unreachable(format!("the TLS handshake failed: {error}")))?;
    let leaf = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
    let digest = leaf.map(|leaf| hex::encode(Sha256::digest(leaf.as_ref())));
    // A server that does not say goodbye in turn changes nothing.
    let _ = stream.shutdown().await;
    digest.ok_or_else(|| unreachable("the server presented no certificate".to_owned()))
}

fn config() -> Result<ClientConfig, Error> {
    let provider = Arc::new(ring::default_provider());
    let reader = Arc::new(Reader(Arc::clone(&provider)));
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(reader)
        .with_no_client_auth())
}

/// Takes every certificate: its fingerprint is all that is asked for, and nothing is sent to its holder. That
/// the server holds the key is still checked, as a certificate with the wrong key serves nobody.
#[derive(Debug)]
struct Reader(Arc<CryptoProvider>);

impl ServerCertVerifier for Reader {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
