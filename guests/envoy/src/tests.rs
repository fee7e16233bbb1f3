//! The connector against the SDK's double.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use lastmile_sdk::Connector;
use lastmile_sdk::server::Server;
use lastmile_sdk::testing::{Double, deployment};

use super::Envoy;

const CONFIG: &str = r#"{ "secret": "/sds/site.yaml", "name": "site" }"#;

#[test]
fn one_file_holds_both_halves() {
    let mut sandbox = Double::granting(Envoy::capabilities(CONFIG).unwrap());
    assert!(Envoy::deploy(&mut sandbox, &deployment(CONFIG)).unwrap().changed);
    let (yaml, mode) = &sandbox.files["/sds/site.yaml"];
    assert_eq!(*mode, 0o600);
    let whole = r#"resources:
- "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret"
  name: "site"
  tls_certificate:
    certificate_chain:
      inline_string: "LEAF\nCHAIN\n"
    private_key:
      inline_string: "«private key»"
"#;
    assert_eq!(yaml, whole);
    assert!(sandbox.commands.is_empty());
    assert!(!Envoy::deploy(&mut sandbox, &deployment(CONFIG)).unwrap().changed);
}

#[test]
fn a_check_runs_if_it_was_written() {
    let config = r#"{ "secret": "/s", "name": "a\"b", "check": ["/bin/check"], "owner": "o", "group": "g" }"#;
    let mut sandbox = Double::granting(Envoy::capabilities(config).unwrap());
    Envoy::deploy(&mut sandbox, &deployment(config)).unwrap();
    assert_eq!(sandbox.commands, [["/bin/check"]]);
    assert!(sandbox.repeated.is_empty());
    assert!(sandbox.files["/s"].0.contains(r#"  name: "a\"b""#));
    assert_eq!(sandbox.owners["/s"], (Some("o".into()), Some("g".into())));
    let none = Envoy::plan(r#"{ "secret": "/s", "name": "n", "check": [] }"#).unwrap();
    assert_eq!((none.check, none.reload), (None, None));
}

#[test]
fn every_fault_of_the_configuration_is_told_at_once() {
    let problems = Envoy::capabilities(r#"{ "secret": "x", "check": ["envoy"] }"#).unwrap_err();
    let pointers: alloc::vec::Vec<_> = problems.iter().map(|problem| problem.pointer.as_str()).collect();
    assert_eq!(pointers, ["/secret", "/name", "/check"]);
}
