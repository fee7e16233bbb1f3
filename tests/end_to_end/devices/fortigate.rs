//! Fortinet FortiGate.

use serde_json::json;

use super::subject::Subject;
use super::trial;

const SUBJECT: Subject = Subject {
    name: "fortigate",
    fake: "fortigate",
    options: || json!({}),
    secrets: &[("token", "Gq5r0m9bkhh8kt6nzm4s7Q1xHpNw3")],
    target: |port| {
        format!(
            "config = {{ host = \"127.0.0.1\", port = {port}, name = \"shop\", replaces = \"old\", \
             bind = [\"ssl-vpn\", \"vip/shop\", \"ssl-ssh-profile/inbound\"] }}\n\
             auth = {{ kind = \"bearer\", token = \"token\" }}"
        )
    },
    refuses: &[],
    sessionless: true,
    goes_back: true,
};

#[test]
fn fortigate() {
    trial::hold(&SUBJECT);
}
