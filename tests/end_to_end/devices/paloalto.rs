//! Palo Alto PAN-OS: a firewall, and the firewalls of a Panorama.

use serde_json::json;

use super::subject::Subject;
use super::trial;

const FIREWALL: Subject = Subject {
    name: "paloalto",
    fake: "paloalto",
    options: || json!({}),
    secrets: &[("api-key", "LUFRPT14MW5xOEo1R09KVlBZNnpnemh0VHRBOWl6TGM9")],
    target: |port| target(port, ""),
    refuses: &[],
    sessionless: true,
    goes_back: true,
};

const PANORAMA: Subject = Subject {
    options: || json!({ "panorama": true }),
    target: |port| target(port, ", template = \"edge\", template-stack = \"edges\""),
    ..FIREWALL
};

fn target(port: u16, more: &str) -> String {
    format!(
        "config = {{ host = \"127.0.0.1\", port = {port}, administrator = \"lastmile\", profile = \"shop\", \
         name = \"shop\"{more} }}\nauth = {{ kind = \"header\", name = \"X-PAN-KEY\", value = \"api-key\" }}"
    )
}

#[test]
fn paloalto() {
    trial::hold(&PANORAMA);
    trial::hold(&FIREWALL);
}
