//! Azure Key Vault.

use serde_json::json;

use super::authority::Key;
use super::subject::Subject;
use super::ward::Ward;
use super::{faults, trial};
use crate::room::Pair;

const SUBJECT: Subject = Subject {
    name: "azure-key-vault",
    fake: "azure_key_vault",
    options: || json!({}),
    secrets: &[("client-secret", "Geh~eim&<8Q>\"mehr")],
    target: |port| {
        format!(
            "config = {{ host = \"127.0.0.1\", port = {port}, certificate = \"shop\" }}\n\
             auth = {{ kind = \"oauth2-client-credentials\", client-id = \"lastmile\", client-secret = \"client-secret\", \
             token-url = \"https://login.example/contoso.example/oauth2/v2.0/token\", \
             scope = \"https://vault.azure.net/.default\", endpoint = \"http://ISSUER\" }}"
        )
    },
    refuses: &[],
    sessionless: false,
    goes_back: false,
};

#[test]
fn azure_key_vault() {
    trial::hold(&SUBJECT);
}

/// What a recovery takes: two looks in vain, and an import that is refused before.
const RECOVERY: usize = 7;

/// The identity of the machine, and a secret for consumers that read PEM.
#[test]
fn a_managed_identity_imports_pem() {
    once(
        |port| {
            format!(
                "config = {{ host = \"127.0.0.1\", port = {port}, certificate = \"shop\", format = \"pem\" }}\n\
                 auth = {{ kind = \"azure-managed-identity\", resource = \"https://vault.azure.net\", \
                 endpoint = \"http://ISSUER\" }}"
            )
        },
        || json!({}),
    );
}

/// A vault that takes no other PFX, and the name of a certificate that was deleted; whatever goes wrong meanwhile.
#[test]
fn an_old_pfx_follows_a_recovery() {
    let (mut ward, new) = once(
        |port| {
            let config = format!("host = \"127.0.0.1\", port = {port}, certificate = \"shop\"");
            (SUBJECT.target)(port)
                .replace(&config, &format!("{config}, format = \"pfx-legacy\", recover = true"))
        },
        || json!({ "deleted": true, "ciphers": ["3des"] }),
    );
    faults::each(&mut ward, &new, RECOVERY);
}

/// One deployment, and the same again.
fn once(target: fn(u16) -> String, options: fn() -> serde_json::Value) -> (Ward, Pair) {
    let mut ward = Ward::open(&Subject { target, options, ..SUBJECT });
    let bed = [ward.bed("shop", Key::P256)];
    ward.configure(&bed);
    ward.check();
    let new = ward.authority.pair(&ward.room, "new", Key::P256);
    for wanted in ["changed", "unchanged"] {
        let outcomes = ward.deploy(&bed, &new);
        let (outcome, note) = outcomes.of(&bed[0]);
        assert_eq!(outcome, wanted, "{note}");
        let shown = ward.authority.shown(&new);
        ward.lasting(&bed[0], &shown, wanted);
    }
    (ward, new)
}
