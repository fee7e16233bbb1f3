//! Kubernetes' TLS Secrets.

use serde_json::json;

use super::authority::Key;
use super::subject::Subject;
use super::trial;
use super::ward::Ward;

const SUBJECT: Subject = Subject {
    name: "kubernetes-tls-secret",
    fake: "kubernetes_tls_secret",
    options: || json!({}),
    secrets: &[("token", "eyJhbGciOiJSUzI1NiJ9.wort")],
    target: |port| target(port, "kubectl-create"),
    refuses: &[],
    sessionless: true,
    goes_back: true,
};

fn target(port: u16, yields: &str) -> String {
    format!(
        "config = {{ host = \"127.0.0.1\", port = {port}, namespace = \"edge\", secret = \"shop\", \
         take-over = [\"{yields}\"] }}\nauth = {{ kind = \"bearer\", token = \"token\" }}"
    )
}

#[test]
fn kubernetes_tls_secret() {
    trial::hold(&SUBJECT);
}

/// One deployment to a Secret like this: its outcome and note, after a look at what it left.
fn once(subject: Subject, lands: bool) -> (String, String) {
    let mut ward = Ward::open(&subject);
    let bed = ward.bed("edge", Key::P256);
    ward.configure(std::slice::from_ref(&bed));
    let new = ward.authority.pair(&ward.room, "new", Key::P256);
    let outcomes = ward.deploy(std::slice::from_ref(&bed), &new);
    let (outcome, note) = outcomes.of(&bed);
    let shown = if lands { ward.authority.shown(&new) } else { ward.authority.shown(&ward.old) };
    ward.lasting(&bed, &shown, note);
    (outcome.to_owned(), note.to_owned())
}

#[test]
fn a_kubernetes_secret_that_is_not_there_is_created() {
    let (outcome, note) = once(Subject { options: || json!({ "missing": true }), ..SUBJECT }, true);
    assert_eq!(outcome, "changed", "{note}");
}

#[test]
fn another_manager_of_a_kubernetes_secret_is_named_and_left_alone() {
    let (outcome, note) = once(Subject { target: |port| target(port, "helm"), ..SUBJECT }, false);
    assert_eq!(outcome, "rejected", "{note}");
    assert!(note.contains("kubectl-create") && note.contains("take-over"), "{note}");
}

#[test]
fn a_kubernetes_secret_of_another_type_or_without_leave_is_left_alone() {
    for (options, told, why) in [
        ((|| json!({ "immutable": true })) as fn() -> serde_json::Value, "rejected", "immutable"),
        (|| json!({ "hook": "friday" }), "rejected", "denied the request"),
        (|| json!({ "verbs": ["get"] }), "denied", "cannot patch"),
        (
            || json!({ "annotations": { "cert-manager.io/issuer-name": "ca" } }),
            "misconfigured",
            "cert-manager",
        ),
    ] {
        let (outcome, note) = once(Subject { options, ..SUBJECT }, false);
        assert!(outcome == told && note.contains(why), "{outcome}: {note}");
    }
}
