//! Against the SDK's double of the sandbox, which does nothing and remembers everything.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use alloc::vec::Vec;

use lastmile_sdk::testing::{Double, deployment};
use lastmile_sdk::{Connector, Failure};

use super::Mine;

const CONFIG: &str = r#"{ "certificate": "/tls/a.pem", "key": "/tls/a.key",
                          "check": ["/bin/it", "-t"], "reload": ["/bin/it", "reload"] }"#;

#[test]
fn it_writes_checks_and_reloads_once() {
    let mut sandbox = Double::granting(Mine::capabilities(CONFIG).unwrap());
    assert!(Mine::deploy(&mut sandbox, &deployment(CONFIG)).unwrap().changed);
    assert_eq!(sandbox.files["/tls/a.pem"], ("LEAF\nCHAIN\n".into(), 0o644));
    assert_eq!(sandbox.files["/tls/a.key"], ("«private key»".into(), 0o600));
    assert!(!Mine::deploy(&mut sandbox, &deployment(CONFIG)).unwrap().changed);
    assert_eq!(sandbox.commands, [["/bin/it", "-t"], ["/bin/it", "reload"]]);
}

#[test]
fn what_the_check_refuses_is_not_reloaded() {
    let mut sandbox = Double::granting(Mine::capabilities(CONFIG).unwrap());
    sandbox.exit("-t", 1, "no such file");
    let failure = Mine::deploy(&mut sandbox, &deployment(CONFIG)).unwrap_err();
    assert!(matches!(failure, Failure::Rejected(text) if text.contains("no such file")));
    assert_eq!(sandbox.commands, [["/bin/it", "-t"]]);
}

#[test]
fn every_fault_is_told_at_once() {
    let problems = Mine::capabilities(r#"{ "key": "relative", "kye": 1 }"#).unwrap_err();
    let pointers: Vec<&str> = problems.iter().map(|problem| problem.pointer.as_str()).collect();
    assert_eq!(pointers, ["/certificate", "/key", "/kye"]);
}
