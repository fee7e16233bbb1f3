//! The connector on the SDK's double, which answers what a LoadMaster would.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use lastmile_sdk::testing::Double;
use lastmile_sdk::testing::specimens::{P256, P256_FINGERPRINT, RSA_2048, deployment};
use lastmile_sdk::{Connector, Failure};
use serde_json::{Value, json};

use super::Kemp;

const CONFIG: &str = r#"{ "host": "lm.example", "virtual-service": 1, "replaces": "shop" }"#;
const NEW: &str = "lastmile-20261124-d584419b";
const OLDER: &str = "lastmile-20250101-aaaaaaaa";

fn ok(more: Value) -> String {
    let mut answer = json!({ "code": 200, "status": "ok" });
    answer.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    answer.to_string()
}

fn bound(names: &str) -> String {
    ok(json!({ "CertFile": names }))
}

fn known(names: &[&str]) -> String {
    ok(json!({ "cert": names.iter().map(|name| json!({ "name": name, "type": "EC" })).collect::<Vec<_>>() }))
}

fn shows(pem: &str) -> String {
    ok(json!({ "certificate": pem }))
}

/// All commands go to one path: these are the answers in turn.
fn device(config: &str, answers: &[String]) -> Double {
    let mut device = Double::granting(Kemp::capabilities(config).unwrap());
    for answer in answers {
        device.answer(200, answer);
    }
    device
}

fn done() -> String {
    ok(json!({}))
}

fn bodies(device: &Double) -> Vec<Value> {
    let requests = device.requests.borrow();
    requests.iter().map(|sent| serde_json::from_str(&sent.body).unwrap()).collect()
}

fn commands(device: &Double) -> Vec<String> {
    bodies(device).iter().map(|body| body["cmd"].as_str().unwrap().to_string()).collect()
}

#[test]
fn it_is_added_and_takes_the_place_of_the_version_before() {
    for (config, before, after) in [
        (CONFIG, "built-in a shop b", format!("a {NEW} b")),
        (CONFIG, &format!("{OLDER} b"), format!("{NEW} b")),
        (CONFIG, "built-in", NEW.to_string()),
    ] {
        let all = known(&["a", "shop", "b", OLDER, "lastmile-20261124-d584419b-2"]);
        let answers = [bound(before), all, bound(before), done(), done(), bound(&after), shows(P256)];
        let mut device = device(config, &answers);
        let receipt = Kemp::deploy(&mut device, &deployment(config)).unwrap();
        assert!(receipt.changed && receipt.reference == NEW, "{receipt:?}");
        let bodies = bodies(&device);
        assert_eq!(
            commands(&device),
            ["showvs", "listcert", "showvs", "addcert", "modvs", "showvs", "readcert"]
        );
        assert!(bodies.iter().all(|body| body["apikey"] == "«api-key»"));
        assert_eq!((&bodies[3]["cert"], &bodies[3]["replace"]), (&json!(NEW), &json!(0)));
        assert!(bodies[3]["data"].as_str().unwrap().ends_with("«private key»"));
        assert_eq!((&bodies[4]["vs"], &bodies[4]["CertFile"]), (&json!("1"), &json!(after)));
        let kept: Vec<&str> = before.split(' ').filter(|name| *name != "built-in").collect();
        assert_eq!(device.notes.borrow()[0], json!({ "names": kept }).to_string());
    }
}

#[test]
fn what_is_bound_is_left_alone() {
    let mut device = device(CONFIG, &[bound(&format!("a {NEW}")), shows(P256)]);
    assert!(!Kemp::deploy(&mut device, &deployment(CONFIG)).unwrap().changed);
    assert_eq!(commands(&device), ["showvs", "readcert"]);
}

#[test]
fn what_an_earlier_attempt_added_is_bound_and_what_another_added_under_our_name_is_replaced() {
    for (there, wanted) in [(P256, &["modvs"][..]), (RSA_2048, &["addcert", "modvs"])] {
        let mut answers = [bound("shop"), known(&["shop", NEW]), bound("shop"), shows(there)].to_vec();
        answers.extend(wanted.iter().map(|_| done()));
        answers.extend([bound(NEW), shows(P256)]);
        let mut device = device(CONFIG, &answers);
        assert!(Kemp::deploy(&mut device, &deployment(CONFIG)).unwrap().changed);
        assert_eq!(commands(&device)[4..4 + wanted.len()], *wanted);
        if wanted.len() == 2 {
            assert_eq!(bodies(&device)[4]["replace"], 1);
        }
    }
}

#[test]
fn a_list_of_others_is_not_guessed_at() {
    let mut device = device(CONFIG, &[bound("a b"), known(&["a", "b"]), bound("a b")]);
    let ended = Kemp::deploy(&mut device, &deployment(CONFIG));
    assert!(
        matches!(&ended, Err(Failure::Misconfigured(problems))
            if problems[0].pointer == "/replaces" && problems[0].message.contains("a, b")),
        "{ended:?}"
    );
    assert!(device.notes.borrow().is_empty());
}

#[test]
fn what_the_device_says_decides_also_where_the_status_is_200() {
    for (status, code, said, wanted) in [
        (401, 401, "fail", "denied"),
        (403, 403, "fail", "denied"),
        (200, 403, "fail", "denied"),
        (404, 404, "fail", "misconfigured"),
        (422, 422, "fail", "rejected"),
        (200, 422, "fail", "rejected"),
        (405, 405, "fail", "rejected"),
        (500, 500, "fail", "unavailable"),
        (200, 200, "", "unavailable"),
    ] {
        let mut device = Double::granting(Kemp::capabilities(CONFIG).unwrap());
        device.answer(status, &json!({ "code": code, "status": said, "message": "its words" }).to_string());
        let ended = Kemp::deploy(&mut device, &deployment(CONFIG)).unwrap_err();
        let kind = match &ended {
            Failure::Denied(_) => "denied",
            Failure::Misconfigured(_) => "misconfigured",
            Failure::Rejected(_) => "rejected",
            Failure::Unavailable(_) => "unavailable",
            Failure::Uncertain(_) => "uncertain",
        };
        let says = if wanted == "misconfigured" { "Remote Access" } else { "its words" };
        assert!(kind == wanted && format!("{ended:?}").contains(says), "{status} {code}: {ended:?}");
    }
}

/// A device with the notes of a deployment, as a rollback finds it.
fn going_back(answers: &[String]) -> Double {
    let device = device(CONFIG, answers);
    device.notes.borrow_mut().push(json!({ "names": ["a", "shop"] }).to_string());
    device
}

#[test]
fn the_way_back_binds_the_old_list_and_removes_ours() {
    let mut device = going_back(&[bound(&format!("a {NEW}")), done(), known(&["a", NEW]), done()]);
    device.roll_back::<Kemp>(&deployment(CONFIG)).unwrap();
    assert_eq!(commands(&device), ["showvs", "modvs", "listcert", "delcert"]);
    assert_eq!(
        (&bodies(&device)[1]["CertFile"], &bodies(&device)[3]["cert"]),
        (&json!("a shop"), &json!(NEW))
    );
}

#[test]
fn what_is_back_already_is_left_and_so_is_what_is_in_use() {
    let mut back = going_back(&[bound("a shop"), known(&["a", "shop"])]);
    back.roll_back::<Kemp>(&deployment(CONFIG)).unwrap();
    assert_eq!(commands(&back), ["showvs", "listcert"]);
    let used = json!({ "code": 422, "status": "fail", "message": "in use" }).to_string();
    let mut used = going_back(&[bound("a shop"), known(&[NEW]), used]);
    used.roll_back::<Kemp>(&deployment(CONFIG)).unwrap();
    let mut alone = going_back(&[known(&[])]);
    *alone.notes.borrow_mut() = [json!({ "names": [] }).to_string()].to_vec();
    alone.roll_back::<Kemp>(&deployment(CONFIG)).unwrap();
    assert_eq!(commands(&alone), ["listcert"]);
}

#[test]
fn it_tells_whether_this_certificate_is_served() {
    for (names, pem, wanted) in [
        (format!("a {NEW}"), P256, Some(P256_FINGERPRINT.to_string())),
        (OLDER.to_string(), RSA_2048, None),
        ("a".to_string(), P256, None),
    ] {
        let mut device = device(CONFIG, &[bound(&names), shows(pem)]);
        assert_eq!(Kemp::observe(&mut device, &deployment(CONFIG)).unwrap(), wanted, "{names}");
    }
}

#[test]
fn the_configuration_says_what_to_write() {
    for (rest, pointer) in [
        (r#""name": "x""#, "/virtual-service"),
        (r#""virtual-service": "1""#, "/virtual-service"),
        (r#""virtual-service": 1, "name": "a b""#, "/name"),
    ] {
        let problems = Kemp::capabilities(&format!(r#"{{ "host": "h", {rest} }}"#)).unwrap_err();
        assert_eq!((problems.len(), problems[0].pointer.as_str()), (1, pointer), "{rest}");
    }
}
