//! The connector against the SDK's double.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use alloc::format;

use lastmile_sdk::Connector;
use lastmile_sdk::testing::{Double, deployment};

use super::Traefik;

const CONFIG: &str = r#"{ "certificate": "/t/c \"q\".pem", "key": "/t/k", "dynamic": "/d/site.yml", "default": true, "owner": "o", "group": "g" }"#;

#[test]
fn the_dynamic_file_names_the_pair_and_changes_with_it() {
    let mut sandbox = Double::granting(Traefik::capabilities(CONFIG).unwrap());
    assert!(Traefik::deploy(&mut sandbox, &deployment(CONFIG)).unwrap().changed);
    let yaml = &sandbox.files["/d/site.yml"].0;
    let whole = r#"
tls:
  certificates:
    - certFile: "/t/c \"q\".pem"
      keyFile: "/t/k"
  stores:
    default:
      defaultCertificate:
        certFile: "/t/c \"q\".pem"
        keyFile: "/t/k"
"#;
    assert_eq!(*yaml, format!("# lastmile: {}{whole}", "00".repeat(32)));
    assert_eq!(sandbox.files["/t/c \"q\".pem"].0, "LEAF\nCHAIN\n");
    assert_eq!(sandbox.files["/t/k"].1, 0o640);
    for file in ["/t/k", "/t/c \"q\".pem", "/d/site.yml"] {
        assert_eq!(sandbox.owners[file], (Some("o".into()), Some("g".into())));
    }
    assert!(sandbox.commands.is_empty());

    let before = yaml.clone();
    let mut renewed = deployment(CONFIG);
    renewed.certificate.fingerprint = "11".repeat(32);
    assert!(Traefik::deploy(&mut sandbox, &renewed).unwrap().changed);
    assert_ne!(sandbox.files["/d/site.yml"].0, before);
}

#[test]
fn it_is_the_default_only_if_that_was_written() {
    let config = r#"{ "certificate": "/c", "key": "/k", "dynamic": "/d" }"#;
    let mut sandbox = Double::granting(Traefik::capabilities(config).unwrap());
    Traefik::deploy(&mut sandbox, &deployment(config)).unwrap();
    assert!(sandbox.files["/d"].0.ends_with("keyFile: \"/k\"\n"));
    assert!(!sandbox.files["/d"].0.contains("stores"));
}

#[test]
fn every_fault_of_the_configuration_is_told_at_once() {
    let problems =
        Traefik::capabilities(r#"{ "certificate": "x", "default": 1, "yaml": "/y" }"#).unwrap_err();
    let pointers: alloc::vec::Vec<_> = problems.iter().map(|problem| problem.pointer.as_str()).collect();
    assert_eq!(pointers, ["/certificate", "/key", "/dynamic", "/default", "/yaml"]);
}
