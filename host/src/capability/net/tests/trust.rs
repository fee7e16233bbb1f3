//! Whom the door trusts.

use rcgen::{BasicConstraints, CertificateParams, CertifiedKey, IsCa, Issuer, KeyPair};

use super::fake::{ca_file, certificate, dial, door, echo, http, ok, pin, request, settings, soon, vault};
use crate::capability::net::{NetError, Response, Trust};

fn get(endpoint: &str, trust: Trust) -> Result<Response, NetError> {
    door(endpoint, settings(trust)).dial(endpoint, &vault(&[]), soon())?.request(
        &request("GET", "/"),
        &vault(&[]),
        soon(),
    )
}

/// An authority and a certificate under it for `name`.
fn issued(name: &str) -> (String, CertifiedKey<KeyPair>) {
    let (key, signing_key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = params.self_signed(&key).unwrap().pem();
    let issuer = Issuer::new(params, key);
    let cert =
        CertificateParams::new(vec![name.to_owned()]).unwrap().signed_by(&signing_key, &issuer).unwrap();
    (authority, CertifiedKey { cert, signing_key })
}

#[test]
fn pins_decide_by_the_leaf_alone() {
    let (served, other) = (certificate(), certificate());
    let (port, heard) = http(Some(&served), |_| ok("hello"));
    for host in ["127.0.0.1", "localhost"] {
        let endpoint = format!("https://{host}:{port}");
        assert_eq!(get(&endpoint, pin(&served)).unwrap().body, b"hello");
        for trust in [pin(&other), Trust::Pins(Vec::new())] {
            let error = get(&endpoint, trust).unwrap_err();
            assert!(matches!(&error, NetError::Untrusted(text) if text.contains("SHA-256")), "{error}");
        }
    }
    assert_eq!(heard.lock().unwrap().len(), 2);

    let endpoint = format!("tls://127.0.0.1:{}", echo(Some(&served)));
    let refused = door(&endpoint, settings(pin(&other))).dial(&endpoint, &vault(&[]), soon());
    assert!(matches!(refused, Err(NetError::Untrusted(_))));
}

#[test]
fn a_file_of_roots_decides_by_chain_and_name() {
    let directory = tempfile::tempdir().unwrap();
    let (authority, served) = issued("localhost");
    let (stranger, _) = issued("localhost");
    let (port, _) = http(Some(&served), |_| ok("hello"));
    let (named, unnamed) = (format!("https://localhost:{port}"), format!("https://127.0.0.1:{port}"));
    let trust = ca_file(directory.path(), &authority);
    assert_eq!(get(&named, trust.clone()).unwrap().body, b"hello");
    assert!(matches!(get(&unnamed, trust), Err(NetError::Untrusted(_))));
    let error = get(&named, ca_file(directory.path(), &stranger)).unwrap_err();
    assert!(matches!(&error, NetError::Untrusted(text) if text.contains("localhost")), "{error}");
    for useless in ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        let error = get(&named, ca_file(directory.path(), useless)).unwrap_err();
        assert!(matches!(&error, NetError::Untrusted(text) if text.contains("ca.pem")), "{error}");
    }
    let absent = Trust::CaFile(directory.path().join("absent.pem"));
    assert!(matches!(get(&named, absent), Err(NetError::Untrusted(_))));
}

#[test]
fn the_systems_roots_do_not_know_a_stranger() {
    let served = certificate();
    let (port, heard) = http(Some(&served), |_| ok("hello"));
    let error = get(&format!("https://localhost:{port}"), Trust::SystemRoots).unwrap_err();
    assert!(matches!(error, NetError::Untrusted(_)), "{error}");
    assert!(heard.lock().unwrap().is_empty());
}

#[test]
fn a_peer_without_tls_is_unreachable_not_untrusted() {
    let (port, _) = http(None, |_| ok(""));
    let error = get(&format!("https://127.0.0.1:{port}"), Trust::Pins(Vec::new()));
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let refused = get(&format!("https://{closed}"), Trust::Pins(Vec::new()));
    assert!(matches!(refused, Err(NetError::Unreachable(_))));
    assert!(matches!(error, Err(NetError::Unreachable(_))), "{error:?}");
}

#[test]
fn the_peers_certificates_are_shown() {
    let (served, other) = (certificate(), certificate());
    let (port, _) = http(Some(&served), |_| ok("hello"));
    let endpoint = format!("https://localhost:{port}");
    let expected = [served.cert.der().to_vec()];
    // Before the first request, and after it.
    let mut connection = dial(&endpoint, settings(pin(&served)));
    assert_eq!(connection.peer_certificates().unwrap(), expected);
    connection.request(&request("GET", "/"), &vault(&[]), soon()).unwrap();
    assert_eq!(connection.peer_certificates().unwrap(), expected);
    // Never those of a stranger.
    let mut connection = dial(&endpoint, settings(pin(&other)));
    assert!(matches!(connection.peer_certificates(), Err(NetError::Untrusted(_))));
    connection.request(&request("GET", "/"), &vault(&[]), soon()).unwrap_err();
    assert!(matches!(connection.peer_certificates(), Err(NetError::Untrusted(_))));
}
