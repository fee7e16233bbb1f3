//! Google Cloud Certificate Manager.

use serde_json::json;

use super::authority::Key;
use super::subject::Subject;
use super::trial;
use super::ward::Ward;
use crate::credentials::openssl;

const SUBJECT: Subject = Subject {
    name: "gcp-certificate-manager",
    fake: "gcp_certificate_manager",
    options: || json!({}),
    secrets: &[],
    target: |port| {
        format!(
            "config = {{ project = \"edge\", certificate = \"shop\", endpoint = \"https://127.0.0.1:{port}\" }}\n\
             auth = {{ kind = \"gcp-metadata\", endpoint = \"http://ISSUER\" }}"
        )
    },
    refuses: &[],
    sessionless: false,
    goes_back: false,
};

/// As a service account, whose key is made for this test.
#[test]
fn gcp_certificate_manager() {
    let key = openssl(&["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]);
    let file = json!({
        "type": "service_account", "project_id": "edge", "private_key_id": "1", "private_key": key,
        "client_email": "lastmile@edge.iam.gserviceaccount.com", "token_uri": "https://oauth2.googleapis.com/token",
    });
    let secrets = Box::leak(Box::new([("google", &*Box::leak(file.to_string().into_boxed_str()))]));
    let target = |port| {
        let account = "kind = \"gcp-service-account\", service-account-key = \"google\", \
                       scope = \"https://www.googleapis.com/auth/cloud-platform\"";
        (SUBJECT.target)(port).replace("kind = \"gcp-metadata\"", account)
    };
    trial::hold(&Subject { secrets, target, ..SUBJECT });
}

/// As the machine's own account: created, and the same again is not updated.
#[test]
fn a_first_certificate_is_created() {
    let mut ward = Ward::open(&Subject { options: || json!({ "empty": true }), ..SUBJECT });
    let bed = [ward.bed("shop", Key::P256)];
    ward.configure(&bed);
    ward.check();
    let new = ward.authority.pair(&ward.room, "new", Key::P256);
    for wanted in ["changed", "unchanged"] {
        let outcomes = ward.deploy(&bed, &new);
        let (outcome, note) = outcomes.of(&bed[0]);
        assert_eq!(outcome, wanted, "{note}");
        let shown = ward.authority.shown(&new);
        ward.lasting(&bed[0], &shown, wanted);
    }
    let created = "POST /v1/projects/edge/locations/global/certificates?certificateId=shop";
    assert_eq!(ward.look(&bed[0]).requests("change"), [created]);
}

/// A certificate that Google renews is told before anything is sent.
#[test]
fn a_managed_certificate_is_left_alone() {
    let mut ward = Ward::open(&Subject { options: || json!({ "managed": true }), ..SUBJECT });
    let bed = [ward.bed("shop", Key::P256)];
    ward.configure(&bed);
    let new = ward.authority.pair(&ward.room, "new", Key::P256);
    let outcomes = ward.deploy(&bed, &new);
    let (outcome, note) = outcomes.of(&bed[0]);
    assert!(outcome == "misconfigured" && note.contains("Google itself renews"), "{outcome}: {note}");
    assert_eq!(ward.look(&bed[0]).requests("change"), Vec::<String>::new());
}
