//! The connector against the SDK's double. What the fake of the service makes of it is with the end-to-end tests.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail by panicking")]

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use lastmile_sdk::certificate::pems;
use lastmile_sdk::testing::Double;
use lastmile_sdk::testing::specimens::{ED25519, P256, P256_FINGERPRINT, RSA_2048, deployment};
use lastmile_sdk::{Connector, Failure, NetError, Receipt};
use serde_json::{Value, json};

use super::AzureKeyVault;

const CONFIG: &str = r#"{ "host": "shop.vault.azure.net", "certificate": "www-example-com" }"#;
const RECOVER: &str =
    r#"{ "host": "shop.vault.azure.net", "certificate": "www-example-com", "recover": true }"#;
const LOOK: &str = "GET /certificates/www-example-com?api-version=7.4";
const IMPORT: &str = "POST /certificates/www-example-com/import?api-version=7.4";
const REVIVE: &str = "POST /deletedcertificates/www-example-com/recover?api-version=7.4";
const MISSING: &str = r#"{"error":{"code":"CertificateNotFound","message":"not found"}}"#;
const DELETED: &str = r#"{"error":{"code":"Conflict","message":"deleted but recoverable","innererror":{"code":"ObjectIsDeletedButRecoverable"}}}"#;
const PFX: &str = "application/x-pkcs12";

fn sandbox(config: &str) -> Double {
    Double::granting(AzureKeyVault::capabilities(config).unwrap())
}

fn deploy(sandbox: &mut Double, config: &str) -> Result<Receipt, Failure> {
    AzureKeyVault::deploy(sandbox, &deployment(config))
}

/// A version as the vault shows it.
fn version(number: u32, pem: &str) -> Value {
    let cer: String = pems(pem)[0].lines().filter(|line| !line.starts_with('-')).collect();
    let id = format!("https://shop.vault.azure.net/certificates/www-example-com/{number}");
    let policy = json!({ "secret_props": { "contentType": PFX }, "key_props": { "exportable": true } });
    json!({ "id": id, "cer": cer, "attributes": { "enabled": true }, "policy": policy })
}

fn ours() -> String {
    version(2, P256).to_string()
}

fn imported(sandbox: &Double) -> Vec<Value> {
    let sent = sandbox.requests.borrow();
    let imports = sent.iter().filter(|sent| sent.line == IMPORT);
    imports.map(|sent| serde_json::from_str(&sent.body).unwrap()).collect()
}

/// After a look that shows this, an import that is answered so, and a look that shows ours.
fn renewed(config: &str, before: &Value) -> Value {
    let mut sandbox = sandbox(config);
    sandbox.on(LOOK, 200, &before.to_string());
    let mut after = version(2, P256);
    if config.contains("pem") {
        after["policy"]["secret_props"]["contentType"] = "application/x-pem-file".into();
    }
    sandbox.on(LOOK, 200, &after.to_string());
    sandbox.on(IMPORT, 200, &after.to_string());
    assert!(deploy(&mut sandbox, config).unwrap().changed);
    imported(&sandbox).remove(0)
}

#[test]
fn a_first_import_is_a_pfx_under_a_password_of_its_own() {
    let mut sandbox = sandbox(CONFIG);
    sandbox.on(LOOK, 404, MISSING);
    sandbox.on(IMPORT, 200, &ours());
    sandbox.on(LOOK, 200, &ours());
    let receipt = deploy(&mut sandbox, CONFIG).unwrap();
    assert!(receipt.changed && receipt.reference.ends_with("/www-example-com/2"));
    let policy = json!({ "secret_props": { "contentType": PFX }, "issuer": { "name": "Unknown" } });
    let value = "«PKCS#12 www-example-com under ephemeral transport»";
    let body = json!({ "value": value, "policy": policy, "pwd": "«ephemeral transport»" });
    assert_eq!(imported(&sandbox), [body]);

    let receipt = deploy(&mut sandbox, CONFIG).unwrap();
    assert!(!receipt.changed && receipt.reference.ends_with("/2"), "what is there makes no version");
    assert_eq!(sandbox.changes(&[]), [IMPORT], "that of the first run");
}

#[test]
fn what_a_new_version_would_lose_is_taken_over() {
    let mut before = version(1, RSA_2048);
    before["tags"] = json!({ "team": "edge" });
    before["policy"]["key_props"]["exportable"] = false.into();
    let sent = renewed(CONFIG, &before);
    assert_eq!(sent["tags"], json!({ "team": "edge" }));
    assert_eq!(sent["policy"]["key_props"], json!({ "exportable": false }));
    let plain = renewed(CONFIG, &version(1, RSA_2048));
    assert!(plain.get("tags").is_none() && plain["policy"].get("key_props").is_none());
}

#[test]
fn the_form_of_the_secret_is_the_operators() {
    let old = r#"{ "host": "h", "certificate": "www-example-com", "format": "pfx-legacy" }"#;
    assert_eq!(
        renewed(old, &version(1, RSA_2048))["value"],
        "«legacy PKCS#12 www-example-com under ephemeral transport»"
    );
    let pem = r#"{ "host": "h", "certificate": "www-example-com", "format": "pem" }"#;
    // The same certificate as a PFX: consumers of PEM could not read it.
    let sent = renewed(pem, &version(1, P256));
    assert_eq!(sent["policy"]["secret_props"]["contentType"], "application/x-pem-file");
    assert!(sent.get("pwd").is_none());
    let (text, sealed) = sent["value"].as_str().unwrap().split_once('«').unwrap();
    let text = lastmile_sdk::certificate::der(text).unwrap();
    assert!(String::from_utf8(text).unwrap().starts_with(&format!("{P256}{RSA_2048}")));
    assert_eq!(sealed, "private key»");
}

#[test]
fn the_same_certificate_disabled_is_not_served() {
    let mut disabled = version(1, P256);
    disabled["attributes"]["enabled"] = false.into();
    renewed(CONFIG, &disabled);
    let mut sandbox = sandbox(CONFIG);
    sandbox.on(LOOK, 200, &disabled.to_string());
    assert_eq!(AzureKeyVault::observe(&mut sandbox, &deployment(CONFIG)).unwrap(), None);
    let mut live = super::tests::sandbox(CONFIG);
    live.on(LOOK, 200, &ours());
    assert_eq!(
        AzureKeyVault::observe(&mut live, &deployment(CONFIG)).unwrap().as_deref(),
        Some(P256_FINGERPRINT)
    );
}

#[test]
fn a_deleted_name_is_told_with_the_commands_and_left_alone() {
    let mut sandbox = sandbox(CONFIG);
    sandbox.on(LOOK, 404, MISSING);
    sandbox.on(IMPORT, 409, DELETED);
    let Failure::Rejected(text) = deploy(&mut sandbox, CONFIG).unwrap_err() else { panic!("not rejected") };
    for command in ["recover", "purge"] {
        let command = format!("`az keyvault certificate {command} --vault-name shop --name www-example-com`");
        assert!(text.contains(&command), "{text}");
    }
    assert_eq!(sandbox.changes(&[]), [IMPORT]);
}

/// With leave to recover: after a recovery that is answered so, at whose end the vault shows this.
fn recovering(status: u16, revived: &Value, imports: usize) {
    let mut sandbox = sandbox(RECOVER);
    for _ in 0..3 {
        sandbox.on(LOOK, 404, MISSING);
    }
    sandbox.on(LOOK, 200, &revived.to_string());
    sandbox.on(LOOK, 200, &ours());
    sandbox.on(IMPORT, 409, DELETED);
    sandbox.on(IMPORT, 200, &ours());
    sandbox.on(REVIVE, status, MISSING);
    assert!(deploy(&mut sandbox, RECOVER).unwrap().changed);
    assert_eq!(imported(&sandbox).len(), imports);
    let tags = imported(&sandbox).remove(imports - 1).get("tags").cloned();
    assert_eq!(tags.is_some(), imports == 2, "of the recovered version");
}

#[test]
fn with_leave_a_deleted_name_is_recovered_first() {
    let mut older = version(1, RSA_2048);
    older["tags"] = json!({});
    recovering(200, &older, 2);
    // Somebody else has done so, or has begun.
    recovering(404, &older, 2);
    recovering(409, &older, 2);
    recovering(200, &version(2, P256), 1);
}

#[test]
fn a_recovery_that_goes_on_is_for_the_next_attempt() {
    let mut sandbox = sandbox(RECOVER);
    sandbox.on(LOOK, 404, MISSING);
    sandbox.on(LOOK, 200, &version(1, RSA_2048).to_string());
    sandbox.on(IMPORT, 409, DELETED);
    sandbox.on(IMPORT, 409, r#"{"error":{"code":"Conflict","message":"being recovered"}}"#);
    sandbox.on(REVIVE, 200, "{}");
    let failure = deploy(&mut sandbox, RECOVER).unwrap_err();
    assert!(matches!(failure, Failure::Unavailable((text, _)) if text.contains("being recovered")));
    assert_eq!(imported(&sandbox).len(), 2);
}

#[test]
fn refusals_say_who_is_at_fault() {
    let error = |code: &str, inner: &str| {
        json!({ "error": { "code": code, "message": "m", "innererror": { "code": inner } } }).to_string()
    };
    let asked = |status, body: &str| {
        let mut sandbox = sandbox(CONFIG);
        sandbox.on(LOOK, status, body);
        deploy(&mut sandbox, CONFIG).unwrap_err()
    };
    let wrote = |status, body: &str| {
        let mut sandbox = sandbox(CONFIG);
        sandbox.on(LOOK, 200, &version(1, RSA_2048).to_string());
        sandbox.on(IMPORT, status, body);
        deploy(&mut sandbox, CONFIG).unwrap_err()
    };
    for ask in [asked as fn(u16, &str) -> Failure, wrote] {
        assert!(matches!(ask(403, &error("Forbidden", "ForbiddenByRbac")),
            Failure::Denied(text) if text.ends_with("403 Forbidden ForbiddenByRbac m")));
        assert!(matches!(ask(401, &error("Unauthorized", "")), Failure::Denied(_)));
        assert!(matches!(ask(429, &error("Throttled", "")), Failure::Unavailable(_)));
        assert!(matches!(ask(404, "no such site"), Failure::Unavailable(_)), "no answer of a vault");
    }
    assert!(matches!(wrote(400, &error("BadParameter", "KeySizeNotSupported")),
        Failure::Rejected(text) if text.contains("an RSA certificate of an elliptic-curve authority")));
    assert!(matches!(wrote(404, MISSING), Failure::Rejected(_)));
    assert!(matches!(wrote(409, &error("Conflict", "")), Failure::Unavailable(_)), "being deleted");
    assert!(matches!(asked(500, ""), Failure::Unavailable(_)));
    assert!(matches!(wrote(200, &version(2, RSA_2048).to_string()), Failure::Unavailable((text, _))
        if text.contains("the old state is there")));
}

#[test]
fn whoever_imports_in_between_is_for_the_next_attempt() {
    let mut sandbox = sandbox(CONFIG);
    sandbox.on(LOOK, 200, &version(1, RSA_2048).to_string());
    sandbox.on(IMPORT, 200, &ours());
    assert!(matches!(deploy(&mut sandbox, CONFIG), Err(Failure::Unavailable((text, _)))
        if text == "another version came in between"));
}

#[test]
fn a_cut_import_is_looked_for_and_not_sent_again() {
    let mut sandbox = sandbox(CONFIG);
    sandbox.on(LOOK, 404, MISSING);
    sandbox.on(LOOK, 200, &ours());
    sandbox.on_error(IMPORT, NetError::Unreachable("reset".into()));
    assert!(deploy(&mut sandbox, CONFIG).unwrap().changed);
    assert_eq!(sandbox.lines(), [LOOK, IMPORT, LOOK]);
}

#[test]
fn a_key_that_the_vault_has_no_place_for_is_told_before_any_call() {
    let mut sandbox = sandbox(CONFIG);
    let mut deployment = deployment(CONFIG);
    deployment.certificate.leaf_pem = ED25519.to_string();
    assert!(matches!(AzureKeyVault::deploy(&mut sandbox, &deployment), Err(Failure::Rejected(_))));
    assert!(sandbox.lines().is_empty());
}

#[test]
fn a_configuration_has_all_its_faults_told_at_once() {
    let wrong = r#"{ "host": "https://x", "certificate": "www.example.com", "format": "der", "kind": 1 }"#;
    let problems = AzureKeyVault::capabilities(wrong).unwrap_err();
    let pointers: Vec<_> = problems.iter().map(|problem| problem.pointer.as_str()).collect();
    assert_eq!(pointers, ["/host", "/certificate", "/format", "/kind"]);
    let name = |length: usize| format!(r#"{{ "host": "h", "certificate": "{}" }}"#, "a".repeat(length));
    assert!(
        AzureKeyVault::capabilities(&name(127)).is_ok() && AzureKeyVault::capabilities(&name(128)).is_err()
    );
}
