//! A10 Thunder.

use serde_json::json;

use super::subject::Subject;
use super::trial;

const SUBJECT: Subject = Subject {
    name: "a10",
    fake: "a10",
    options: || json!({ "cap": 4 }),
    secrets: &[("password", "Wort&<geheim>\"mehr")],
    target: |port| {
        format!(
            "config = {{ host = \"127.0.0.1\", port = {port}, username = \"lastmile\", template = \"shop\", \
             replaces = \"old\" }}"
        )
    },
    refuses: &[],
    sessionless: false,
    goes_back: true,
};

#[test]
fn a10() {
    trial::hold(&SUBJECT);
}
