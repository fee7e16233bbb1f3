//! A management interface that comes to show what it is given, and a target that asks who the host is.

use std::sync::{Arc, Mutex};

use rustls::RootCertStore;
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;
use sha2::{Digest as _, Sha256};
use tokio_rustls::TlsAcceptor;

use super::fake::{acceptor, ca_file, certificate, door, http_by, ok, pin, request, settings, soon, vault};
use crate::capability::net::{ClientCertificate, NetError, NetSettings, Response, Rotation, Trust};

#[test]
fn the_old_certificate_counts_until_the_new_one_was_seen() {
    let (old, new, other) = (certificate(), certificate(), certificate());
    let digest = |of: &[u8]| -> [u8; 32] { Sha256::digest(of).into() };
    let acceptors = [&old, &new, &other].map(acceptor);
    let shown = Arc::new(Mutex::new(0));
    let now = Arc::clone(&shown);
    let (port, _) = http_by(move || acceptors.get(*now.lock().unwrap()).cloned(), |_| ok("hello"));
    let endpoint = format!("https://localhost:{port}");
    let look = |which: usize, rotation: &Arc<Rotation>, trust: Trust| -> Result<Response, NetError> {
        *shown.lock().unwrap() = which;
        let settings = NetSettings { rotation: Some(Arc::clone(rotation)), ..settings(trust) };
        door(&endpoint, settings).dial(&endpoint, &vault(&[]), soon())?.request(
            &request("GET", "/"),
            &vault(&[]),
            soon(),
        )
    };
    let untrusted = |result: Result<Response, NetError>| matches!(result, Err(NetError::Untrusted(_)));
    let (was, is) = (digest(old.cert.der()), digest(new.cert.der()));

    let rotation = Arc::new(Rotation::forward(is, Vec::new()));
    assert!(look(0, &rotation, pin(&old)).is_ok());
    assert!(untrusted(look(2, &rotation, pin(&old))));
    assert!(!rotation.happened());
    assert!(look(1, &rotation, pin(&old)).is_ok());
    assert!(rotation.happened());
    assert!(untrusted(look(0, &rotation, pin(&old))), "it went back by itself");

    // The operator still pins a certificate of long ago; the last one is remembered.
    let rotation = Arc::new(Rotation::forward(is, vec![was]));
    assert!(look(0, &rotation, pin(&other)).is_ok());
    assert!(look(1, &rotation, pin(&other)).is_ok());
    assert!(untrusted(look(0, &rotation, pin(&other))));

    let rotation = Arc::new(Rotation::back(is, vec![was]));
    for which in [1, 0, 1] {
        assert!(look(which, &rotation, pin(&other)).is_ok());
    }

    // Roots speak for the old one for good; the new one counts although they do not know it.
    let directory = tempfile::tempdir().unwrap();
    let roots = || ca_file(directory.path(), &old.cert.pem());
    let rotation = Arc::new(Rotation::forward(is, Vec::new()));
    assert!(look(0, &rotation, roots()).is_ok());
    assert!(look(1, &rotation, roots()).is_ok());
    assert!(look(0, &rotation, roots()).is_ok());
    assert!(untrusted(look(2, &rotation, roots())));
}

#[test]
fn the_host_shows_who_it_is_where_it_is_asked() {
    let (server, client, stranger) = (certificate(), certificate(), certificate());
    let mut roots = RootCertStore::empty();
    roots.add(client.cert.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build().unwrap();
    let key = PrivateKeyDer::try_from(server.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier)
        .with_single_cert(vec![server.cert.der().clone()], key)
        .unwrap();
    let tls = TlsAcceptor::from(Arc::new(config));
    let (port, heard) = http_by(move || Some(tls.clone()), |_| ok("hello"));
    let endpoint = format!("https://localhost:{port}");

    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = directory.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let send = |certificate: std::path::PathBuf, key: &str| {
        let vault = vault(&[("key", key)]);
        let client = Some(ClientCertificate { certificate, key: "key".to_owned() });
        let settings = NetSettings { client, ..settings(pin(&server)) };
        door(&endpoint, settings).dial(&endpoint, &vault, soon())?.request(
            &request("GET", "/"),
            &vault,
            soon(),
        )
    };
    let own = file("client.pem", &client.cert.pem());
    assert_eq!(send(own.clone(), &client.signing_key.serialize_pem()).unwrap().body, b"hello");
    let foreign = file("stranger.pem", &stranger.cert.pem());
    assert!(send(foreign, &stranger.signing_key.serialize_pem()).is_err());
    for (certificate, key, wanted) in [
        (own.clone(), stranger.signing_key.serialize_pem(), "do not go together"),
        (own, "hunter2".to_owned(), "the key is none of"),
        (file("empty.pem", "nothing"), client.signing_key.serialize_pem(), "no certificate in PEM"),
        (directory.path().join("absent.pem"), client.signing_key.serialize_pem(), "cannot be read"),
    ] {
        let error = send(certificate, &key).unwrap_err();
        let NetError::Denied(text) = error else { panic!("{error}") };
        assert!(text.contains(wanted) && !text.contains("hunter2"), "{text}");
    }
    assert_eq!(heard.lock().unwrap().len(), 1);
}
