//! The connector on the SDK's double, which answers what an ISE node would.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use lastmile_sdk::testing::Double;
use lastmile_sdk::testing::specimens::{
    self, ED25519, P256, P256_FINGERPRINT, RSA_2048, RSA_2048_FINGERPRINT,
};
use lastmile_sdk::{Connector, Deployment, Failure, NetError};
use serde_json::{Value, json};

use super::CiscoIse;

const CONFIG: &str =
    r#"{ "host": "ise.example", "node": "ise-1", "roles": ["portal", "eap"], "portal-group-tag": "Shop" }"#;
const LIST: &str = "GET /api/v1/certs/system-certificate/ise-1";
const TRUSTED: &str = "GET /api/v1/certs/trusted-certificate";
const TRUST: &str = "POST /api/v1/certs/trusted-certificate/import";
const IMPORT: &str = "POST /api/v1/certs/system-certificate/import";
const NAME: &str = "lastmile-20261124-d584419b";

fn deployment() -> Deployment {
    specimens::deployment(CONFIG)
}

fn entry(id: &str, fingerprint: &str, used_by: &str, tag: &str) -> Value {
    json!({ "id": id, "friendlyName": id, "sha256Fingerprint": fingerprint, "usedBy": used_by, "groupTag": tag })
}

fn page(entries: &[Value]) -> String {
    json!({ "response": entries, "version": "1.0.0" }).to_string()
}

fn old(used_by: &str) -> Value {
    entry("old", &"AA".repeat(32), used_by, "Shop")
}

fn neighbour() -> Value {
    entry("neighbour", &"BB".repeat(32), "Admin, Portal", "Staff")
}

fn ours(used_by: &str, tag: &str) -> Value {
    json!({ "id": "new", "friendlyName": NAME, "sha256Fingerprint": P256_FINGERPRINT.to_uppercase(),
            "usedBy": used_by, "groupTag": tag })
}

fn issuer() -> Value {
    json!({ "id": "issuer", "friendlyName": "x", "sha256Fingerprint": RSA_2048_FINGERPRINT.to_uppercase() })
}

/// A node with these entries in turn, which trusts these in turn.
fn node(config: &str, entries: &[&[Value]], trusted: &[&[Value]]) -> Double {
    let mut node = Double::granting(CiscoIse::capabilities(config).unwrap());
    for (line, lists) in [(LIST, entries), (TRUSTED, trusted)] {
        for list in lists {
            node.on(line, 200, &page(list));
        }
    }
    for line in [TRUST, IMPORT] {
        node.on(line, 200, "{}");
    }
    node
}

fn before() -> Vec<Value> {
    vec![old("EAP Authentication, Portal"), neighbour()]
}

fn after() -> Vec<Value> {
    vec![old("Not in use"), neighbour(), ours("Portal, EAP Authentication", "Shop")]
}

/// One on which a deployment goes through.
fn willing() -> Double {
    node(CONFIG, &[&before(), &before(), &after()], &[&[], &[issuer()]])
}

fn body(node: &Double, line: &str) -> Value {
    let requests = node.requests.borrow();
    let sent = requests.iter().find(|sent| sent.line == line).unwrap();
    serde_json::from_str(&sent.body).unwrap()
}

#[test]
fn the_issuer_is_trusted_and_then_the_leaf_imported_with_its_roles() {
    let mut node = willing();
    let receipt = CiscoIse::deploy(&mut node, &deployment()).unwrap();
    assert!(receipt.changed && receipt.reference == NAME, "{receipt:?}");
    assert_eq!(node.changes(&[]), [TRUST, IMPORT]);
    let trust = body(&node, TRUST);
    assert_eq!((&trust["data"], &trust["name"]), (&json!(RSA_2048), &json!("lastmile-issuer-e8319466")));
    for wide in ["trustForClientAuth", "trustForCiscoServicesAuth", "trustForCertificateBasedAdminAuth"] {
        assert_eq!(trust[wide], false, "{wide}");
    }
    let import = body(&node, IMPORT);
    assert_eq!((&import["data"], &import["name"]), (&json!(P256), &json!(NAME)));
    assert_eq!(import["privateKeyData"], "«private key under ephemeral key»");
    assert_eq!(import["password"], "«ephemeral key»");
    assert_eq!(import["portalGroupTag"], "Shop");
    assert_eq!(import["allowWildCardCertificates"], false);
    for (role, wanted) in [("portal", true), ("eap", true), ("admin", false), ("ims", false), ("saml", false)]
    {
        assert_eq!(import[role], wanted, "{role}");
    }
    let note: Value = serde_json::from_str(&node.notes.borrow()[0]).unwrap();
    let holder = json!({ "id": "old", "roles": ["eap", "portal"], "tag": "Shop" });
    assert_eq!(note, json!({ "made": true, "holders": [holder], "trusted": [RSA_2048_FINGERPRINT] }));
}

#[test]
fn what_has_its_roles_and_its_issuers_is_left_alone() {
    let mut node = node(CONFIG, &[&after()], &[&[issuer()]]);
    assert!(!CiscoIse::deploy(&mut node, &deployment()).unwrap().changed);
    assert_eq!(node.changes(&[]), [""; 0]);
}

#[test]
fn an_issuer_that_is_trusted_no_more_is_trusted_again() {
    let mut node = node(CONFIG, &[&after()], &[&[], &[], &[issuer()]]);
    assert!(CiscoIse::deploy(&mut node, &deployment()).unwrap().changed);
    assert_eq!(node.changes(&[]), [TRUST]);
}

#[test]
fn one_that_lacks_a_role_or_has_the_tag_of_others_is_given_them_and_keeps_its_own() {
    const ASSIGN: &str = "PUT /api/v1/certs/system-certificate/ise-1/new";
    for lacking in
        [ours("Portal, RADIUS DTLS", "Shop"), ours("Portal, EAP Authentication, RADIUS DTLS", "Staff")]
    {
        let without = [old("EAP Authentication"), lacking];
        let mut node = node(CONFIG, &[&without, &without, &after()], &[&[issuer()]]);
        node.on(ASSIGN, 200, "{}");
        assert!(CiscoIse::deploy(&mut node, &deployment()).unwrap().changed);
        assert_eq!(node.changes(&[]), [ASSIGN]);
        let assigned = body(&node, ASSIGN);
        assert_eq!((&assigned["portalGroupTag"], &assigned["radius"]), (&json!("Shop"), &json!(true)));
        assert_eq!((&assigned["eap"], &assigned["admin"]), (&json!(true), &json!(false)));
        let note: Value = serde_json::from_str(&node.notes.borrow()[0]).unwrap();
        assert_eq!((&note["made"], &note["trusted"]), (&json!(false), &json!([])));
    }
}

#[test]
fn a_target_without_portals_leaves_the_tag_that_another_target_gave() {
    const ASSIGN: &str = "PUT /api/v1/certs/system-certificate/ise-1/new";
    let config = r#"{ "host": "ise.example", "node": "ise-1", "roles": ["eap"] }"#;
    let without = [ours("Portal", "Shop")];
    let mut node = node(config, &[&without, &without, &after()], &[&[issuer()]]);
    node.on(ASSIGN, 200, "{}");
    CiscoIse::deploy(&mut node, &specimens::deployment(config)).unwrap();
    let assigned = body(&node, ASSIGN);
    assert_eq!((&assigned["eap"], &assigned["portal"]), (&json!(true), &json!(true)));
    assert_eq!(assigned["portalGroupTag"], "Shop");
}

#[test]
fn the_messaging_service_is_known_by_both_its_names() {
    let config = r#"{ "host": "ise.example", "node": "ise-1", "roles": ["ims"] }"#;
    for used_by in ["ISE Messaging Service", "IMS"] {
        let mut node = node(config, &[&[ours(used_by, "")]], &[&[issuer()]]);
        assert!(!CiscoIse::deploy(&mut node, &specimens::deployment(config)).unwrap().changed, "{used_by}");
    }
}

#[test]
fn lists_are_read_to_their_end_whatever_the_node_calls_itself() {
    let next = "https://10.0.0.1/api/v1/certs/system-certificate/ise-1?size=100&page=2";
    for next in [json!({ "rel": "next", "href": next }), json!(next)] {
        let mut node = Double::granting(CiscoIse::capabilities(CONFIG).unwrap());
        node.on(
            &format!("{LIST}?size=100"),
            200,
            &json!({ "response": [neighbour()], "nextPage": next }).to_string(),
        );
        node.on(&format!("{LIST}?size=100&page=2"), 200, &page(&after()));
        node.on(TRUSTED, 200, &page(&[issuer()]));
        assert!(!CiscoIse::deploy(&mut node, &deployment()).unwrap().changed);
        let served = CiscoIse::observe(&mut node, &deployment()).unwrap();
        assert_eq!(served, Some(P256_FINGERPRINT.to_string()));
    }
}

#[test]
fn an_entry_without_a_name_and_a_page_without_entries_stop_nothing() {
    let next = "https://10.0.0.1/api/v1/certs/system-certificate/ise-1?size=100&page=2";
    let mut nameless = after();
    nameless.iter_mut().for_each(|entry| drop(entry.as_object_mut().unwrap().remove("friendlyName")));
    let mut node = Double::granting(CiscoIse::capabilities(CONFIG).unwrap());
    node.on(&format!("{LIST}?size=100"), 200, &json!({ "nextPage": { "href": next } }).to_string());
    node.on(&format!("{LIST}?size=100&page=2"), 200, &page(&nameless));
    node.on(TRUSTED, 200, &page(&[issuer()]));
    let receipt = CiscoIse::deploy(&mut node, &deployment()).unwrap();
    assert_eq!((receipt.changed, receipt.reference.as_str()), (false, "new"));
}

#[test]
fn what_ise_says_decides() {
    for (status, said, line, wanted, says) in [
        (401, r#"{"error":{"message":"Unauthorized"}}"#, LIST, "denied", "Unauthorized"),
        (403, r#"{"error":{"message":"no such role"}}"#, LIST, "denied", "no such role"),
        (404, "", LIST, "misconfigured", "Open API"),
        (404, "", TRUSTED, "misconfigured", "Open API"),
        (400, r#"{"status":400,"message":"Security Check Failed"}"#, TRUST, "rejected", "Let's Encrypt"),
        (409, r#"{"error":{"message":"exists"}}"#, IMPORT, "rejected", "renew with a new key"),
        (400, r#"{"error":{"message":"no client EKU"}}"#, IMPORT, "rejected", "no client EKU"),
        (429, r#"{"error":{"message":"slow down"}}"#, IMPORT, "unavailable", "slow down"),
    ] {
        let mut node = Double::granting(CiscoIse::capabilities(CONFIG).unwrap());
        for (other, body) in [(LIST, page(&before())), (TRUSTED, page(&[])), (TRUST, "{}".to_string())] {
            node.on(
                other,
                if other == line { status } else { 200 },
                if other == line { said } else { &body },
            );
        }
        node.on(IMPORT, status, said);
        let ended = CiscoIse::deploy(&mut node, &deployment()).unwrap_err();
        let kind = match &ended {
            Failure::Denied(_) => "denied",
            Failure::Misconfigured(_) => "misconfigured",
            Failure::Rejected(_) => "rejected",
            Failure::Unavailable(_) => "unavailable",
            Failure::Uncertain(_) => "uncertain",
        };
        assert!(kind == wanted && format!("{ended:?}").contains(says), "{status} {line}: {ended:?}");
    }
}

#[test]
fn a_node_that_restarts_is_waited_for_and_read_back() {
    let config = CONFIG.replace(r#""portal", "eap"], "portal-group-tag": "Shop""#, r#""admin"]"#);
    let done = [neighbour(), ours("Admin", "")];
    for cut in [false, true] {
        let mut node = Double::granting(CiscoIse::capabilities(&config).unwrap());
        for _ in 0..2 {
            node.on(LIST, 200, &page(&before()));
        }
        match cut {
            true => node.on_error(IMPORT, NetError::Unreachable("reset".to_string())),
            false => node.on(IMPORT, 200, "{}"),
        }
        node.on_error(LIST, NetError::Unreachable("refused".to_string()));
        node.on(LIST, 502, "<html>");
        node.on(LIST, 200, &page(&done));
        node.on(TRUSTED, 200, &page(&[issuer()]));
        let receipt = CiscoIse::deploy(&mut node, &specimens::deployment(&config)).unwrap();
        assert!(receipt.changed, "cut: {cut}");
        assert_eq!(*node.waits.borrow(), [15_000, 15_000], "cut: {cut}");
    }
}

#[test]
fn a_refused_import_of_the_administrations_is_not_waited_for() {
    let config = CONFIG.replace(r#""portal", "eap"], "portal-group-tag": "Shop""#, r#""admin"]"#);
    let mut refusing = Double::granting(CiscoIse::capabilities(&config).unwrap());
    refusing.on(LIST, 200, &page(&before()));
    refusing.on(TRUSTED, 200, &page(&[issuer()]));
    refusing.on(IMPORT, 400, "{}");
    assert!(matches!(
        CiscoIse::deploy(&mut refusing, &specimens::deployment(&config)),
        Err(Failure::Rejected(_))
    ));
    assert_eq!(refusing.lines().last().unwrap(), IMPORT);
}

#[test]
fn a_kind_of_key_that_ise_lacks_is_refused_before_anything_is_asked() {
    let mut deployment = deployment();
    deployment.certificate.leaf_pem = ED25519.to_string();
    let mut node = willing();
    assert!(matches!(CiscoIse::deploy(&mut node, &deployment), Err(Failure::Rejected(_))));
    assert!(node.lines().is_empty());
}

#[test]
fn a_wildcard_is_let_in_where_there_is_one() {
    let mut deployment = deployment();
    deployment.certificate.names.push("*.example.test".to_string());
    let mut node = willing();
    CiscoIse::deploy(&mut node, &deployment).unwrap();
    assert_eq!(body(&node, IMPORT)["allowWildCardCertificates"], true);
}

/// The node of a deployment with its notes, as a rollback finds it.
fn going_back(entries: &[Value], trusted: &[Value]) -> Double {
    let mut deployed = willing();
    CiscoIse::deploy(&mut deployed, &deployment()).unwrap();
    let mut back = node(CONFIG, &[entries], &[trusted]);
    back.notes.borrow_mut().clone_from(&deployed.notes.borrow());
    for line in [GIVE_BACK, REMOVE, DISTRUST] {
        back.on(line, 200, "{}");
    }
    back
}

const GIVE_BACK: &str = "PUT /api/v1/certs/system-certificate/ise-1/old";
const REMOVE: &str = "DELETE /api/v1/certs/system-certificate/ise-1/new";
const DISTRUST: &str = "DELETE /api/v1/certs/trusted-certificate/issuer";

#[test]
fn the_way_back_gives_back_the_roles_and_removes_what_was_made() {
    let other = json!({ "id": "another", "friendlyName": "y", "sha256Fingerprint": "CC" });
    let mut node = going_back(&after(), &[other, issuer()]);
    node.roll_back::<CiscoIse>(&deployment()).unwrap();
    assert_eq!(node.changes(&[]), [GIVE_BACK, REMOVE, DISTRUST]);
    let back = body(&node, GIVE_BACK);
    assert_eq!((&back["eap"], &back["portal"], &back["admin"]), (&json!(true), &json!(true), &json!(false)));
    assert_eq!(back["portalGroupTag"], "Shop");
}

#[test]
fn what_is_back_already_or_was_changed_by_another_is_left() {
    let mut back = going_back(&before(), &[]);
    back.roll_back::<CiscoIse>(&deployment()).unwrap();
    assert_eq!(back.changes(&[]), [""; 0]);
    let another =
        [old("Not in use"), entry("z", "DD", "Portal, EAP Authentication", "Shop"), ours("Not in use", "")];
    let mut taken = going_back(&another, &[]);
    taken.roll_back::<CiscoIse>(&deployment()).unwrap();
    assert_eq!(taken.changes(&[]), [REMOVE], "another took the roles meanwhile");
    let gone = [neighbour(), ours("Portal, EAP Authentication", "Shop")];
    let mut without = going_back(&gone, &[]);
    without.roll_back::<CiscoIse>(&deployment()).unwrap();
    assert_eq!(without.changes(&[]), [REMOVE], "the old one was removed meanwhile");
}

#[test]
fn what_was_there_before_is_not_removed_and_what_is_in_use_is_left() {
    let mut node = going_back(&after(), &[]);
    let noted = node.notes.borrow()[0].replace(r#""made":true"#, r#""made":false"#);
    *node.notes.borrow_mut() = vec![noted];
    node.roll_back::<CiscoIse>(&deployment()).unwrap();
    assert_eq!(node.changes(&[]), [GIVE_BACK]);

    let mut used = Double::granting(CiscoIse::capabilities(CONFIG).unwrap());
    used.notes.borrow_mut().clone_from(&going_back(&after(), &[]).notes.borrow());
    used.on(LIST, 200, &page(&after()));
    used.on(TRUSTED, 200, &page(&[]));
    used.on(GIVE_BACK, 200, "{}");
    used.on(REMOVE, 400, "{}");
    used.roll_back::<CiscoIse>(&deployment()).unwrap();
}

#[test]
fn the_configuration_says_what_to_write() {
    for (rest, pointer) in [
        (r#""roles": ["eap"]"#, "/node"),
        (r#""node": "a/b", "roles": ["eap"]"#, "/node"),
        (r#""node": "n""#, "/roles"),
        (r#""node": "n", "roles": []"#, "/roles"),
        (r#""node": "n", "roles": ["web"]"#, "/roles"),
        (r#""node": "n", "roles": ["saml", "eap"]"#, "/roles"),
        (r#""node": "n", "roles": ["eap"], "portal-group-tag": "x""#, "/portal-group-tag"),
        (r#""node": "n", "roles": ["eap"], "name": "it's""#, "/name"),
    ] {
        let problems = CiscoIse::capabilities(&format!(r#"{{ "host": "h", {rest} }}"#)).unwrap_err();
        assert_eq!((problems.len(), problems[0].pointer.as_str()), (1, pointer), "{rest}");
    }
    assert!(CiscoIse::capabilities(r#"{ "host": "h", "node": "n", "roles": ["saml"] }"#).is_ok());
}
