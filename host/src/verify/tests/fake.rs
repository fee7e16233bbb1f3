//! A fake server for each protocol: what comes before TLS, then the handshake.

use std::io;
use std::sync::{Arc, LazyLock};

use rcgen::{CertifiedKey, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Handle, Runtime};
use tokio_rustls::TlsAcceptor;

use crate::verify::StartTls;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
});

pub(super) fn runtime() -> Handle {
    RUNTIME.handle().clone()
}

pub(super) type Certificate = Arc<CertifiedKey<KeyPair>>;

pub(super) fn certificate() -> Certificate {
    Arc::new(rcgen::generate_simple_self_signed(vec!["site.example".to_owned()]).unwrap())
}

pub(super) fn fingerprint(certificate: &Certificate) -> String {
    hex::encode(Sha256::digest(certificate.cert.der()))
}

/// Serves the certificates one connection after the other, and the last one from then on. Without `tls` the
/// server says that it has none.
pub(super) fn serve(protocol: StartTls, tls: bool, certificates: Vec<Certificate>) -> u16 {
    let listener = RUNTIME.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let port = listener.local_addr().unwrap().port();
    RUNTIME.spawn(async move {
        let mut turn = 0;
        while let Ok((mut stream, _)) = listener.accept().await {
            let certificate = &certificates[turn.min(certificates.len() - 1)];
            turn += 1;
            let Ok(true) = before_tls(protocol, tls, &mut stream).await else { continue };
            if let Ok(mut stream) = acceptor(certificate).accept(stream).await {
                assert_eq!(stream.get_ref().1.server_name(), Some("site.example"));
                let _ = stream.read_u8().await;
            }
        }
    });
    port
}

fn acceptor(certificate: &Certificate) -> TlsAcceptor {
    let key = PrivateKeyDer::try_from(certificate.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.cert.der().clone()], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

/// Whether the handshake comes next.
async fn before_tls(protocol: StartTls, tls: bool, stream: &mut TcpStream) -> io::Result<bool> {
    match protocol {
        StartTls::None => {}
        StartTls::Smtp => {
            stream.write_all(b"220-fake\r\n220 ready\r\n").await?;
            let offer: &[u8] = if tls { b"250-starttls\r\n" } else { b"" };
            expect(stream, b"EHLO lastmile.invalid\r\n").await?;
            stream.write_all(&[b"250-fake\r\n", offer, b"250 HELP\r\n"].concat()).await?;
            expect(stream, b"STARTTLS\r\n").await?;
            stream.write_all(b"220 go\r\n").await?;
        }
        StartTls::Imap => {
            stream.write_all(b"* OK fake\r\n").await?;
            expect(stream, b"a1 STARTTLS\r\n").await?;
            let answer: &[u8] = if tls { b"* NOTE x\r\na1 OK go\r\n" } else { b"a1 BAD no\r\n" };
            stream.write_all(answer).await?;
        }
        StartTls::Pop3 => {
            stream.write_all(b"+OK fake\r\n").await?;
            expect(stream, b"STLS\r\n").await?;
            stream.write_all(if tls { b"+OK go\r\n" } else { b"-ERR no\r\n" }).await?;
        }
        StartTls::Ftp => {
            stream.write_all(b"220-fake\r\n FTP\r\n220 ready\r\n").await?;
            expect(stream, b"AUTH TLS\r\n").await?;
            stream.write_all(if tls { b"234 go\r\n" } else { b"502 no\r\n" }).await?;
        }
        StartTls::Ldap => {
            expect(stream, b"\x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037").await?;
            // With lengths in the long form, as Active Directory writes them; 52 is `unavailable`.
            let code = if tls { 0 } else { 52 };
            let answer = [0x30, 0x84, 0, 0, 0, 16, 2, 1, 1, 0x78, 0x84, 0, 0, 0, 7, 10, 1, code, 4, 0, 4, 0];
            stream.write_all(&answer).await?;
        }
        StartTls::Postgres => {
            expect(stream, &[0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]).await?;
            stream.write_all(if tls { b"S" } else { b"N" }).await?;
        }
        StartTls::Mysql => mysql(stream, tls).await?,
    }
    Ok(tls)
}

async fn mysql(stream: &mut TcpStream, tls: bool) -> io::Result<()> {
    let capabilities: u16 = if tls { 0xffff } else { 0xf7ff };
    let mut greeting = b"\x0a8.4.0-fake\0\x01\0\0\0challeng\0".to_vec();
    greeting.extend(capabilities.to_le_bytes());
    greeting.extend([45, 2, 0, 0xff, 0xdf, 21]);
    let length = u8::try_from(greeting.len()).unwrap();
    stream.write_all(&[&[length, 0, 0, 0], greeting.as_slice()].concat()).await?;
    let mut request = [0; 36];
    stream.read_exact(&mut request).await?;
    assert_eq!(request[..4], [32, 0, 0, 1]);
    assert_ne!(u16::from_le_bytes([request[4], request[5]]) & 0x0800, 0);
    assert_eq!(request[13..], [0; 23]);
    Ok(())
}

async fn expect(stream: &mut TcpStream, wanted: &[u8]) -> io::Result<()> {
    let mut heard = vec![0; wanted.len()];
    stream.read_exact(&mut heard).await?;
    if heard == wanted { Ok(()) } else { Err(io::ErrorKind::InvalidData.into()) }
}
