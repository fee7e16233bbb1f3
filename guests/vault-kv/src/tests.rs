//! The connector against the SDK's double. What a real server makes of it is with the end-to-end tests.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail by panicking")]

use alloc::format;
use alloc::string::{String, ToString};

use lastmile_sdk::testing::specimens::{ED25519, P256, P256_FINGERPRINT, RSA_2048, deployment};
use lastmile_sdk::testing::{Double, Sent};
use lastmile_sdk::{Connector, Failure, NetError, Receipt};
use serde_json::{Value, json};

use super::VaultKv;

mod failures;
mod way_back;

const CONFIG: &str = r#"{ "host": "vault.example", "path": "tls/www" }"#;
const METADATA: &str = "GET /v1/secret/metadata/tls/www";
const MARK: &str = "POST /v1/secret/metadata/tls/www";
const WRITE: &str = "POST /v1/secret/data/tls/www";
const ENGINE: &str = "GET /v1/sys/internal/ui/mounts/secret";

fn sandbox(config: &str) -> Double {
    Double::granting(VaultKv::capabilities(config).unwrap())
}

/// The secret's metadata: the current version, whether it is deleted, and whose the mark says that which version is.
fn metadata(version: u64, deleted: bool, mark: Option<(&str, u64)>) -> String {
    let deletion_time = if deleted { "2026-11-30T17:43:37Z" } else { "" };
    let mut custom = json!({ "owner": "edge" });
    if let Some((fingerprint, marked)) = mark {
        custom["lastmile-sha256"] = fingerprint.into();
        custom["lastmile-version"] = marked.to_string().into();
    }
    let versions = json!({ version.to_string(): { "deletion_time": deletion_time, "destroyed": false } });
    let data = json!({ "current_version": version, "versions": versions, "custom_metadata": custom });
    json!({ "data": data }).to_string()
}

fn written(version: u64) -> String {
    json!({ "data": { "version": version, "destroyed": false } }).to_string()
}

fn deploy(sandbox: &mut Double, config: &str) -> Result<Receipt, Failure> {
    VaultKv::deploy(sandbox, &deployment(config))
}

fn body(sent: &Sent) -> Value {
    serde_json::from_str(&sent.body).unwrap()
}

#[test]
fn a_first_write_asks_what_engine_it_is_and_marks_its_version() {
    let mut sandbox = sandbox(CONFIG);
    sandbox.on(METADATA, 404, r#"{"errors":[]}"#);
    sandbox.on(ENGINE, 200, r#"{"data":{"options":{"version":"2"}}}"#);
    sandbox.on(WRITE, 200, &written(1));
    sandbox.on(MARK, 204, "");
    sandbox.on(METADATA, 200, &metadata(1, false, Some((P256_FINGERPRINT, 1))));
    let receipt = deploy(&mut sandbox, CONFIG).unwrap();
    assert!(receipt.changed && receipt.reference == "secret/tls/www, version 1");
    assert_eq!(sandbox.lines(), [METADATA, ENGINE, WRITE, MARK, METADATA]);
    let requests = sandbox.requests.borrow().clone();
    let data = json!({ "certificate": P256, "chain": RSA_2048, "private_key": "«private key»" });
    assert_eq!(body(&requests[2]), json!({ "options": { "cas": 0 }, "data": data }));
    assert_eq!(*sandbox.notes.borrow(), [r#"{"version":0,"live":false}"#]);

    // Once more: the mark is believed, and nothing is sent that changes something.
    let receipt = deploy(&mut sandbox, CONFIG).unwrap();
    assert!(!receipt.changed && receipt.note == "it is there already");
    assert_eq!(sandbox.changes(&[]), [WRITE, MARK], "those of the first time");
}

#[test]
fn a_renewal_names_the_version_that_it_replaces_and_keeps_the_marks_of_others() {
    for deleted in [false, true] {
        let mut sandbox = sandbox(CONFIG);
        sandbox.on(METADATA, 200, &metadata(4, deleted, Some(("0123", 4))));
        sandbox.on(WRITE, 200, &written(5));
        sandbox.on(MARK, 204, "");
        sandbox.on(METADATA, 200, &metadata(5, false, Some((P256_FINGERPRINT, 5))));
        assert!(deploy(&mut sandbox, CONFIG).unwrap().changed);
        let requests = sandbox.requests.borrow();
        assert_eq!(body(&requests[1])["options"], json!({ "cas": 4 }), "also where the version 4 is deleted");
        let marks = json!({ "owner": "edge", "lastmile-sha256": P256_FINGERPRINT, "lastmile-version": "5" });
        assert_eq!(body(&requests[2]), json!({ "custom_metadata": marks }));
        assert_eq!(sandbox.notes.borrow()[0], format!(r#"{{"version":4,"live":{}}}"#, !deleted));
    }
}

#[test]
fn a_mark_of_another_version_or_on_a_deleted_one_is_not_believed() {
    for state in
        [metadata(4, false, Some((P256_FINGERPRINT, 3))), metadata(4, true, Some((P256_FINGERPRINT, 4)))]
    {
        let mut sandbox = sandbox(CONFIG);
        sandbox.on(METADATA, 200, &state);
        sandbox.on(WRITE, 422, "");
        assert!(deploy(&mut sandbox, CONFIG).is_err());
        assert_eq!(sandbox.changes(&[]), [WRITE]);
    }
}

#[test]
fn a_version_that_ends_later_is_live_until_then() {
    for (date, live) in [
        ("Mon, 30 Nov 2026 17:43:36 GMT", true),
        ("Fri, 02 Oct 2026 18:00:00 GMT", true),
        ("Mon, 30 Nov 2026 17:43:37 GMT", false),
        ("Fri, 01 Jan 2027 00:00:00 GMT", false),
        ("soon", false),
    ] {
        let mut sandbox = sandbox(CONFIG);
        let ends = metadata(4, true, Some((P256_FINGERPRINT, 4)));
        sandbox.on_with(METADATA, 200, &[("Date", date)], &ends);
        let observed = VaultKv::observe(&mut sandbox, &deployment(CONFIG)).unwrap();
        assert_eq!(observed.is_some(), live, "{date}");
    }
}

#[test]
fn mount_path_namespace_and_names_are_the_operators() {
    let config = r#"{ "host": "::1", "port": 8300, "mount": "kv/team", "path": "tls/*.example.test", "namespace": "a/b",
        "fields": { "certificate": "tls.crt", "key": "tls.key" } }"#;
    let mut sandbox = sandbox(config);
    sandbox.on("GET /v1/kv/team/metadata/tls/%2A.example.test", 200, &metadata(1, false, None));
    sandbox.on("POST /v1/kv/team/data/tls/%2A.example.test", 422, "");
    assert!(deploy(&mut sandbox, config).is_err());
    let requests = sandbox.requests.borrow();
    assert_eq!(requests[1].headers["x-vault-namespace"], "a/b");
    let written = body(&requests[1]);
    assert!(written["data"]["tls.crt"] == P256 && written["data"]["tls.key"] == "«private key»");
    assert!(matches!(&VaultKv::capabilities(config).unwrap()[0],
        lastmile_sdk::Capability::NetDial(endpoint) if endpoint == "https://[::1]:8300"));
}

#[test]
fn a_configuration_has_all_its_faults_told_at_once() {
    let wrong =
        r#"{ "host": "https://x", "path": "/a b", "fields": { "key": "chain" }, "approle": {}, "kind": 1 }"#;
    let problems = VaultKv::capabilities(wrong).unwrap_err();
    let pointers: alloc::vec::Vec<_> = problems.iter().map(|problem| problem.pointer.as_str()).collect();
    assert_eq!(pointers, ["/host", "/path", "/approle", "/fields", "/kind"]);
}

#[test]
fn observe_tells_what_the_mark_says() {
    let mut sandbox = sandbox(CONFIG);
    sandbox.on(METADATA, 200, &metadata(2, false, Some((P256_FINGERPRINT, 2))));
    let observed = VaultKv::observe(&mut sandbox, &deployment(CONFIG)).unwrap();
    assert_eq!(observed.as_deref(), Some(P256_FINGERPRINT));
    let mut other = super::tests::sandbox(CONFIG);
    other.on(METADATA, 200, &metadata(3, false, Some((P256_FINGERPRINT, 2))));
    assert_eq!(VaultKv::observe(&mut other, &deployment(CONFIG)).unwrap(), None);
}

#[test]
fn approle_logs_in_for_one_run_and_revokes_its_token() {
    let config = r#"{ "host": "vault.example", "path": "tls/www", "approle": { "role-id": "r" } }"#;
    let mut sandbox = sandbox(config);
    sandbox.on("POST /v1/auth/approle/login", 200, r#"{"auth":{"client_token":"one"}}"#);
    sandbox.on("POST /v1/auth/approle/login", 200, r#"{"auth":{"client_token":"two"}}"#);
    sandbox.on(METADATA, 403, r#"{"errors":["permission denied"]}"#);
    sandbox.on(METADATA, 200, &metadata(2, false, Some((P256_FINGERPRINT, 2))));
    sandbox.on("POST /v1/auth/token/revoke-self", 204, "");
    assert!(!deploy(&mut sandbox, config).unwrap().changed);
    let requests = sandbox.requests.borrow();
    assert_eq!(body(&requests[0]), json!({ "role_id": "r", "secret_id": "«secret-id»" }));
    assert_eq!(requests[1].headers["x-vault-token"], "one");
    assert!(!requests[2].headers.contains_key("x-vault-token"), "a token that is over does not log in");
    assert_eq!(requests.last().unwrap().line, "POST /v1/auth/token/revoke-self");
    assert_eq!(requests.last().unwrap().headers["x-vault-token"], "two");
    let harmless = ["POST /v1/auth/approle/login", "POST /v1/auth/token/revoke-self"];
    drop(requests);
    assert!(sandbox.changes(&harmless).is_empty());
}
