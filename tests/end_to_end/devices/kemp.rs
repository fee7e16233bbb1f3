//! Kemp LoadMaster.

use serde_json::json;

use super::subject::Subject;
use super::trial;

const SUBJECT: Subject = Subject {
    name: "kemp",
    fake: "kemp",
    options: || json!({}),
    secrets: &[("api-key", "xS8Wort<geheim>\"mehr0Gq")],
    target: |port| {
        format!("config = {{ host = \"127.0.0.1\", port = {port}, virtual-service = 1, replaces = \"old\" }}")
    },
    refuses: &[],
    sessionless: true,
    goes_back: true,
};

#[test]
fn kemp() {
    trial::hold(&SUBJECT);
}
