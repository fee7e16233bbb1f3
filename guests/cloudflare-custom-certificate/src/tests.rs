//! On the double.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail by panicking")]

extern crate std;
use std::string::{String, ToString as _};
use std::vec::Vec;
use std::{format, vec};

use lastmile_sdk::testing::{Double, specimens};
use lastmile_sdk::{Connector as _, Deployment, Failure};
use serde_json::{Value, json};

use super::CloudflareCustomCertificate as It;

const ZONE: &str = "023e105f4ecef8ad9ca31a8372d0c353";
const ALL: &str = "/client/v4/zones/023e105f4ecef8ad9ca31a8372d0c353/custom_certificates";
const ENDS: &str = "2026-01-01T00:00:00.5Z";

fn with(more: &Value) -> (Double, Deployment) {
    let mut config = json!({ "zone": ZONE });
    config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let mut deployment = specimens::deployment(&config.to_string());
    deployment.certificate.not_after = 1_767_225_600;
    deployment.certificate.names = vec!["b.example.test".into(), "a.example.test".into()];
    (Double::granting(It::capabilities(&config.to_string()).unwrap()), deployment)
}

fn held(id: &str, ends: &str, status: &str) -> Value {
    let hosts = ["a.example.test", "b.example.test"];
    json!({ "id": id, "hosts": hosts, "status": status, "expires_on": ends, "signature": "ECDSAWithSHA256" })
}

/// The twin for clients without ECDSA.
fn with_rsa(ends: &str) -> Value {
    let mut held = held("rsa", ends, "active");
    held["signature"] = "SHA256WithRSA".into();
    held
}

fn told(result: &Value) -> String {
    json!({ "success": true, "errors": [], "messages": [], "result": result }).to_string()
}

fn refusal(code: i64) -> String {
    json!({ "success": false, "errors": [{ "code": code, "message": "no" }], "result": null }).to_string()
}

fn list(sandbox: &mut Double, held: &[Value]) {
    let all = json!({ "success": true, "result": held, "result_info": { "page": 1, "total_pages": 1 } });
    sandbox.on(&format!("GET {ALL}"), 200, &all.to_string());
}

/// What comes of this answer to an upload, where the list stays empty.
fn uploaded(status: u16, body: &str) -> Failure {
    let (mut sandbox, deployment) = with(&json!({}));
    list(&mut sandbox, &[]);
    sandbox.on(&format!("POST {ALL}"), status, body);
    It::deploy(&mut sandbox, &deployment).unwrap_err()
}

#[test]
fn the_same_hosts_to_the_same_second_are_the_same() {
    let (mut sandbox, deployment) = with(&json!({}));
    list(&mut sandbox, &[held("other", "2026-01-01T00:00:01Z", "active"), held("ours", ENDS, "active")]);
    let receipt = It::deploy(&mut sandbox, &deployment).unwrap();
    assert!(!receipt.changed && receipt.reference == "ours");
    assert_eq!(sandbox.changes(&[]), Vec::<String>::new());
}

#[test]
fn a_twin_with_the_other_kind_of_key_is_another_one() {
    let rsa = json!({ "signature": "SHA256WithRSA" });
    let ecdsa = json!({ "signature": "ECDSAWithSHA256" });
    let id = |config: &Value, leaf: &str| {
        let (mut sandbox, mut deployment) = with(config);
        deployment.certificate.leaf_pem = leaf.into();
        list(&mut sandbox, &[with_rsa(ENDS), held("ecdsa", ENDS, "active")]);
        It::deploy(&mut sandbox, &deployment).unwrap().reference
    };
    assert_eq!(id(&json!({}), specimens::P256), "ecdsa");
    assert_eq!(id(&ecdsa, specimens::P256), "ecdsa");
    assert_eq!(id(&json!({}), specimens::RSA_2048), "rsa");
    assert_eq!(id(&rsa, specimens::P256), "rsa", "as the operator says");
}

#[test]
fn an_expired_leftover_is_not_on_its_way() {
    let (mut sandbox, deployment) = with(&json!({}));
    let leftover = held("leftover", "2024", "expired");
    for newest in [held("old", "2025", "active"), held("old", "2025", "active"), held("new", ENDS, "active")]
    {
        list(&mut sandbox, &[leftover.clone(), newest]);
    }
    sandbox.on(&format!("PATCH {ALL}/old"), 200, &told(&json!({})));
    assert_eq!(It::deploy(&mut sandbox, &deployment).unwrap().reference, "new");
    let (mut alone, deployment) = with(&json!({}));
    list(&mut alone, std::slice::from_ref(&leftover));
    list(&mut alone, &[leftover]);
    list(&mut alone, &[held("new", ENDS, "active")]);
    alone.on(&format!("PATCH {ALL}/leftover"), 200, &told(&json!({})));
    assert_eq!(It::deploy(&mut alone, &deployment).unwrap().reference, "new");
}

#[test]
fn a_renewal_goes_over_the_id_and_waits_for_the_edge() {
    let (mut sandbox, deployment) = with(&json!({}));
    let mut another = held("another", ENDS, "active");
    another["hosts"] = json!(["a.example.test"]);
    list(&mut sandbox, &[another.clone(), held("gone", ENDS, "deleted"), held("old", "2025", "active")]);
    list(&mut sandbox, &[another.clone(), held("old", "2025", "active")]);
    list(&mut sandbox, &[another, held("old", "2025", "active"), held("new", ENDS, "initializing")]);
    sandbox.on(&format!("PATCH {ALL}/old"), 200, &told(&json!({})));
    sandbox.on(&format!("GET {ALL}/new"), 200, &told(&held("new", ENDS, "pending")));
    sandbox.on(&format!("GET {ALL}/new"), 200, &told(&held("new", ENDS, "active")));
    let receipt = It::deploy(&mut sandbox, &deployment).unwrap();
    assert!(receipt.changed && receipt.reference == "new");
    assert_eq!(*sandbox.waits.borrow(), [1000]);
    let requests = sandbox.requests.borrow();
    assert!(requests[0].line.ends_with("?page=1&per_page=50"));
    let body: Value = serde_json::from_str(&requests[2].body).unwrap();
    assert_eq!(body["private_key"], "«private key»");
    assert_eq!(body["bundle_method"], "force");
    assert!(body.get("type").is_none(), "a PATCH has no type");
}

#[test]
fn an_upload_says_its_type_and_leaves_the_chain_to_cloudflare_where_it_makes_one() {
    for (bundle, certificates) in [("force", 2), ("ubiquitous", 1)] {
        let (mut sandbox, mut deployment) = with(&json!({ "bundle": bundle }));
        deployment.certificate.chain_pem = deployment.certificate.leaf_pem.clone();
        list(&mut sandbox, &[]);
        list(&mut sandbox, &[]);
        list(&mut sandbox, &[held("new", ENDS, "active")]);
        sandbox.on(&format!("POST {ALL}"), 200, &told(&json!({})));
        assert!(It::deploy(&mut sandbox, &deployment).unwrap().changed);
        let body: Value = serde_json::from_str(&sandbox.requests.borrow()[2].body).unwrap();
        assert_eq!(body["type"], "sni_custom");
        assert_eq!(body["bundle_method"], bundle);
        assert_eq!(body["certificate"].as_str().unwrap().matches("BEGIN").count(), certificates);
    }
}

#[test]
fn of_several_for_the_same_hosts_the_operator_names_one() {
    let ecdsa = held("ecdsa", "2025", "active");
    for (config, renewed) in [(json!({}), None), (json!({ "signature": "ECDSAWithSHA256" }), Some("ecdsa"))] {
        let (mut sandbox, deployment) = with(&config);
        list(&mut sandbox, &[with_rsa("2025"), ecdsa.clone()]);
        sandbox.on(&format!("PATCH {ALL}/ecdsa"), 400, &refusal(2106));
        let failure = It::deploy(&mut sandbox, &deployment).unwrap_err();
        let changes = sandbox.changes(&[]);
        match renewed {
            Some(_) => assert!(matches!(failure, Failure::Rejected(_)) && changes.len() == 1),
            None => {
                assert!(
                    matches!(failure, Failure::Misconfigured(problems) if problems[0].pointer == "/signature")
                );
                assert_eq!(changes, Vec::<String>::new());
            }
        }
    }
    let (mut sandbox, deployment) = with(&json!({}));
    list(&mut sandbox, &[held("old", "2025", "active"), held("newer", "2025-07", "initializing")]);
    assert!(matches!(It::deploy(&mut sandbox, &deployment), Err(Failure::Unavailable(_))));
}

#[test]
fn an_id_that_moved_is_looked_for_again() {
    for (after, retry) in [("old", false), ("newer", true)] {
        let (mut sandbox, deployment) = with(&json!({}));
        for id in ["old", "old", after] {
            list(&mut sandbox, &[held(id, "2025", "active")]);
        }
        sandbox.on(&format!("PATCH {ALL}/old"), 400, &refusal(1002));
        let failure = It::deploy(&mut sandbox, &deployment).unwrap_err();
        assert_eq!(matches!(failure, Failure::Unavailable(_)), retry, "{failure:?}");
    }
}

#[test]
fn every_page_is_read() {
    let (mut sandbox, deployment) = with(&json!({}));
    // Shorter than asked for, and no count of pages: the first empty one would be the last.
    let page = vec![held("other", "2025", "deleted"); 20];
    sandbox.on(&format!("GET {ALL}?page=1&per_page=50"), 200, &told(&page.clone().into()));
    sandbox.on(&format!("GET {ALL}?page=2&per_page=50"), 200, &told(&page.into()));
    sandbox.on(
        &format!("GET {ALL}?page=3&per_page=50"),
        200,
        &told(&vec![held("ours", ENDS, "active")].into()),
    );
    sandbox.on(&format!("GET {ALL}?page=4&per_page=50"), 200, &told(&json!([])));
    assert_eq!(It::deploy(&mut sandbox, &deployment).unwrap().reference, "ours");
}

#[test]
fn submitted_already_is_a_success_only_where_it_is_seen() {
    assert!(matches!(uploaded(400, &refusal(1220)), Failure::Rejected(_)));
    let (mut sandbox, deployment) = with(&json!({}));
    list(&mut sandbox, &[]);
    list(&mut sandbox, &[]);
    list(&mut sandbox, &[held("ours", ENDS, "active")]);
    sandbox.on(&format!("POST {ALL}"), 400, &refusal(1220));
    assert_eq!(It::deploy(&mut sandbox, &deployment).unwrap().reference, "ours");
}

#[test]
fn failures_say_who_is_at_fault() {
    for code in [1002, 1212, 1228, 2005, 2100, 2106, 2200] {
        assert!(
            matches!(uploaded(400, &refusal(code)), Failure::Rejected(text) if text.contains("no (")),
            "{code}"
        );
    }
    // Nobody knows, and the list says that it was not done.
    for (status, body) in
        [(200, refusal(2000)), (400, refusal(1406)), (200, "<p>".into()), (502, "<p>".into())]
    {
        assert!(matches!(uploaded(status, &body), Failure::Unavailable(_)), "{status} {body}");
    }
    assert!(matches!(uploaded(200, r#"{"success":false,"result":null}"#), Failure::Rejected(_)));
    assert!(matches!(uploaded(200, &refusal(9999)), Failure::Rejected(_)));
    assert!(matches!(uploaded(403, "<p>"), Failure::Denied(_)));
    assert!(matches!(uploaded(400, &refusal(10000)), Failure::Denied(_)));
    assert!(
        matches!(uploaded(404, &refusal(7003)), Failure::Misconfigured(problems) if problems[0].pointer == "/zone")
    );
}

#[test]
fn a_key_that_cloudflare_does_not_take_is_told_before_anything_is_sent() {
    let (mut sandbox, mut deployment) = with(&json!({}));
    deployment.certificate.leaf_pem = specimens::ED25519.to_string();
    assert!(
        matches!(It::deploy(&mut sandbox, &deployment), Err(Failure::Rejected(text)) if text.contains("ECDSA"))
    );
    assert!(sandbox.lines().is_empty());
}

#[test]
fn the_configuration_is_checked() {
    let pointer =
        |config: Value| It::capabilities(&config.to_string()).map_err(|problems| problems[0].pointer.clone());
    assert!(pointer(json!({ "zone": ZONE, "endpoint": "https://cf.example:8443" })).is_ok());
    for zone in ["", "example.test", &ZONE[1..], &format!("{ZONE}0")] {
        assert_eq!(pointer(json!({ "zone": zone })), Err("/zone".into()), "{zone}");
    }
    assert_eq!(pointer(json!({ "zone": ZONE, "bundle": "none" })), Err("/bundle".into()));
    assert_eq!(pointer(json!({ "zone": ZONE, "endpoint": "cf" })), Err("/endpoint".into()));
}
