//! Refusals, conflicts and cut lines. The texts are those of a real OpenBao 2.7.

use super::*;

const MISMATCH: &str = r#"{"errors":["check-and-set parameter did not match the current version"]}"#;

/// What comes of an answer to the first question.
fn asked(status: u16, answer: &str) -> Failure {
    let mut sandbox = sandbox(CONFIG);
    sandbox.on(METADATA, status, answer);
    deploy(&mut sandbox, CONFIG).unwrap_err()
}

/// What comes of an answer to the write.
fn wrote(status: u16, answer: &str) -> Failure {
    let mut sandbox = sandbox(CONFIG);
    sandbox.on(METADATA, 200, &metadata(1, false, None));
    sandbox.on(WRITE, status, answer);
    deploy(&mut sandbox, CONFIG).unwrap_err()
}

#[test]
fn a_refusal_says_who_is_at_fault() {
    let policy = r#"{"errors":["1 error occurred:\n\t* permission denied\n\n"]}"#;
    let token = r#"{"errors":["permission denied"]}"#;
    let route = r#"{"errors":["no handler for route \"kv/metadata/tls/www\". route entry not found."]}"#;
    let sealed = r#"{"errors":["Vault is sealed"]}"#;
    for ask in [asked, wrote] {
        assert!(matches!(ask(403, policy), Failure::Denied(text) if text.contains("permission denied")));
        assert!(matches!(ask(403, token), Failure::Denied(_)));
        assert!(
            matches!(ask(404, route), Failure::Misconfigured(problems) if problems[0].pointer == "/mount")
        );
        assert!(matches!(ask(503, sealed), Failure::Unavailable(_)), "nothing was done");
        assert!(matches!(ask(400, r#"{"errors":["no data provided"]}"#), Failure::Rejected(_)));
    }
    assert!(matches!(asked(200, "<html>a proxy</html>"), Failure::Unavailable(_)));
    assert!(matches!(asked(200, r#"{"data":"#), Failure::Unavailable(_)));
    assert!(matches!(asked(502, ""), Failure::Unavailable(_)));
}

#[test]
fn a_success_without_a_version_is_none() {
    assert!(matches!(wrote(204, ""), Failure::Uncertain(_)));
    assert!(
        matches!(wrote(200, r#"{"wrap_info":{"token":"s.abc"}}"#), Failure::Uncertain(text) if !text.contains("s.abc"))
    );
}

#[test]
fn an_engine_of_version_1_is_told_before_a_key_gets_there() {
    for engine in [r#"{"data":{"options":{"version":"1"}}}"#, r#"{"data":{"options":null}}"#] {
        let mut sandbox = sandbox(CONFIG);
        sandbox.on(METADATA, 404, r#"{"errors":[]}"#);
        sandbox.on(ENGINE, 200, engine);
        let failure = deploy(&mut sandbox, CONFIG).unwrap_err();
        assert!(matches!(failure, Failure::Misconfigured(problems) if problems[0].pointer == "/mount"));
        assert!(sandbox.changes(&[]).is_empty());
    }
}

#[test]
fn whoever_wrote_in_between_is_read_and_replaced() {
    let mut sandbox = sandbox(CONFIG);
    sandbox.on(METADATA, 200, &metadata(1, false, None));
    sandbox.on(METADATA, 200, &metadata(2, false, None));
    sandbox.on(METADATA, 200, &metadata(3, false, Some((P256_FINGERPRINT, 3))));
    sandbox.on(WRITE, 400, MISMATCH);
    sandbox.on(WRITE, 200, &written(3));
    sandbox.on(MARK, 204, "");
    assert!(deploy(&mut sandbox, CONFIG).unwrap().changed);
    assert_eq!(sandbox.lines(), [METADATA, WRITE, METADATA, WRITE, MARK, METADATA]);
    assert!(matches!(wrote(400, MISMATCH), Failure::Unavailable((text, _)) if text.contains("3 writes")));
}

#[test]
fn whoever_wrote_the_same_in_between_did_our_work() {
    let mut sandbox = sandbox(CONFIG);
    sandbox.on(METADATA, 200, &metadata(1, false, None));
    sandbox.on(METADATA, 200, &metadata(2, false, Some((P256_FINGERPRINT, 2))));
    sandbox.on(WRITE, 400, MISMATCH);
    assert!(!deploy(&mut sandbox, CONFIG).unwrap().changed, "by this run");
}

#[test]
fn a_write_whose_answer_is_cut_is_looked_for_and_written_once_more() {
    let cut = || NetError::Unreachable("reset".into());
    let mut sandbox = sandbox(CONFIG);
    sandbox.on(METADATA, 200, &metadata(1, false, None));
    sandbox.on(METADATA, 200, &metadata(2, false, None));
    sandbox.on(METADATA, 200, &metadata(3, false, Some((P256_FINGERPRINT, 3))));
    sandbox.on_error(WRITE, cut());
    sandbox.on(WRITE, 200, &written(3));
    sandbox.on(MARK, 204, "");
    assert!(deploy(&mut sandbox, CONFIG).unwrap().changed);
    let writes: alloc::vec::Vec<_> =
        sandbox.requests.borrow().iter().filter(|sent| sent.line == WRITE).map(body).collect();
    assert_eq!((&writes[0]["options"]["cas"], &writes[1]["options"]["cas"]), (&json!(1), &json!(2)));

    let mut gone = super::sandbox(CONFIG);
    gone.on(METADATA, 200, &metadata(1, false, None));
    gone.on_error(METADATA, cut());
    gone.on_error(WRITE, cut());
    assert!(matches!(deploy(&mut gone, CONFIG), Err(Failure::Uncertain(_))));
    assert_eq!(gone.lines(), [METADATA, WRITE, METADATA]);
}

#[test]
fn a_mark_that_does_not_stay_is_for_the_next_attempt() {
    let mut sandbox = sandbox(CONFIG);
    sandbox.on(METADATA, 200, &metadata(1, false, None));
    sandbox.on(METADATA, 200, &metadata(3, false, Some((P256_FINGERPRINT, 2))));
    sandbox.on(WRITE, 200, &written(2));
    sandbox.on(MARK, 204, "");
    assert!(matches!(deploy(&mut sandbox, CONFIG), Err(Failure::Unavailable(_))));
}

#[test]
fn a_wrong_secret_id_is_denied() {
    let config =
        r#"{ "host": "vault.example", "path": "tls/www", "approle": { "role-id": "r", "mount": "ci" } }"#;
    let mut sandbox = sandbox(config);
    sandbox.on("POST /v1/auth/ci/login", 400, r#"{"errors":["invalid role or secret ID"]}"#);
    assert!(matches!(deploy(&mut sandbox, config), Err(Failure::Denied(_))));
    assert_eq!(sandbox.lines(), ["POST /v1/auth/ci/login"], "no session, nothing to revoke");
}
