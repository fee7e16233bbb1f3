//! Cisco ISE. A node that restarts for its administration's certificate is the connector's own tests' affair: it lasts.

use serde_json::json;

use super::subject::Subject;
use super::trial;

const SUBJECT: Subject = Subject {
    name: "cisco-ise",
    fake: "cisco_ise",
    options: || json!({}),
    secrets: &[("password", "Wort&<geheim>\"mehr")],
    target: |port| {
        format!(
            "config = {{ host = \"127.0.0.1\", port = {port}, node = \"ise-1\", roles = [\"portal\", \"eap\"], \
             portal-group-tag = \"Shop\" }}\n\
             auth = {{ kind = \"basic\", username = \"lastmile\", password = \"password\" }}"
        )
    },
    refuses: &[],
    sessionless: true,
    goes_back: true,
};

#[test]
fn cisco_ise() {
    trial::hold(&SUBJECT);
}
