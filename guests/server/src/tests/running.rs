//! What a profile does in the sandbox.

use alloc::string::ToString;
use alloc::vec;

use lastmile_sdk::testing::{Double, deployment};
use lastmile_sdk::{Connector, Failure, Output, Status};

use crate::Any;

const REDIS: &str = r#"{ "profile": "redis", "certificate": "/c", "key": "/k", "owner": "root" }"#;

fn sandbox(config: &str) -> Double {
    Double::granting(Any::capabilities(config).unwrap())
}

fn says(sandbox: &mut Double, part: &str, text: &str) {
    let output = Output { status: Status::Exited(0), stdout: text.as_bytes().to_vec(), stderr: vec![] };
    sandbox.outputs.insert(part.to_string(), output);
}

#[test]
fn what_says_nothing_of_success_has_failed() {
    let mut sandbox = sandbox(REDIS);
    says(&mut sandbox, "CONFIG", "ERR Unable to update TLS configuration\n");
    let failure = Any::deploy(&mut sandbox, &deployment(REDIS)).unwrap_err();
    assert!(matches!(failure, Failure::Unavailable((text, None)) if text.contains("Unable to update")));
    assert_eq!(sandbox.repeated.len(), 1, "the undo tells the server as well");
    says(&mut sandbox, "CONFIG", "OK\n");
    let mut again = deployment(REDIS);
    again.attempt = 2;
    assert!(Any::deploy(&mut sandbox, &again).is_ok());
}

#[test]
fn a_check_that_refuses_stops_before_the_reload() {
    let config = r#"{ "profile": "lighttpd", "pem": "/p" }"#;
    let mut sandbox = sandbox(config);
    sandbox.exit("-tt", 255, "private key does not match");
    let failure = Any::deploy(&mut sandbox, &deployment(config)).unwrap_err();
    assert!(matches!(failure, Failure::Rejected(text) if text.contains("does not match")));
    assert_eq!(sandbox.commands.len(), 1);
}

#[test]
fn a_server_that_looks_by_itself_is_left_alone() {
    let config = r#"{ "profile": "proftpd", "pem": "/p" }"#;
    let mut sandbox = sandbox(config);
    assert!(Any::deploy(&mut sandbox, &deployment(config)).unwrap().changed);
    assert_eq!(sandbox.commands, [["/usr/sbin/proftpd", "-t"]]);
    assert!(sandbox.repeated.is_empty());
    assert!(!Any::deploy(&mut sandbox, &deployment(config)).unwrap().changed);
    assert_eq!(sandbox.commands.len(), 1);
}

/// A status of 200 with FAIL in its body.
#[test]
fn tomcat_is_taken_at_its_word() {
    let config = r#"{ "profile": "tomcat", "certificate": "/c", "key": "/k", "group": "root" }"#;
    let mut sandbox = sandbox(config);
    says(&mut sandbox, "--netrc-file", "FAIL - Failed to reload TLS configuration");
    let failure = Any::deploy(&mut sandbox, &deployment(config)).unwrap_err();
    assert!(matches!(failure, Failure::Unavailable((text, None)) if text.contains("FAIL - ")));
    assert_eq!(sandbox.repeated.len(), 1);
}

/// keytool can end with 0 and have found no key.
#[test]
fn a_keystore_without_the_key_is_refused() {
    let config = r#"{ "profile": "javakeystore", "keystore": "/s" }"#;
    let mut sandbox = sandbox(config);
    says(&mut sandbox, "-list", "site, Nov 25, 2026, trustedCertEntry,\n");
    let failure = Any::deploy(&mut sandbox, &deployment(config)).unwrap_err();
    assert!(matches!(failure, Failure::Rejected(text) if text.contains("trustedCertEntry")));
    assert_eq!(sandbox.files["/s"].0, "«PKCS#12 site under password»");
}
