//! The connector against the SDK's double.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail by panicking")]

use alloc::format;
use alloc::string::ToString;

use lastmile_sdk::server::{File, Piece, Server};
use lastmile_sdk::testing::{Double, deployment};
use lastmile_sdk::{Connector, Failure};

use super::Haproxy;

const CONFIG: &str =
    r#"{ "pem": "/tls/site.pem", "check": ["/h", "-c"], "reload": ["/bin/systemctl", "reload", "haproxy"] }"#;

fn sandbox() -> Double {
    Double::granting(Haproxy::capabilities(CONFIG).unwrap())
}

#[test]
fn one_file_then_check_then_reload() {
    let mut sandbox = sandbox();
    assert!(Haproxy::deploy(&mut sandbox, &deployment(CONFIG)).unwrap().changed);
    assert_eq!(sandbox.files["/tls/site.pem"], ("LEAF\nCHAIN\n«private key»".to_string(), 0o600));
    assert_eq!(sandbox.commands, [["/h", "-c"].as_slice(), &["/bin/systemctl", "reload", "haproxy"]]);
    assert_eq!(sandbox.repeated.len(), 1);
    assert!(!Haproxy::deploy(&mut sandbox, &deployment(CONFIG)).unwrap().changed);
    assert_eq!(sandbox.commands.len(), 2);
}

#[test]
fn a_check_that_fails_stops_before_the_reload() {
    let mut sandbox = sandbox();
    sandbox.exit("-c", 1, "unable to load certificate");
    let failure = Haproxy::deploy(&mut sandbox, &deployment(CONFIG)).unwrap_err();
    assert!(matches!(failure, Failure::Rejected(text) if text.contains("unable to load")));
    assert_eq!(sandbox.commands.len(), 1);
}

#[test]
fn through_the_runtime_api_an_undo_reloads() {
    let config = r#"{ "pem": "/tls/site.pem", "runtime": "/run/h.sock", "reload": ["/bin/again"] }"#;
    let mut sandbox = Double::granting(Haproxy::capabilities(config).unwrap());
    let output = |text: &str| lastmile_sdk::Output {
        status: lastmile_sdk::Status::Exited(0),
        stdout: text.as_bytes().to_vec(),
        stderr: alloc::vec![],
    };
    sandbox.outputs.insert("socat".to_string(), output("Committing\nSuccess!\n"));
    assert!(Haproxy::deploy(&mut sandbox, &deployment(config)).unwrap().changed);
    assert_eq!(sandbox.commands, [["/usr/bin/socat", "-t5", "-", "UNIX-CONNECT:/run/h.sock"]]);
    assert_eq!(sandbox.repeated, [["/bin/again"]]);
    let mut again = deployment(config);
    again.attempt = 2;
    for said in ["Success!\nCan't commit /tls/site.pem\n", "Permission denied\n"] {
        sandbox.outputs.insert("socat".to_string(), output(said));
        assert!(matches!(Haproxy::deploy(&mut sandbox, &again), Err(Failure::Unavailable(_))), "{said}");
    }
}

/// What HAProxy reads on its socket: the payload ends at the empty line, and the path is that of `crt`.
#[test]
fn through_the_runtime_api_the_material_goes_before_the_commit() {
    let config = r#"{ "pem": "/tls/p", "runtime": "/s", "reload": ["/r"], "owner": "o", "group": "g" }"#;
    let plan = Haproxy::plan(config).unwrap();
    assert_eq!(plan.check, None);
    let file = File::new("/tls/p".to_string(), &[Piece::FullChain, Piece::Key]);
    assert_eq!(plan.files, [file.owned(Some("o"), Some("g"))]);
    let text = |text: &str| Piece::Text(text.to_string());
    assert_eq!(
        plan.reload.unwrap().stdin,
        [text("set ssl cert /tls/p <<\n"), Piece::FullChain, Piece::Key, text("\ncommit ssl cert /tls/p\n")]
    );
}

#[test]
fn every_fault_of_the_configuration_is_told_at_once() {
    let problems = Haproxy::capabilities(r#"{ "pem": "x", "check": ["relative"], "other": 1 }"#).unwrap_err();
    let pointers: alloc::vec::Vec<_> = problems.iter().map(|problem| problem.pointer.as_str()).collect();
    assert_eq!(pointers, ["/pem", "/check", "/reload", "/other"]);
    for pem in ["/a;b", "/a b"] {
        let config = format!(r#"{{ "pem": "{pem}", "runtime": "/s", "reload": ["/r"] }}"#);
        assert_eq!(Haproxy::capabilities(&config).unwrap_err()[0].pointer, "/pem");
        let reloads = format!(r#"{{ "pem": "{pem}", "reload": ["/r"] }}"#);
        assert!(Haproxy::capabilities(&reloads).is_ok(), "the socket alone minds");
    }
}
