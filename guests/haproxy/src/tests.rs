//! The connector against the SDK's double.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail by panicking")]

use alloc::string::ToString;

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
    sandbox.outputs.insert("socat".to_string(), output("Can't commit /tls/site.pem: inconsistencies\n"));
    let mut again = deployment(config);
    again.attempt = 2;
    assert!(matches!(Haproxy::deploy(&mut sandbox, &again), Err(Failure::Unavailable(_))));
}

#[test]
fn every_fault_of_the_configuration_is_told_at_once() {
    let problems = Haproxy::capabilities(r#"{ "pem": "x", "check": ["relative"], "other": 1 }"#).unwrap_err();
    let pointers: alloc::vec::Vec<_> = problems.iter().map(|problem| problem.pointer.as_str()).collect();
    assert_eq!(pointers, ["/pem", "/check", "/reload", "/other"]);
    let problems =
        Haproxy::capabilities(r#"{ "pem": "/a;b", "runtime": "/s", "reload": ["/r"] }"#).unwrap_err();
    assert_eq!(problems[0].pointer, "/pem");
}
