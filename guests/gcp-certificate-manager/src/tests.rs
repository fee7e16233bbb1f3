//! The connector against the SDK's double. What the fake of the service makes of it is with the end-to-end tests.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail by panicking")]

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use lastmile_sdk::testing::Double;
use lastmile_sdk::testing::specimens::{P256, P256_FINGERPRINT, RSA_2048, deployment};
use lastmile_sdk::{Capability, Connector, Failure, NetError, Receipt};
use serde_json::{Value, json};

use super::GcpCertificateManager;

const CONFIG: &str = r#"{ "project": "edge", "certificate": "shop" }"#;
const LOOK: &str = "GET /v1/projects/edge/locations/global/certificates/shop";
const CREATE: &str = "POST /v1/projects/edge/locations/global/certificates?certificateId=shop";
const UPDATE: &str = "PATCH /v1/projects/edge/locations/global/certificates/shop?updateMask=self_managed";
const OPERATION: &str = "projects/edge/locations/europe-west1/operations/operation-1";
const POLL: &str = "GET /v1/projects/edge/locations/europe-west1/operations/operation-1";

fn sandbox(config: &str) -> Double {
    Double::granting(GcpCertificateManager::capabilities(config).unwrap())
}

fn deploy(sandbox: &mut Double, config: &str) -> Result<Receipt, Failure> {
    GcpCertificateManager::deploy(sandbox, &deployment(config))
}

fn held(pem: &str) -> Value {
    let pem = format!("{pem}{RSA_2048}").replace('\n', "\r\n");
    json!({ "name": "projects/edge/locations/global/certificates/shop", "scope": "DEFAULT", "pemCertificate": pem })
}

fn pending() -> String {
    json!({ "name": OPERATION, "metadata": { "verb": "update" } }).to_string()
}

fn done() -> String {
    json!({ "name": OPERATION, "done": true, "response": {} }).to_string()
}

fn failed(code: u32) -> String {
    json!({ "name": OPERATION, "done": true, "error": { "code": code, "message": "no" } }).to_string()
}

fn refusal(status: &str) -> String {
    json!({ "error": { "status": status, "message": "m" } }).to_string()
}

/// A certificate that is there, another one than ours.
fn older() -> Double {
    let mut sandbox = sandbox(CONFIG);
    sandbox.on(LOOK, 200, &held(RSA_2048).to_string());
    sandbox
}

fn body(sandbox: &Double, line: &str) -> Value {
    let sent = sandbox.requests.borrow();
    serde_json::from_str(&sent.iter().find(|sent| sent.line == line).unwrap().body).unwrap()
}

#[test]
fn a_first_certificate_is_created_and_not_updated_again() {
    let config = r#"{ "project": "edge", "certificate": "shop", "scope": "ALL_REGIONS" }"#;
    let mut sandbox = sandbox(config);
    sandbox.on(LOOK, 404, &refusal("NOT_FOUND"));
    sandbox.on(LOOK, 200, &held(P256).to_string());
    sandbox.on(CREATE, 200, &done());
    let receipt = deploy(&mut sandbox, config).unwrap();
    assert!(receipt.changed && receipt.note == "created");
    let pair = json!({ "pemCertificate": format!("{P256}{RSA_2048}"), "pemPrivateKey": "«private key»" });
    assert_eq!(body(&sandbox, CREATE), json!({ "selfManaged": pair, "scope": "ALL_REGIONS" }));
    assert!(!deploy(&mut sandbox, CONFIG).unwrap().changed);
    assert_eq!(sandbox.lines(), [LOOK, CREATE, LOOK, LOOK]);
}

#[test]
fn a_renewal_changes_the_pair_alone_and_waits_for_its_operation() {
    let mut sandbox = older();
    sandbox.on(LOOK, 200, &held(P256).to_string());
    sandbox.on(UPDATE, 200, &pending());
    sandbox.on(POLL, 404, &refusal("NOT_FOUND"));
    sandbox.on(POLL, 503, "");
    sandbox.on(POLL, 200, &pending());
    sandbox.on(POLL, 200, &done());
    let receipt = deploy(&mut sandbox, CONFIG).unwrap();
    assert!(receipt.changed && receipt.note == "updated");
    assert_eq!(receipt.reference, "projects/edge/locations/global/certificates/shop");
    assert_eq!(sandbox.lines(), [LOOK, UPDATE, POLL, POLL, POLL, POLL, LOOK]);
    let sent = body(&sandbox, UPDATE);
    assert_eq!(sent.as_object().unwrap().keys().collect::<Vec<_>>(), ["selfManaged"]);
}

/// What comes of an update that is answered so.
fn updated(status: u16, answer: &str) -> Failure {
    let mut sandbox = older();
    sandbox.on(UPDATE, status, answer);
    deploy(&mut sandbox, CONFIG).unwrap_err()
}

#[test]
fn an_operation_that_says_no_is_a_failure_behind_its_200() {
    for code in [3, 5, 8, 9] {
        assert!(matches!(updated(200, &failed(code)), Failure::Rejected(text) if text.contains("no")));
    }
    for code in [7, 16] {
        assert!(matches!(updated(200, &failed(code)), Failure::Denied(_)));
    }
    for code in [4, 6, 10, 13, 14] {
        assert!(matches!(updated(200, &failed(code)), Failure::Unavailable(_)));
    }
    let mut late = older();
    late.on(UPDATE, 200, &pending());
    late.on(POLL, 200, &failed(3));
    assert!(matches!(deploy(&mut late, CONFIG), Err(Failure::Rejected(_))));
}

#[test]
fn no_operation_is_no_success() {
    let nothing = json!({ "name": OPERATION, "done": true }).to_string();
    for answer in ["{}", "", &nothing] {
        assert!(
            matches!(updated(200, answer), Failure::Unavailable((text, _)) if text.ends_with("it is not there"))
        );
    }
}

#[test]
fn refusals_say_who_is_at_fault() {
    let asked = |status, answer: &str| {
        let mut sandbox = sandbox(CONFIG);
        sandbox.on(LOOK, status, answer);
        deploy(&mut sandbox, CONFIG).unwrap_err()
    };
    for ask in [asked as fn(u16, &str) -> Failure, updated] {
        assert!(matches!(ask(403, &refusal("PERMISSION_DENIED")),
            Failure::Denied(text) if text.ends_with("403 PERMISSION_DENIED m")));
        assert!(matches!(ask(401, &refusal("UNAUTHENTICATED")), Failure::Denied(_)));
        assert!(matches!(ask(429, &refusal("RESOURCE_EXHAUSTED")), Failure::Unavailable(_)));
        assert!(matches!(ask(409, &refusal("ABORTED")), Failure::Unavailable(_)));
        assert!(matches!(ask(400, &refusal("INVALID_ARGUMENT")), Failure::Rejected(_)));
        assert!(matches!(ask(404, "no such site"), Failure::Unavailable(_)), "no answer of the service");
    }
    assert!(matches!(updated(404, &refusal("NOT_FOUND")), Failure::Rejected(_)));
    assert!(matches!(updated(409, &refusal("ALREADY_EXISTS")), Failure::Unavailable(_)));
    assert!(
        matches!(asked(200, &done()), Failure::Unavailable((text, _)) if text.contains("without the certificate"))
    );
}

#[test]
fn a_number_that_is_reached_is_no_rate() {
    let exhausted = |message: &str| {
        let error = json!({ "error": { "status": "RESOURCE_EXHAUSTED", "message": message } });
        updated(429, &error.to_string())
    };
    for message in [
        "Quota limit for certificates per project has been exceeded.",
        "The limit of 100 certificates is reached",
    ] {
        assert!(matches!(exhausted(message), Failure::Rejected(text) if text.contains(message)));
    }
    for message in [
        "Quota exceeded for quota metric 'Write requests' and limit 'Write requests per minute' of service \
         'certificatemanager.googleapis.com'",
        "Too many changes of certificates per minute",
        "Quota exceeded",
    ] {
        assert!(matches!(exhausted(message), Failure::Unavailable(_)), "{message}");
    }
}

#[test]
fn a_line_cut_behind_an_update_is_settled_by_what_is_there() {
    let cut = |after: &[&str]| {
        let mut sandbox = older();
        after.iter().for_each(|pem| sandbox.on(LOOK, 200, &held(pem).to_string()));
        sandbox.on_error(UPDATE, NetError::Unreachable("reset".into()));
        let ended = deploy(&mut sandbox, CONFIG);
        assert_eq!(sandbox.changes(&[]), [UPDATE], "never twice");
        ended
    };
    assert!(cut(&[RSA_2048, P256]).unwrap().changed, "it was on its way");
    assert!(
        matches!(cut(&[RSA_2048]), Err(Failure::Unavailable((text, _))) if text.contains("it is not there"))
    );
    let mut gone = older();
    gone.on_error(LOOK, NetError::Unreachable("reset".into()));
    gone.on_error(UPDATE, NetError::Unreachable("reset".into()));
    assert!(matches!(deploy(&mut gone, CONFIG), Err(Failure::Uncertain(_))));
}

#[test]
fn an_operation_without_an_end_is_looked_for_in_the_certificate() {
    let mut sandbox = older();
    sandbox.on(UPDATE, 200, &pending());
    sandbox.on(POLL, 200, &pending());
    sandbox.on(LOOK, 200, &held(P256).to_string());
    assert!(deploy(&mut sandbox, CONFIG).unwrap().changed);
    assert_eq!(sandbox.lines().iter().filter(|line| *line == POLL).count(), 60);
}

#[test]
fn what_no_update_can_change_is_told_before_one() {
    let told = |config: &str, member: &str, value: Value| {
        let mut there = held(P256);
        there[member] = value;
        let mut sandbox = sandbox(config);
        sandbox.on(LOOK, 200, &there.to_string());
        let failure = deploy(&mut sandbox, config).unwrap_err();
        assert_eq!(sandbox.lines(), [LOOK]);
        let Failure::Misconfigured(mut problems) = failure else { panic!("not misconfigured") };
        problems.remove(0).pointer
    };
    assert_eq!(told(CONFIG, "managed", json!({ "state": "ACTIVE" })), "/certificate");
    let scoped = r#"{ "project": "edge", "certificate": "shop", "scope": "EDGE_CACHE" }"#;
    let mut sandbox = sandbox(scoped);
    sandbox.on(LOOK, 200, &held(RSA_2048).to_string());
    assert!(
        matches!(deploy(&mut sandbox, scoped), Err(Failure::Misconfigured(problems)) if problems[0].pointer == "/scope")
    );
    assert!(sandbox.changes(&[]).is_empty());
}

#[test]
fn observe_tells_whether_it_is_this_one() {
    let observed = |pem: &str| {
        let mut sandbox = sandbox(CONFIG);
        sandbox.on(LOOK, 200, &held(pem).to_string());
        GcpCertificateManager::observe(&mut sandbox, &deployment(CONFIG)).unwrap()
    };
    assert_eq!(observed(P256).as_deref(), Some(P256_FINGERPRINT));
    assert_eq!(observed(RSA_2048), None);
}

#[test]
fn a_configuration_has_all_its_faults_told_at_once() {
    let wrong = r#"{ "project": "a/b", "location": "..", "certificate": "9", "scope": "ALL", "endpoint": "x", "kind": 1 }"#;
    let problems = GcpCertificateManager::capabilities(wrong).unwrap_err();
    let pointers: Vec<_> = problems.iter().map(|problem| problem.pointer.as_str()).collect();
    assert_eq!(pointers, ["/project", "/location", "/endpoint", "/certificate", "/scope", "/kind"]);
    let name = |length: usize| {
        let config = format!(r#"{{ "project": "edge", "certificate": "{}" }}"#, "a".repeat(length));
        GcpCertificateManager::capabilities(&config)
    };
    assert!(name(64).is_err());
    let [Capability::NetDial(endpoint)] = &name(63).unwrap()[..] else { panic!("one endpoint") };
    assert_eq!(endpoint, "https://certificatemanager.googleapis.com:443");
    let regional = r#"{ "project": "edge", "location": "europe-west1", "certificate": "shop" }"#;
    let mut sandbox = sandbox(regional);
    sandbox.on(&LOOK.replace("global", "europe-west1"), 200, &held(P256).to_string());
    assert!(!deploy(&mut sandbox, regional).unwrap().changed);
}
