//! F5 BIG-IP.

use serde_json::json;

use super::subject::Subject;
use super::trial;

const SUBJECT: Subject = Subject {
    name: "f5",
    fake: "f5",
    options: || json!({ "cap": 4 }),
    secrets: &[("password", "Wort&<geheim>\"mehr")],
    target: |port| {
        format!(
            "config = {{ host = \"127.0.0.1\", port = {port}, username = \"lastmile\", profile = \"/Common/shop\" }}"
        )
    },
    refuses: &[],
    sessionless: false,
    goes_back: true,
};

#[test]
fn f5() {
    trial::hold(&SUBJECT);
}
