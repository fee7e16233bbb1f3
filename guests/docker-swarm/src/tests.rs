//! On the double.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail by panicking")]

extern crate std;
use std::format;
use std::string::{String, ToString as _};
use std::vec::Vec;

use lastmile_sdk::certificate::Versions;
use lastmile_sdk::testing::{Double, specimens};
use lastmile_sdk::{Connector as _, Deployment, Failure};
use serde_json::{Value, json};

use super::DockerSwarm as It;

const CONFIG: &str =
    r#"{ "host": "swarm.example", "service": "web", "certificate": "site.crt", "key": "site.key" }"#;
const WEB: &str = "GET /services/web";

fn ours() -> (Double, Deployment) {
    (Double::granting(It::capabilities(CONFIG).unwrap()), specimens::deployment(CONFIG))
}

fn reference(file: &str, id: &str) -> Value {
    json!({ "File": { "Name": file, "UID": "101", "Mode": 288 }, "SecretID": id, "SecretName": format!("name-{id}") })
}

/// The service with the secrets of these ids, in this state.
fn service(certificate: &str, key: &str, state: &str) -> String {
    let secrets =
        [reference("other", "kept"), reference("site.crt", certificate), reference("site.key", key)];
    let spec =
        json!({ "Name": "web", "Mode": {}, "TaskTemplate": { "ContainerSpec": { "Secrets": secrets } } });
    let status = json!({ "State": state, "Message": "a task died" });
    json!({ "ID": "svc", "Version": { "Index": 7 }, "Spec": spec, "UpdateStatus": status }).to_string()
}

fn secrets(held: &[(&str, &str)]) -> String {
    let one = |(id, of): &(&str, &str)| json!({ "ID": id, "Spec": { "Name": id, "Labels": { "lastmile.fingerprint": of, "lastmile.service": "web" } } });
    Value::from(held.iter().map(one).collect::<Vec<_>>()).to_string()
}

/// Old secrets are mounted; ours are there after the update, which ends in this state.
fn updated(state: &str) -> (Double, Deployment) {
    let (mut sandbox, deployment) = ours();
    let mine = deployment.certificate.fingerprint.clone();
    sandbox.on(WEB, 200, &service("c", "k", "completed"));
    sandbox.on("GET /secrets", 200, &secrets(&[("c", "old"), ("k", "old"), ("older", "older")]));
    sandbox.on("GET /secrets", 200, &secrets(&[("made", &mine)]));
    sandbox.on("DELETE /secrets/older", 204, "");
    sandbox.on("POST /secrets/create", 201, r#"{"ID":"made"}"#);
    sandbox.on("POST /services/svc/update", 200, "{}");
    sandbox.on(WEB, 200, &service("made", "made", ""));
    sandbox.on(WEB, 200, &service("made", "made", "updating"));
    sandbox.on(WEB, 200, &service("made", "made", state));
    (sandbox, deployment)
}

#[test]
fn new_secrets_take_the_place_of_the_old_and_nothing_else_changes() {
    let (mut sandbox, deployment) = updated("completed");
    assert!(It::deploy(&mut sandbox, &deployment).unwrap().changed);
    assert_eq!(*sandbox.waits.borrow(), [1000, 1000]);
    let changes = sandbox.changes(&[]);
    assert_eq!(changes[0], "DELETE /secrets/older");
    assert_eq!(changes[3], "POST /services/svc/update?version=7");
    let requests = sandbox.requests.borrow();
    let body = |line: &str| -> Vec<Value> {
        let sent = requests.iter().filter(|sent| sent.line.starts_with(line));
        sent.map(|sent| serde_json::from_str(&sent.body).unwrap()).collect()
    };
    let made = body("POST /secrets/create");
    assert_eq!(made[1]["Data"], "«private key»");
    assert!(
        made[1]["Name"].as_str().unwrap().starts_with("web-")
            && made[1]["Name"].as_str().unwrap().ends_with(".key")
    );
    assert_eq!(made[0]["Labels"]["lastmile.fingerprint"], deployment.certificate.fingerprint);
    assert_eq!(made[0]["Labels"]["lastmile.service"], "web");
    let mut spec: Value = serde_json::from_str::<Value>(&service("made", "made", "")).unwrap()["Spec"].take();
    let mounted = spec["TaskTemplate"]["ContainerSpec"]["Secrets"].as_array_mut().unwrap();
    mounted[1]["SecretName"] = made[0]["Name"].clone();
    mounted[2]["SecretName"] = made[1]["Name"].clone();
    assert_eq!(body("POST /services/svc/update"), [spec]);
    assert!(requests[1].line.contains("lastmile.service%3Dweb"));
}

#[test]
fn what_is_mounted_is_left_alone_whatever_became_of_updates_before() {
    for state in ["completed", "", "rollback_completed"] {
        let (mut sandbox, deployment) = ours();
        let mine = deployment.certificate.fingerprint.clone();
        sandbox.on(WEB, 200, &service("c", "k", state));
        sandbox.on("GET /secrets", 200, &secrets(&[("c", &mine), ("k", &mine), ("older", "older")]));
        assert!(!It::deploy(&mut sandbox, &deployment).unwrap().changed, "{state}");
        assert_eq!(It::observe(&mut sandbox, &deployment).unwrap(), Some(mine));
        assert_eq!(sandbox.changes(&[]), Vec::<String>::new());
        assert!(sandbox.waits.borrow().is_empty());
    }
}

#[test]
fn a_name_that_is_taken_by_our_own_secret_is_used_and_anothers_is_not() {
    for mine in [true, false] {
        let (mut sandbox, deployment) = ours();
        let fingerprint = if mine { deployment.certificate.fingerprint.as_str() } else { "another" };
        let name = |end: &str| Versions::new("web", 60).name(&deployment.certificate) + end;
        let labels = json!({ "lastmile.fingerprint": fingerprint, "lastmile.service": "web" });
        let one = |id: &str, end: &str| json!({ "ID": id, "Spec": { "Name": name(end), "Labels": labels } });
        sandbox.on(WEB, 200, &service("c", "k", "completed"));
        sandbox.on(WEB, 200, &service("crt", "key", "updating"));
        sandbox.on(WEB, 200, &service("crt", "key", "completed"));
        sandbox.on("GET /secrets", 200, &json!([one("crt", ".crt"), one("key", ".key")]).to_string());
        // Another service mounts them.
        for secret in ["crt", "key"] {
            let text = r#"{"message":"secret is in use by the following service: x"}"#;
            sandbox.on(&format!("DELETE /secrets/{secret}"), 400, text);
        }
        sandbox.on("POST /secrets/create", 409, r#"{"message":"it exists"}"#);
        sandbox.on("POST /services/svc/update", 200, "{}");
        let ended = It::deploy(&mut sandbox, &deployment);
        match ended {
            Ok(receipt) => assert!(mine && receipt.changed && receipt.reference == name("")),
            Err(failure) => assert!(!mine && matches!(failure, Failure::Rejected(_)), "{failure:?}"),
        }
        let requests = sandbox.requests.borrow();
        let update = requests.iter().find(|sent| sent.line.contains("/update"));
        assert_eq!(update.is_some_and(|sent| sent.body.contains(r#""SecretID":"key""#)), mine);
    }
}

#[test]
fn services_whose_long_names_begin_alike_have_secrets_of_their_own() {
    let long = "a".repeat(43);
    let config = CONFIG.replace("web", &long);
    let (mut sandbox, deployment) =
        (Double::granting(It::capabilities(&config).unwrap()), specimens::deployment(&config));
    sandbox.on(&format!("GET /services/{long}"), 200, &service("c", "k", "completed"));
    sandbox.on("GET /secrets", 200, "[]");
    sandbox.on("POST /secrets/create", 422, "");
    assert!(It::deploy(&mut sandbox, &deployment).is_err());
    assert!(sandbox.requests.borrow()[2].body.contains(r#""Name":"svc-"#));
}

#[test]
fn a_rollout_that_fails_is_told_with_its_reason() {
    for state in ["paused", "rollback_completed", "rollback_paused"] {
        let (mut sandbox, deployment) = updated(state);
        let failure = It::deploy(&mut sandbox, &deployment).unwrap_err();
        assert!(
            matches!(failure, Failure::Rejected(text) if text.contains(state) && text.contains("a task died"))
        );
    }
}

#[test]
fn an_update_that_swarm_took_back_is_told_with_its_reason() {
    let (mut sandbox, deployment) = ours();
    sandbox.on(WEB, 200, &service("c", "k", "completed"));
    sandbox.on(WEB, 200, &service("c", "k", "rollback_completed"));
    sandbox.on("GET /secrets", 200, &secrets(&[("c", "old"), ("k", "old")]));
    sandbox.on("POST /secrets/create", 201, r#"{"ID":"made"}"#);
    sandbox.on("POST /services/svc/update", 200, "{}");
    let failure = It::deploy(&mut sandbox, &deployment).unwrap_err();
    assert!(matches!(failure, Failure::Rejected(text) if text.contains("a task died")));
}

#[test]
fn a_service_without_tasks_never_says_that_it_is_done() {
    let (mut sandbox, deployment) = updated("");
    sandbox.on(WEB, 200, &service("made", "made", ""));
    assert!(It::deploy(&mut sandbox, &deployment).unwrap().changed);
    assert_eq!(sandbox.waits.borrow().len(), 4);
}

/// The changes of a rollback where these are mounted.
fn taken_back(certificate: &str, key: &str) -> (Vec<String>, String) {
    let (mut sandbox, deployment) = ours();
    let mine = deployment.certificate.fingerprint.clone();
    let note = json!([reference("site.crt", "c"), reference("site.key", "k")]).to_string();
    sandbox.notes.borrow_mut().push(note);
    sandbox.on("GET /secrets", 200, &secrets(&[("mine", &mine), ("c", "old")]));
    sandbox.on(WEB, 200, &service(certificate, key, "completed"));
    sandbox.on("POST /services/svc/update", 200, "{}");
    // Another service mounts it by now.
    sandbox.on(
        "DELETE /secrets/mine",
        400,
        r#"{"message":"secret 'mine' is in use by the following service: x"}"#,
    );
    sandbox.roll_back::<It>(&deployment).unwrap();
    let body = sandbox
        .requests
        .borrow()
        .iter()
        .find(|sent| sent.line.contains("/update"))
        .map(|sent| sent.body.clone());
    (sandbox.changes(&[]), body.unwrap_or_default())
}

#[test]
fn going_back_mounts_the_old_where_ours_are_and_removes_ours() {
    let (changes, body) = taken_back("mine", "mine");
    assert_eq!(changes, ["POST /services/svc/update?version=7", "DELETE /secrets/mine"]);
    let expected: Value = serde_json::from_str::<Value>(&service("c", "k", "")).unwrap()["Spec"].take();
    assert_eq!(serde_json::from_str::<Value>(&body).unwrap(), expected);
    for (certificate, key) in [("c", "k"), ("theirs", "theirs")] {
        assert_eq!(taken_back(certificate, key).0, ["DELETE /secrets/mine"]);
    }
}

#[test]
fn a_service_or_file_that_is_not_there_is_the_configurations_fault() {
    let pointer = |status, body: &str| {
        let (mut sandbox, deployment) = ours();
        sandbox.on(WEB, status, body);
        match It::deploy(&mut sandbox, &deployment) {
            Err(Failure::Misconfigured(problems)) => problems[0].pointer.clone(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(pointer(404, r#"{"message":"service web not found"}"#), "/service");
    assert_eq!(pointer(200, &service("c", "k", "").replace("site.crt", "site.pem")), "/certificate");
    assert_eq!(pointer(200, &service("c", "k", "").replace("site.key", "site.pem")), "/key");
}

#[test]
fn an_old_secret_that_cannot_go_ends_the_deployment_before_a_key_is_sent() {
    let (mut sandbox, deployment) = ours();
    sandbox.on(WEB, 200, &service("c", "k", ""));
    sandbox.on("GET /secrets", 200, &secrets(&[("older", "older")]));
    sandbox.on("DELETE /secrets/older", 400, r#"{"message":"invalid"}"#);
    assert!(matches!(It::deploy(&mut sandbox, &deployment), Err(Failure::Rejected(_))));
    assert_eq!(sandbox.changes(&[]), ["DELETE /secrets/older"]);
    assert!(sandbox.notes.borrow().is_empty());
}

#[test]
fn the_configuration_is_checked() {
    let pointer = |key: &str, value: &str| {
        let mut config: Value = serde_json::from_str(CONFIG).unwrap();
        config[key] = value.into();
        It::capabilities(&config.to_string())
            .map(|_| String::new())
            .unwrap_or_else(|problems| problems[0].pointer.clone())
    };
    assert_eq!(pointer("service", &"a".repeat(63)), "");
    assert_eq!(pointer("service", &"a".repeat(64)), "/service");
    assert_eq!(pointer("service", "a/b"), "/service");
    assert_eq!(pointer("services", "web"), "/services");
}
