//! The connector against the SDK's double.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail by panicking")]

use alloc::string::ToString;

use lastmile_sdk::testing::{Double, deployment};
use lastmile_sdk::{Connector, Failure};

use super::Nginx;

const CONFIG: &str = r#"{ "certificate": "/tls/site.pem", "key": "/tls/site.key" }"#;

fn sandbox(config: &str) -> Double {
    Double::granting(Nginx::capabilities(config).unwrap())
}

#[test]
fn files_then_test_then_reload() {
    let mut sandbox = sandbox(CONFIG);
    let receipt = Nginx::deploy(&mut sandbox, &deployment(CONFIG)).unwrap();
    assert!(receipt.changed);
    assert_eq!(sandbox.files["/tls/site.pem"], ("LEAF\nCHAIN\n".to_string(), 0o644));
    assert_eq!(sandbox.files["/tls/site.key"], ("«private key»".to_string(), 0o600));
    assert_eq!(
        sandbox.commands,
        [["/usr/sbin/nginx", "-t"].as_slice(), &["/usr/sbin/nginx", "-s", "reload"]]
    );
    assert_eq!(sandbox.repeated, [["/usr/sbin/nginx", "-s", "reload"]]);
}

#[test]
fn the_same_again_does_nothing_but_a_second_attempt_reloads() {
    let mut sandbox = sandbox(CONFIG);
    Nginx::deploy(&mut sandbox, &deployment(CONFIG)).unwrap();
    sandbox.commands.clear();
    assert!(!Nginx::deploy(&mut sandbox, &deployment(CONFIG)).unwrap().changed);
    assert!(sandbox.commands.is_empty());
    let mut again = deployment(CONFIG);
    again.attempt = 2;
    assert!(!Nginx::deploy(&mut sandbox, &again).unwrap().changed);
    assert_eq!(sandbox.commands.len(), 2);
}

#[test]
fn a_chain_of_its_own_an_owner_and_a_group_that_reads() {
    let config = r#"{ "certificate": "/tls/c", "chain": "/tls/i", "key": "/tls/k", "owner": "www", "group": "tls", "program": "/opt/nginx", "config-file": "/etc/n.conf", "error-log": "/log" }"#;
    let mut sandbox = sandbox(config);
    Nginx::deploy(&mut sandbox, &deployment(config)).unwrap();
    assert_eq!(sandbox.files["/tls/c"].0, "LEAF\n");
    assert_eq!(sandbox.files["/tls/i"].0, "CHAIN\n");
    assert_eq!(sandbox.files["/tls/k"].1, 0o640);
    assert_eq!(sandbox.owners["/tls/k"], (Some("www".to_string()), Some("tls".to_string())));
    let nginx = ["/opt/nginx", "-c", "/etc/n.conf", "-e", "/log"];
    assert_eq!(sandbox.commands, [[&nginx[..], &["-t"]].concat(), [&nginx[..], &["-s", "reload"]].concat()]);
}

#[test]
fn a_configuration_that_nginx_refuses_is_not_reloaded() {
    let mut sandbox = sandbox(CONFIG);
    sandbox.exit("-t", 1, "nginx: [emerg] unknown directive\n");
    let failure = Nginx::deploy(&mut sandbox, &deployment(CONFIG)).unwrap_err();
    assert!(matches!(failure, Failure::Rejected(text) if text.contains("unknown directive")));
    assert_eq!(sandbox.commands.len(), 1);
}

#[test]
fn a_reload_that_fails_is_worth_another_try() {
    let mut sandbox = sandbox(CONFIG);
    sandbox.exit("reload", 1, "invalid PID number");
    let failure = Nginx::deploy(&mut sandbox, &deployment(CONFIG)).unwrap_err();
    assert!(matches!(failure, Failure::Unavailable((text, None)) if text.contains("invalid PID number")));
}

#[test]
fn every_fault_of_the_configuration_is_told_at_once() {
    let faulty = r#"{ "certificate": "relative", "chain": 7, "keys": "/k" }"#;
    let problems = Nginx::capabilities(faulty).unwrap_err();
    let pointers: alloc::vec::Vec<_> = problems.iter().map(|problem| problem.pointer.as_str()).collect();
    assert_eq!(pointers, ["/certificate", "/key", "/chain", "/keys"]);
}
