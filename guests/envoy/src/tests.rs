//! The connector against the SDK's double.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use lastmile_sdk::Connector;
use lastmile_sdk::testing::{Double, deployment};

use super::Envoy;

const CONFIG: &str = r#"{ "secret": "/sds/site.yaml", "name": "site" }"#;

#[test]
fn one_file_holds_both_halves() {
    let mut sandbox = Double::granting(Envoy::capabilities(CONFIG).unwrap());
    assert!(Envoy::deploy(&mut sandbox, &deployment(CONFIG)).unwrap().changed);
    let (yaml, mode) = &sandbox.files["/sds/site.yaml"];
    assert_eq!(*mode, 0o600);
    assert!(yaml.contains("inline_string: \"LEAF\\nCHAIN\\n\"\n"), "{yaml}");
    assert!(yaml.contains("inline_string: \"«private key»\"\n"), "{yaml}");
    assert!(!Envoy::deploy(&mut sandbox, &deployment(CONFIG)).unwrap().changed);
}

#[test]
fn every_fault_of_the_configuration_is_told_at_once() {
    let problems = Envoy::capabilities(r#"{ "secret": "x", "check": ["envoy"] }"#).unwrap_err();
    let pointers: alloc::vec::Vec<_> = problems.iter().map(|problem| problem.pointer.as_str()).collect();
    assert_eq!(pointers, ["/secret", "/name", "/check"]);
}
