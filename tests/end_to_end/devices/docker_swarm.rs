//! Services of a Docker swarm.

use serde_json::json;

use super::subject::Subject;
use super::trial;

const SUBJECT: Subject = Subject {
    name: "docker-swarm",
    fake: "docker_swarm",
    options: || json!({ "steps": 2 }),
    secrets: &[("token", "Swarm&Wort<geheim>")],
    target: |port| {
        format!(
            "config = {{ host = \"127.0.0.1\", port = {port}, service = \"web\", certificate = \"site.crt\", \
             key = \"site.key\" }}\nauth = {{ kind = \"bearer\", token = \"token\" }}"
        )
    },
    refuses: &[],
    sessionless: true,
    goes_back: true,
};

#[test]
fn docker_swarm() {
    trial::hold(&SUBJECT);
}
