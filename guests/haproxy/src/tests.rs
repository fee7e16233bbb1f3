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
fn every_fault_of_the_configuration_is_told_at_once() {
    let problems = Haproxy::capabilities(r#"{ "pem": "x", "check": ["relative"], "other": 1 }"#).unwrap_err();
    let pointers: alloc::vec::Vec<_> = problems.iter().map(|problem| problem.pointer.as_str()).collect();
    assert_eq!(pointers, ["/pem", "/check", "/reload", "/other"]);
}
