//! Fake peers: an HTTP server and a byte server, each in the clear or over TLS. They are fakes and prove
//! nothing about real ones.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, Instant, SystemTime};

use rcgen::{CertifiedKey, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::runtime::{Handle, Runtime};
use tokio_rustls::TlsAcceptor;

use crate::capability::document::{Document, Encoding, Part, SecretRef};
use crate::capability::net::{Auth, Connection, NetDoor, NetSettings, Request, Trust};
use crate::capability::vault::Vault;
use crate::credential::{Credential, Secret};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
});

pub(super) fn runtime() -> Handle {
    RUNTIME.handle().clone()
}

pub(super) fn soon() -> Instant {
    Instant::now() + Duration::from_secs(10)
}

/// A certificate for `localhost` and `127.0.0.1`, signed by itself.
pub(super) fn certificate() -> CertifiedKey<KeyPair> {
    rcgen::generate_simple_self_signed(vec!["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap()
}

pub(super) fn pin(certificate: &CertifiedKey<KeyPair>) -> Trust {
    Trust::Pins(vec![Sha256::digest(certificate.cert.der()).into()])
}

pub(super) fn ca_file(directory: &Path, pem: &str) -> Trust {
    let path = directory.join("ca.pem");
    std::fs::write(&path, pem).unwrap();
    Trust::CaFile(path)
}

pub(super) fn settings(trust: Trust) -> NetSettings {
    NetSettings {
        trust,
        auth: Auth::None,
        plaintext: false,
        response_limit: 64 * 1024,
        connect_timeout: Duration::from_secs(5),
        request_timeout: Duration::from_secs(5),
    }
}

/// Settings for fakes in the clear.
pub(super) fn plain() -> NetSettings {
    settings(Trust::Pins(Vec::new()))
}

pub(super) fn door(endpoint: &str, settings: NetSettings) -> NetDoor {
    NetDoor::new(vec![endpoint.parse().unwrap()], settings, runtime())
}

pub(super) fn dial(endpoint: &str, settings: NetSettings) -> Connection {
    door(endpoint, settings).dial(endpoint, soon()).unwrap()
}

/// A vault whose secrets are these.
pub(super) fn vault(named: &[(&str, &str)]) -> Vault {
    let CertifiedKey { cert, signing_key } = certificate();
    let key = signing_key.serialize_pem();
    let credential =
        Credential::parse(cert.pem().as_bytes(), b"", Some(key.as_bytes()), SystemTime::now(), false)
            .unwrap();
    let named: BTreeMap<String, Secret> = named
        .iter()
        .map(|(name, value)| ((*name).to_owned(), Secret::new(value.as_bytes().to_vec())))
        .collect();
    Vault::new(Arc::new(credential), named)
}

pub(super) fn text(text: &str) -> Document {
    vec![Part::Text(text.to_owned())]
}

pub(super) fn sealed(name: &str) -> Document {
    vec![Part::Sealed { secret: SecretRef::Named(name.to_owned()), encoding: Encoding::Raw }]
}

pub(super) fn request(method: &str, path: &str) -> Request {
    Request {
        method: method.to_owned(),
        path: path.to_owned(),
        headers: Vec::new(),
        body: Vec::new(),
        timeout: None,
    }
}

/// What a fake heard, in order.
pub(super) type Heard = Arc<Mutex<Vec<String>>>;

pub(super) fn acceptor(certificate: &CertifiedKey<KeyPair>) -> TlsAcceptor {
    let key = PrivateKeyDer::try_from(certificate.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.cert.der().clone()], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

async fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// A fake HTTP server that gives each request, as a text of its own, to `answer`.
pub(super) fn http<F>(tls: Option<&CertifiedKey<KeyPair>>, answer: F) -> (u16, Heard)
where
    F: Fn(&str) -> Vec<u8> + Send + Sync + 'static,
{
    let (heard, answer, tls) = (Heard::default(), Arc::new(answer), tls.map(acceptor));
    let (listener, address) = RUNTIME.block_on(listener());
    let notes = Arc::clone(&heard);
    RUNTIME.spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (answer, notes, tls) = (Arc::clone(&answer), Arc::clone(&notes), tls.clone());
            tokio::spawn(async move {
                match tls {
                    None => exchanges(stream, &*answer, &notes).await,
                    Some(tls) => {
                        if let Ok(stream) = tls.accept(stream).await {
                            exchanges(stream, &*answer, &notes).await;
                        }
                    }
                }
            });
        }
    });
    (address.port(), heard)
}

async fn exchanges<S>(mut stream: S, answer: &(dyn Fn(&str) -> Vec<u8> + Send + Sync), heard: &Heard)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(request) = one_request(&mut stream).await {
        heard.lock().unwrap().push(request.clone());
        let bytes = answer(&request);
        if stream.write_all(&bytes).await.is_err() || stream.flush().await.is_err() {
            return;
        }
    }
}

async fn one_request<S: AsyncRead + Unpin>(stream: &mut S) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        bytes.push(stream.read_u8().await.ok()?);
        let Some(head) = bytes.strip_suffix(b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(head).into_owned();
        let length = header(&head, "content-length").map_or(0, |length| length.parse().unwrap());
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await.ok()?;
        return Some(format!("{head}\r\n\r\n{}", String::from_utf8_lossy(&body)));
    }
}

pub(super) fn header(request: &str, wanted: &str) -> Option<String> {
    request.lines().take_while(|line| !line.is_empty()).find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case(wanted).then(|| value.trim().to_owned())
    })
}

/// An answer with this body.
pub(super) fn ok(body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// A fake server that returns what it is sent.
pub(super) fn echo(tls: Option<&CertifiedKey<KeyPair>>) -> u16 {
    let tls = tls.map(acceptor);
    let (listener, address) = RUNTIME.block_on(listener());
    RUNTIME.spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let tls = tls.clone();
            tokio::spawn(async move {
                match tls {
                    None => repeat(stream).await,
                    Some(tls) => {
                        if let Ok(stream) = tls.accept(stream).await {
                            repeat(stream).await;
                        }
                    }
                }
            });
        }
    });
    address.port()
}

async fn repeat<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S) {
    let mut bytes = vec![0; 1024];
    while let Ok(got @ 1..) = stream.read(&mut bytes).await {
        // In two halves, as a network might, slower than any pause for the rest would be.
        let (one, two) = bytes[..got].split_at(got / 2);
        for half in [one, two] {
            if stream.write_all(half).await.is_err() || stream.flush().await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(60)).await;
        }
    }
}
