//! The verifier against fakes that speak just enough of each protocol. They are fakes: what they accept
//! follows the RFCs and manuals, not a run against the real servers.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod fake;

use std::time::{Duration, Instant};

use fake::{certificate, fingerprint, runtime, serve};

use super::*;

const EVERY: [(&str, StartTls); 8] = [
    ("none", StartTls::None),
    ("smtp", StartTls::Smtp),
    ("imap", StartTls::Imap),
    ("pop3", StartTls::Pop3),
    ("ftp", StartTls::Ftp),
    ("ldap", StartTls::Ldap),
    ("postgres", StartTls::Postgres),
    ("mysql", StartTls::Mysql),
];

fn wanted(port: u16, starttls: StartTls) -> Verify {
    Verify {
        endpoint: format!("127.0.0.1:{port}"),
        server_name: "site.example".to_owned(),
        named: true,
        starttls,
        attempts: 3,
        interval: Duration::from_millis(20),
    }
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(10)
}

#[test]
fn the_labels() {
    for (label, protocol) in EVERY {
        assert_eq!(label.parse(), Ok(protocol));
    }
    assert!("SMTP".parse::<StartTls>().is_err());
}

#[test]
fn the_leaf_is_read_in_every_protocol() {
    let certificate = certificate();
    for (label, protocol) in EVERY {
        let port = serve(protocol, true, vec![certificate.clone()]);
        let served = served_fingerprint(&wanted(port, protocol), &runtime(), Duration::from_secs(5));
        assert_eq!(served, Ok(fingerprint(&certificate)), "{label}");
    }
}

#[test]
fn a_server_without_tls_is_named_as_such() {
    for (label, protocol) in EVERY.into_iter().skip(1) {
        let port = serve(protocol, false, vec![certificate()]);
        let error =
            served_fingerprint(&wanted(port, protocol), &runtime(), Duration::from_secs(5)).unwrap_err();
        assert!(error.to_string().contains("before TLS began"), "{label}: {error}");
    }
}

#[test]
fn the_new_certificate_is_confirmed() {
    let certificate = certificate();
    let port = serve(StartTls::None, true, vec![certificate.clone()]);
    verify(&wanted(port, StartTls::None), &fingerprint(&certificate), &runtime(), soon()).unwrap();
}

#[test]
fn a_server_may_take_a_while() {
    let (old, new) = (certificate(), certificate());
    let port = serve(StartTls::None, true, vec![old.clone(), old, new.clone()]);
    verify(&wanted(port, StartTls::None), &fingerprint(&new), &runtime(), soon()).unwrap();
}

#[test]
fn who_waits_for_a_reload_does_not_wait_for_the_interval() {
    let (old, new) = (certificate(), certificate());
    let port = serve(StartTls::None, true, vec![old.clone(), old, new.clone()]);
    let patient = Verify { interval: Duration::from_secs(9), ..wanted(port, StartTls::None) };
    verify(&patient, &fingerprint(&new), &runtime(), soon()).unwrap();
    let port = serve(StartTls::None, true, vec![new.clone()]);
    let one_attempt = Verify { attempts: 1, ..wanted(port, StartTls::None) };
    let error = verify(&one_attempt, "00", &runtime(), soon()).unwrap_err();
    assert!(matches!(error, VerifyError::Mismatch { attempts: 1, .. }), "a glance is no attempt: {error}");
}

#[test]
fn once_is_not_served() {
    let (old, new) = (certificate(), certificate());
    let port = serve(StartTls::None, true, vec![new.clone(), new.clone(), old.clone()]);
    let error = verify(&wanted(port, StartTls::None), &fingerprint(&new), &runtime(), soon()).unwrap_err();
    assert!(
        matches!(&error, VerifyError::Mismatch { served, .. } if *served == fingerprint(&old)),
        "{error}"
    );
    let port = serve(StartTls::None, true, vec![new.clone(), old, new.clone()]);
    verify(&wanted(port, StartTls::None), &fingerprint(&new), &runtime(), soon()).unwrap();
}

#[test]
fn another_certificate_is_told() {
    let (old, new) = (certificate(), certificate());
    let port = serve(StartTls::None, true, vec![old.clone()]);
    let started = Instant::now();
    let error = verify(&wanted(port, StartTls::None), &fingerprint(&new), &runtime(), soon()).unwrap_err();
    // 20 ms, then 30 ms.
    assert!(started.elapsed() >= Duration::from_millis(50));
    assert!(matches!(&error, VerifyError::Mismatch { attempts: 3, .. }), "{error}");
    let text = error.to_string();
    for part in [fingerprint(&old), fingerprint(&new), "site.example".to_owned()] {
        assert!(text.contains(&part), "{text}");
    }
}

#[test]
fn nobody_there_is_told() {
    let error = verify(&wanted(1, StartTls::None), "00", &runtime(), soon()).unwrap_err();
    assert!(matches!(&error, VerifyError::Unconfirmed { attempts: 3, .. }), "{error}");
}

#[test]
fn the_deadline_ends_the_looks() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = wanted(listener.local_addr().unwrap().port(), StartTls::Smtp);
    let started = Instant::now();
    let deadline = started + Duration::from_millis(200);
    let error = verify(&silent, "00", &runtime(), deadline).unwrap_err();
    assert!(error.to_string().contains("no answer"), "{error}");
    assert!(started.elapsed() < Duration::from_secs(3));
}

#[test]
fn nonsense_is_not_tried_again() {
    for endpoint in ["", "127.0.0.1", ":443", "127.0.0.1:0", "127.0.0.1:x"] {
        let wanted = Verify { endpoint: endpoint.to_owned(), ..wanted(1, StartTls::None) };
        let error = verify(&wanted, "00", &runtime(), soon()).unwrap_err();
        assert!(matches!(error, VerifyError::Misconfigured(_)), "{endpoint}: {error}");
    }
    let wanted = Verify { server_name: "not a name".to_owned(), ..wanted(1, StartTls::None) };
    let error = verify(&wanted, "00", &runtime(), soon()).unwrap_err();
    assert!(matches!(error, VerifyError::Misconfigured(_)), "{error}");
}
