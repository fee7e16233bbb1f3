//! The way back, with the operator's leave to read the old secret and without it.

use super::*;
use crate::write::Note;

const RESTORE: &str = r#"{ "host": "vault.example", "path": "tls/www", "restore": true }"#;
const CURRENT: &str = "GET /v1/secret/data/tls/www?version=5";
const OLD: &str = "GET /v1/secret/data/tls/www?version=4";
const DELETE: &str = "POST /v1/secret/delete/tls/www";

/// A double after a deployment that took these notes, oldest first.
fn after(config: &str, notes: &[Note]) -> Double {
    let sandbox = sandbox(config);
    sandbox.notes.borrow_mut().extend(notes.iter().map(|note| serde_json::to_string(note).unwrap()));
    sandbox
}

fn held(certificate: &str) -> String {
    let data = json!({ "certificate": certificate, "chain": "", "private_key": "old", "more": 7 });
    json!({ "data": { "data": data, "metadata": {} } }).to_string()
}

#[test]
fn the_old_version_is_written_again_with_all_that_was_in_it() {
    let mut sandbox = after(RESTORE, &[Note { version: 4, live: true }]);
    sandbox.on(METADATA, 200, &metadata(5, false, Some((P256_FINGERPRINT, 5))));
    sandbox.on(CURRENT, 200, &held(P256));
    sandbox.on(OLD, 200, &held(RSA_2048));
    sandbox.on(WRITE, 200, &written(6));
    sandbox.roll_back::<VaultKv>(&deployment(RESTORE)).unwrap();
    let data = json!({ "certificate": RSA_2048, "chain": "", "private_key": "old", "more": 7 });
    let sent = body(sandbox.requests.borrow().last().unwrap());
    assert_eq!(sent, json!({ "options": { "cas": 5 }, "data": data }));
}

#[test]
fn where_nothing_was_readable_before_ours_is_deleted() {
    for before in [0, 4]
        .map(|version| Note { version, live: false })
        .into_iter()
        .chain([Note { version: 4, live: true }])
    {
        let mut sandbox = after(RESTORE, &[before]);
        sandbox.on(METADATA, 200, &metadata(5, false, None));
        sandbox.on(CURRENT, 200, &held(P256));
        sandbox.on(OLD, 404, r#"{"data":{"data":null}}"#);
        sandbox.on(DELETE, 204, "");
        sandbox.roll_back::<VaultKv>(&deployment(RESTORE)).unwrap();
        let sent = body(sandbox.requests.borrow().last().unwrap());
        assert_eq!(sent, json!({ "versions": [5] }));
    }
}

#[test]
fn what_is_back_and_what_is_somebody_elses_is_left_alone() {
    let notes = [Note { version: 4, live: true }, Note { version: 5, live: true }];
    let mut back = after(RESTORE, &notes);
    back.on(METADATA, 200, &metadata(4, false, None));
    back.roll_back::<VaultKv>(&deployment(RESTORE)).unwrap();
    assert_eq!(back.lines(), [METADATA]);
    let mut theirs = after(RESTORE, &notes);
    theirs.on(METADATA, 200, &metadata(5, false, None));
    theirs.on(CURRENT, 200, &held(RSA_2048));
    theirs.roll_back::<VaultKv>(&deployment(RESTORE)).unwrap();
    assert!(theirs.changes(&[]).is_empty());
    let mut none = after(RESTORE, &[]);
    none.roll_back::<VaultKv>(&deployment(RESTORE)).unwrap();
    assert!(none.lines().is_empty());
}

#[test]
fn another_writers_version_is_gone_back_to_and_one_of_ours_is_not() {
    for (newer, back_to) in [(ED25519, ED25519), (P256, RSA_2048)] {
        let mut sandbox = after(RESTORE, &[Note { version: 3, live: true }, Note { version: 4, live: true }]);
        sandbox.on(METADATA, 200, &metadata(5, false, Some((P256_FINGERPRINT, 5))));
        sandbox.on(CURRENT, 200, &held(P256));
        sandbox.on(OLD, 200, &held(newer));
        sandbox.on("GET /v1/secret/data/tls/www?version=3", 200, &held(RSA_2048));
        sandbox.on(WRITE, 200, &written(6));
        sandbox.roll_back::<VaultKv>(&deployment(RESTORE)).unwrap();
        assert_eq!(body(sandbox.requests.borrow().last().unwrap())["data"]["certificate"], back_to);
    }
}

#[test]
fn without_leave_nothing_is_read_and_the_operator_is_told_what_to_do() {
    let mut sandbox = after(CONFIG, &[Note { version: 3, live: true }, Note { version: 4, live: true }]);
    sandbox.on(METADATA, 200, &metadata(5, false, Some((P256_FINGERPRINT, 5))));
    let failure = sandbox.roll_back::<VaultKv>(&deployment(CONFIG)).unwrap_err();
    assert!(matches!(failure, Failure::Rejected(text)
        if text.contains("version 5 of secret/tls/www stays") && text.contains("-version=4 tls/www")));
    assert_eq!(sandbox.lines(), [METADATA]);
}
