//! What can be dialled at all.

use std::time::{Duration, Instant};

use super::fake::{dial, door, echo, http, ok, plain, request, runtime, soon, vault};
use crate::capability::net::{NetDoor, NetError};

fn refusal(declared: &str, wanted: &str) -> NetError {
    door(declared, plain()).dial(wanted, &vault(&[]), soon()).err().expect(wanted)
}

#[test]
fn only_a_declared_endpoint_is_dialled() {
    let port = echo(None);
    let declared = format!("tcp://127.0.0.1:{port}");
    dial(&declared, plain());
    for wanted in [
        format!("tls://127.0.0.1:{port}"),
        format!("http://127.0.0.1:{port}"),
        format!("tcp://127.0.0.1:{}", port ^ 1),
        format!("tcp://127.0.0.1:{port}0"),
        format!("tcp://localhost:{port}"),
        format!("tcp://127.0.0.1:{port}/"),
        format!("tcp://127.0.0.1:{port}@other.example:1"),
        format!("tcp://[::ffff:127.0.0.1]:{port}"),
        format!("tcp://127.1:{port}"),
        "127.0.0.1".to_owned(),
        String::new(),
    ] {
        let error = refusal(&declared, &wanted);
        assert!(matches!(error, NetError::Denied(_)), "{wanted}: {error}");
    }
    let error = refusal(&declared, "tcp://db.example:5432").to_string();
    assert!(error.contains("tcp://db.example:5432"), "{error}");
    let nothing = NetDoor::new(Vec::new(), plain(), runtime());
    assert!(matches!(nothing.dial(&declared, &vault(&[]), soon()), Err(NetError::Denied(_))));
}

#[test]
fn the_same_endpoint_may_be_written_otherwise() {
    let (port, _) = http(None, |_| ok("hello"));
    let door = door(&format!("http://localhost:{port}"), plain());
    assert!(door.dial(&format!("http://LOCALHOST:{port}"), &vault(&[]), soon()).is_ok());
}

#[test]
fn some_addresses_are_refused_although_granted() {
    for endpoint in [
        "http://169.254.169.254",
        "http://[fd00:ec2::254]",
        "http://100.100.100.200",
        "tcp://169.254.7.7:80",
        "tcp://[fe80::1]:80",
        "tcp://0.0.0.0:80",
        "tcp://[::]:80",
        "tcp://255.255.255.255:80",
        "tcp://224.0.0.1:80",
        "tcp://[::ffff:127.0.0.1]:80",
        "tcp://[::ffff:169.254.169.254]:80",
        "tcp://[64:ff9b::a9fe:a9fe]:80",
        "tcp://[2002:7f00:1::1]:80",
    ] {
        let error = refusal(endpoint, endpoint);
        assert!(matches!(error, NetError::Denied(_)), "{endpoint}: {error}");
    }
}

#[test]
fn nobody_there_is_unreachable() {
    let endpoint = "tcp://127.0.0.1:1";
    assert!(matches!(refusal(endpoint, endpoint), NetError::Unreachable(_)));
    let endpoint = "http://127.0.0.1:1";
    let error = dial(endpoint, plain()).request(&request("GET", "/"), &vault(&[]), soon()).unwrap_err();
    assert!(matches!(&error, NetError::Unreachable(text) if !text.contains("sent")), "{error}");
    let endpoint = "tcp://no-such-host.invalid:1";
    assert!(matches!(refusal(endpoint, endpoint), NetError::Unreachable(_)));
}

#[test]
fn a_deadline_in_the_past_is_kept() {
    let endpoint = format!("tcp://127.0.0.1:{}", echo(None));
    let past = Instant::now().checked_sub(Duration::from_millis(1)).unwrap();
    assert!(matches!(
        door(&endpoint, plain()).dial(&endpoint, &vault(&[]), past),
        Err(NetError::Unreachable(_))
    ));
}
