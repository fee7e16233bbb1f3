//! On the double: what the trial against the fake does not reach.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail by panicking")]

use lastmile_sdk::testing::{Double, deployment};
use lastmile_sdk::{Connector as _, Deployment, Failure};
use serde_json::{Value, json};

use super::KubernetesTlsSecret as It;
use crate::held::mark;

extern crate std;
use std::format;
use std::string::{String, ToString as _};
use std::vec::Vec;

const CONFIG: &str =
    r#"{ "host": "k8s.example", "namespace": "edge", "secret": "shop", "take-over": ["helm"] }"#;
const PATH: &str = "/api/v1/namespaces/edge/secrets/shop";
const GET: &str = "GET /api/v1/namespaces/edge/secrets/shop";

fn ours() -> (Double, Deployment) {
    let mut deployment = deployment(CONFIG);
    deployment.certificate.chain_pem =
        "-----BEGIN CERTIFICATE-----\nAAECAwQFBgcICQ==\n-----END CERTIFICATE-----\n".into();
    (Double::granting(It::capabilities(CONFIG).unwrap()), deployment)
}

/// Metadata with this annotation, all three fields managed by one.
fn held(mark: &str, manager: &str) -> Value {
    let fields = json!({
        "f:data": { "f:tls.crt": {}, "f:tls.key": {} },
        "f:metadata": { "f:annotations": { "f:lastmile/certificate": {} } },
    });
    json!({ "metadata": {
        "resourceVersion": "7",
        "annotations": { "lastmile/certificate": mark },
        "managedFields": [{ "manager": manager, "operation": "Apply", "fieldsV1": fields }],
    } })
}

fn apply(force: bool, dry: bool) -> String {
    let dry = if dry { "&dryRun=All" } else { "" };
    format!("PATCH {PATH}?fieldManager=lastmile&force={force}{dry}")
}

/// What comes of the first answer alone.
fn after(status: u16, body: &str) -> Failure {
    let (mut sandbox, deployment) = ours();
    sandbox.on(GET, status, body);
    It::deploy(&mut sandbox, &deployment).unwrap_err()
}

/// What comes of an apply that creates and is answered so.
fn created(status: u16, body: &Value) -> Result<bool, Failure> {
    let (mut sandbox, deployment) = ours();
    sandbox.on(GET, 404, r#"{"reason":"NotFound","details":{"kind":"secrets"}}"#);
    sandbox.on(GET, 200, &held(&mark(&deployment.certificate), "lastmile").to_string());
    sandbox.on(&apply(false, false), status, &body.to_string());
    It::deploy(&mut sandbox, &deployment).map(|receipt| receipt.changed)
}

#[test]
fn the_mark_tells_leaf_and_chain() {
    let (_, deployment) = ours();
    assert_eq!(mark(&deployment.certificate), format!("{}.0908070605040302", "00".repeat(32)));
}

#[test]
fn what_is_there_is_not_touched_and_is_observed() {
    let (mut sandbox, deployment) = ours();
    sandbox.on(GET, 200, &held(&mark(&deployment.certificate), "lastmile").to_string());
    let receipt = It::deploy(&mut sandbox, &deployment).unwrap();
    assert!(!receipt.changed && receipt.reference == PATH);
    assert_eq!(sandbox.changes(&[]), Vec::<String>::new());
    assert_eq!(It::observe(&mut sandbox, &deployment).unwrap(), Some("00".repeat(32)));
    let requests = sandbox.requests.borrow();
    assert!(requests.iter().all(|sent| sent.headers["accept"].contains("as=PartialObjectMetadata")));
}

#[test]
fn an_annotation_alone_proves_nothing() {
    let (mut sandbox, deployment) = ours();
    let mut foreign = held(&mark(&deployment.certificate), "lastmile");
    foreign["metadata"]["managedFields"][0]["fieldsV1"]["f:data"]
        .as_object_mut()
        .unwrap()
        .remove("f:tls.key");
    sandbox.on(GET, 200, &foreign.to_string());
    assert_eq!(It::observe(&mut sandbox, &deployment).unwrap(), None);
    assert!(It::deploy(&mut sandbox, &deployment).is_err());
    assert_eq!(sandbox.changes(&[]), [apply(true, true)]);
}

#[test]
fn a_secret_that_is_not_there_is_created_in_one_call() {
    assert_eq!(created(201, &json!({})), Ok(true));
    let (mut sandbox, deployment) = ours();
    sandbox.on(GET, 404, r#"{"reason":"NotFound"}"#);
    sandbox.on(&apply(false, false), 500, "");
    assert!(matches!(It::deploy(&mut sandbox, &deployment), Err(Failure::Unavailable(_))));
    assert_eq!(sandbox.changes(&[]), [apply(false, false)]);
    assert!(sandbox.notes.borrow().is_empty());
    let body = sandbox.requests.borrow()[1].body.replace("«private key»", "");
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["metadata"]["name"], "shop");
    assert_eq!(body["type"], "kubernetes.io/tls");
    assert!(body["data"]["tls.crt"].as_str().unwrap().starts_with("TEVBRgot"), "{body}");
}

#[test]
fn fields_are_taken_from_those_alone_whom_the_operator_named() {
    for (manager, force) in [("helm", true), ("lastmile", true), ("flux", false), ("", false)] {
        let (mut sandbox, deployment) = ours();
        let mut there = held("another", manager);
        if manager.is_empty() {
            // Nobody says whose it is.
            there["metadata"].as_object_mut().unwrap().remove("managedFields");
        }
        sandbox.on(GET, 200, &there.to_string());
        let causes = json!([{ "reason": "FieldManagerConflict", "field": ".data.tls.crt" }]);
        let conflict = json!({ "message": "conflict with \"flux\"", "details": { "causes": causes } });
        sandbox.on(&apply(force, true), 409, &conflict.to_string());
        let failure = It::deploy(&mut sandbox, &deployment).unwrap_err();
        assert!(
            matches!(failure, Failure::Rejected(text) if text.contains("flux") && text.contains("take-over"))
        );
        assert_eq!(sandbox.changes(&[]), [apply(force, true)]);
    }
}

#[test]
fn a_secret_without_managers_is_taken_over_where_the_operator_says_so() {
    let config = CONFIG.replace("helm", "before-first-apply");
    let mut sandbox = Double::granting(It::capabilities(&config).unwrap());
    sandbox.on(GET, 200, r#"{"metadata":{"resourceVersion":"7"}}"#);
    assert!(It::deploy(&mut sandbox, &super::tests::deployment(&config)).is_err());
    assert_eq!(sandbox.changes(&[]), [apply(true, true)]);
}

#[test]
fn what_cert_manager_issues_for_is_left_alone() {
    let mut annotated = held("another", "kubectl");
    annotated["metadata"]["annotations"]["cert-manager.io/issuer-name"] = "ca".into();
    for theirs in [annotated, held("another", "cert-manager-certificates-issuing")] {
        let (mut sandbox, deployment) = ours();
        sandbox.on(GET, 200, &theirs.to_string());
        let failure = It::deploy(&mut sandbox, &deployment).unwrap_err();
        assert!(matches!(failure, Failure::Misconfigured(problems) if problems[0].pointer == "/secret"));
        assert_eq!(sandbox.changes(&[]), Vec::<String>::new());
    }
}

#[test]
fn nothing_is_changed_where_the_secret_moved_meanwhile() {
    let (mut sandbox, deployment) = ours();
    sandbox.on(GET, 200, &held("another", "lastmile").to_string());
    sandbox.on(&apply(true, true), 200, "{}");
    sandbox.on(
        &format!("PATCH {PATH}?fieldManager=lastmile"),
        409,
        r#"{"reason":"Conflict","message":"modified"}"#,
    );
    assert!(matches!(It::deploy(&mut sandbox, &deployment), Err(Failure::Unavailable(_))));
    let requests = sandbox.requests.borrow();
    let patch: Value = serde_json::from_str(&requests[2].body).unwrap();
    assert_eq!(patch[0], json!({ "op": "replace", "path": "/metadata/resourceVersion", "value": "7" }));
    assert_eq!(requests[2].headers["content-type"], "application/json-patch+json");
    assert_eq!(*sandbox.notes.borrow(), ["\"another\""]);
}

/// The operations of a rollback over this state.
fn taken_back(held: Option<&Value>, note: &str) -> Vec<Value> {
    let (mut sandbox, deployment) = ours();
    sandbox.notes.borrow_mut().push(note.to_string());
    match held {
        Some(held) => sandbox.on(GET, 200, &held.to_string()),
        None => sandbox.on(GET, 404, r#"{"reason":"NotFound"}"#),
    }
    sandbox.on(&format!("PATCH {PATH}"), 200, "{}");
    sandbox.roll_back::<It>(&deployment).unwrap();
    let requests = sandbox.requests.borrow();
    let Some(patch) = requests.get(1) else { return Vec::new() };
    serde_json::from_str::<Vec<Value>>(&patch.body).unwrap().split_off(1)
}

#[test]
fn going_back_copies_back_what_is_still_ours_and_tidies() {
    let (_, deployment) = ours();
    let mut there = held(&mark(&deployment.certificate), "lastmile");
    let kept = json!({ "f:data": { "f:previous-tls.crt": {}, "f:previous-tls.key": {} } });
    let entry = json!({ "manager": "lastmile", "operation": "Update", "fieldsV1": kept });
    there["metadata"]["managedFields"].as_array_mut().unwrap().push(entry);
    let operations = taken_back(Some(&there), "null");
    let ops: Vec<&str> = operations.iter().map(|one| one["op"].as_str().unwrap()).collect();
    assert_eq!(ops, ["copy", "copy", "remove", "remove", "remove"]);
    assert_eq!(operations[1]["from"], "/data/previous-tls.key");
    assert_eq!(operations[1]["path"], "/data/tls.key");
    assert_eq!(operations[2]["path"], "/metadata/annotations/lastmile~1certificate");
    let operations = taken_back(Some(&there), "\"older\"");
    assert_eq!(operations[2]["op"], "replace");
    assert_eq!(operations[2]["value"], "older");
    there["metadata"]["annotations"]["lastmile/certificate"] = "another".into();
    let paths: Vec<Value> = taken_back(Some(&there), "null").iter().map(|one| one["path"].clone()).collect();
    assert_eq!(paths, ["/data/previous-tls.crt", "/data/previous-tls.key"]);
}

#[test]
fn going_back_twice_or_over_nothing_changes_nothing() {
    assert!(taken_back(Some(&held("another", "lastmile")), "null").is_empty());
    assert!(taken_back(None, "null").is_empty());
}

#[test]
fn failures_say_who_is_at_fault() {
    let forbidden = |text: &str| json!({ "reason": "Forbidden", "message": text }).to_string();
    assert!(matches!(after(401, r#"{"reason":"Unauthorized"}"#), Failure::Denied(_)));
    assert!(
        matches!(after(403, &forbidden("cannot get")), Failure::Denied(text) if text.contains("cannot get"))
    );
    assert!(matches!(after(403, &forbidden("exceeded quota: x")), Failure::Rejected(_)));
    assert!(matches!(after(403, &forbidden("admission webhook \"x\" denied")), Failure::Rejected(_)));
    assert!(matches!(after(404, "<html>a proxy</html>"), Failure::Rejected(_)));
    assert!(matches!(after(500, "{}"), Failure::Unavailable(_)));
    assert!(matches!(after(200, "{}"), Failure::Unavailable(_)));
    let nowhere = json!({ "reason": "NotFound", "details": { "kind": "namespaces" } });
    assert!(
        matches!(created(404, &nowhere), Err(Failure::Misconfigured(problems)) if problems[0].pointer == "/namespace")
    );
    let other = json!({ "reason": "NotFound", "details": { "kind": "secrets" } });
    assert!(matches!(created(404, &other), Err(Failure::Rejected(_))));
    assert!(matches!(created(409, &json!({ "reason": "AlreadyExists" })), Err(Failure::Unavailable(_))));
    assert!(matches!(created(422, &json!({ "reason": "Invalid" })), Err(Failure::Rejected(_))));
}

#[test]
fn names_are_checked_before_anything_is_sent() {
    let pointer = |namespace: &str, secret: &str| {
        let config = json!({ "host": "k", "namespace": namespace, "secret": secret }).to_string();
        It::capabilities(&config)
            .map(|_| String::new())
            .unwrap_or_else(|problems| problems[0].pointer.clone())
    };
    let (label, name) = ("a".repeat(63), "a".repeat(253));
    assert_eq!(pointer(&label, &name), "");
    assert_eq!(pointer("edge-1", "shop.example-2"), "");
    assert_eq!(pointer(&(label + "a"), "shop"), "/namespace");
    for wrong in ["-edge", "edge-", "Edge", "a.b", "a/b"] {
        assert_eq!(pointer(wrong, "shop"), "/namespace", "{wrong}");
    }
    for wrong in [".", "..", "shop.", "-shop", "a/b", &(name + "a")] {
        assert_eq!(pointer("edge", wrong), "/secret", "{wrong}");
    }
    let config = json!({ "host": "k", "namespace": "e", "secret": "s", "take-over": "helm" }).to_string();
    assert_eq!(It::capabilities(&config).unwrap_err()[0].pointer, "/take-over");
}
