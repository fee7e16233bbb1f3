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
use crate::capability::net::{Auth, Connection, NetDoor, NetSettings, Request, Tokens, Trust};
use crate::capability::vault::Vault;
use crate::credential::{Credential, Secret};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
});

pub(in crate::capability::net) fn runtime() -> Handle {
    RUNTIME.handle().clone()
}

pub(in crate::capability::net) fn soon() -> Instant {
    Instant::now() + Duration::from_secs(10)
}

/// A certificate for `localhost` and `127.0.0.1`, signed by itself.
pub(in crate::capability::net) fn certificate() -> CertifiedKey<KeyPair> {
    rcgen::generate_simple_self_signed(vec!["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap()
}

pub(in crate::capability::net) fn pin(certificate: &CertifiedKey<KeyPair>) -> Trust {
    Trust::Pins(vec![Sha256::digest(certificate.cert.der()).into()])
}

pub(in crate::capability::net) fn ca_file(directory: &Path, pem: &str) -> Trust {
    let path = directory.join("ca.pem");
    std::fs::write(&path, pem).unwrap();
    Trust::CaFile(path)
}

pub(in crate::capability::net) fn settings(trust: Trust) -> NetSettings {
    NetSettings {
        trust,
        rotation: None,
        client: None,
        auth: Auth::None,
        tokens: Tokens::default(),
        plaintext: false,
        response_limit: 64 * 1024,
        connect_timeout: Duration::from_secs(5),
        request_timeout: Duration::from_secs(5),
    }
}

/// Settings for fakes in the clear.
pub(in crate::capability::net) fn plain() -> NetSettings {
    settings(Trust::Pins(Vec::new()))
}

pub(in crate::capability::net) fn door(endpoint: &str, settings: NetSettings) -> NetDoor {
    NetDoor::new(vec![endpoint.parse().unwrap()], settings, runtime())
}

pub(in crate::capability::net) fn dial(endpoint: &str, settings: NetSettings) -> Connection {
    door(endpoint, settings).dial(endpoint, &vault(&[]), soon()).unwrap()
}

/// A vault whose secrets are these.
pub(in crate::capability::net) fn vault(named: &[(&str, &str)]) -> Vault {
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

pub(in crate::capability::net) fn text(text: &str) -> Document {
    vec![Part::Text(text.to_owned())]
}

pub(in crate::capability::net) fn sealed(name: &str) -> Document {
    vec![Part::Sealed { secret: SecretRef::Named(name.to_owned()), encoding: Encoding::Raw }]
}

pub(in crate::capability::net) fn request(method: &str, path: &str) -> Request {
    Request {
        method: method.to_owned(),
        path: path.to_owned(),
        headers: Vec::new(),
        body: Vec::new(),
        timeout: None,
    }
}

/// What a fake heard, in order.
pub(in crate::capability::net) type Heard = Arc<Mutex<Vec<String>>>;

pub(in crate::capability::net) fn acceptor(certificate: &CertifiedKey<KeyPair>) -> TlsAcceptor {
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
pub(in crate::capability::net) fn http<F>(tls: Option<&CertifiedKey<KeyPair>>, answer: F) -> (u16, Heard)
where
    F: Fn(&str) -> Vec<u8> + Send + Sync + 'static,
{
    let tls = tls.map(acceptor);
    http_by(move || tls.clone(), answer)
}

/// The same, with TLS as it is to be at each connection.
pub(in crate::capability::net) fn http_by<T, F>(tls: T, answer: F) -> (u16, Heard)
where
    T: Fn() -> Option<TlsAcceptor> + Send + Sync + 'static,
    F: Fn(&str) -> Vec<u8> + Send + Sync + 'static,
{
    let (heard, answer) = (Heard::default(), Arc::new(answer));
    let (listener, address) = RUNTIME.block_on(listener());
    let notes = Arc::clone(&heard);
    RUNTIME.spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (answer, notes, tls) = (Arc::clone(&answer), Arc::clone(&notes), tls());
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

pub(in crate::capability::net) fn header(request: &str, wanted: &str) -> Option<String> {
    request.lines().take_while(|line| !line.is_empty()).find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case(wanted).then(|| value.trim().to_owned())
    })
}

/// An answer with this body.
pub(in crate::capability::net) fn ok(body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// A failure with this body.
pub(in crate::capability::net) fn failed(status: u16, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status} No\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// A fake server that returns what it is sent.
pub(in crate::capability::net) fn echo(tls: Option<&CertifiedKey<KeyPair>>) -> u16 {
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
