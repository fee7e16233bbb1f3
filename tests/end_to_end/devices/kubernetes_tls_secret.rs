//! Kubernetes' TLS Secrets.

use serde_json::json;

use super::subject::Subject;
use super::trial;

const SUBJECT: Subject = Subject {
    name: "kubernetes-tls-secret",
    fake: "kubernetes_tls_secret",
    options: || json!({}),
    secrets: &[("token", "eyJhbGciOiJSUzI1NiJ9.wort")],
    target: |port| {
        format!(
            "config = {{ host = \"127.0.0.1\", port = {port}, namespace = \"edge\", secret = \"shop\", \
             take-over = [\"kubectl-create\"] }}\nauth = {{ kind = \"bearer\", token = \"token\" }}"
        )
    },
    refuses: &[],
    sessionless: true,
    goes_back: true,
};

#[test]
fn kubernetes_tls_secret() {
    trial::hold(&SUBJECT);
}
