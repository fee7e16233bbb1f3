//! NetScaler ADC.

use serde_json::json;

use super::subject::Subject;
use super::trial;

/// The chain comes out of the old file at first, and every update loses links: intermediates are added and linked.
const BUNDLED: Subject = Subject {
    name: "netscaler",
    fake: "netscaler",
    options: || json!({ "cap": 4, "bundled": true, "drops": true }),
    secrets: &[("password", "Wort&<geheim>\"mehr")],
    target: |port| {
        format!(
            "config = {{ host = \"127.0.0.1\", port = {port}, username = \"lastmile\", certkey = \"shop\", \
             sync = true }}"
        )
    },
    refuses: &[],
    sessionless: false,
    goes_back: true,
};

/// The new certificate has the issuer of the old one, and its link stays.
const LINKED: Subject = Subject { options: || json!({ "cap": 4 }), ..BUNDLED };

#[test]
fn netscaler() {
    trial::hold(&BUNDLED);
    trial::hold(&LINKED);
}
