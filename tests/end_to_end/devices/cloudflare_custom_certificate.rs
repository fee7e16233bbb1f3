//! Cloudflare's custom certificates.

use serde_json::json;

use super::subject::Subject;
use super::trial;

const SUBJECT: Subject = Subject {
    name: "cloudflare-custom-certificate",
    fake: "cloudflare_custom_certificate",
    options: || json!({ "initializing": 2 }),
    secrets: &[("token", "Sn3lZJTBX6kkg7OdcBUAxOO963GEIyGQqnFTOFYY")],
    target: |port| {
        format!(
            "config = {{ zone = \"023e105f4ecef8ad9ca31a8372d0c353\", endpoint = \"https://127.0.0.1:{port}\" }}\n\
             auth = {{ kind = \"bearer\", token = \"token\" }}"
        )
    },
    refuses: &[],
    sessionless: true,
    goes_back: false,
};

#[test]
fn cloudflare_custom_certificate() {
    trial::hold(&SUBJECT);
}
