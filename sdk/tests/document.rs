//! What leaves the sandbox: each part by its secret and encoding, and what is public to the byte.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use lastmile_sdk::document::{
    base64, encrypted_private_key, first_der, full_chain, jks, json, named, pkcs12, pkcs12_legacy,
    private_key, text,
};
use lastmile_sdk::testing::deployment;
use lastmile_sdk::{Encoding, KeyFormat, Keystore, Part, Passphrase, Sealed, Secret};

fn sealed(secret: Secret, encoding: Encoding) -> Part {
    Part::Sealed(Sealed { secret, encoding })
}

#[test]
fn a_sealed_part_names_its_secret_and_its_encoding() {
    let store = || Keystore { alias: "a".to_string(), password: Passphrase::Named("p".to_string()) };
    let raw = |secret| sealed(secret, Encoding::Raw);
    assert_eq!(private_key(), raw(Secret::PrivateKey(KeyFormat::Pkcs8)));
    assert_eq!(
        encrypted_private_key("p"),
        raw(Secret::EncryptedPrivateKey(Passphrase::Named("p".to_string())))
    );
    assert_eq!(pkcs12("a", "p"), raw(Secret::Pkcs12(store())));
    assert_eq!(pkcs12_legacy("a", "p"), raw(Secret::Pkcs12Legacy(store())));
    assert_eq!(jks("a", "p"), raw(Secret::Jks(store())));
    assert_eq!(named("n", Encoding::Json), sealed(Secret::Named("n".to_string()), Encoding::Json));
    assert_eq!(text("x"), Part::Text("x".to_string()));
}

/// A PEM block that begins in the middle of a line is read by nobody.
#[test]
fn leaf_and_chain_are_lines_of_one_text() {
    let mut certificate = deployment("{}").certificate;
    assert_eq!(full_chain(&certificate), "LEAF\nCHAIN\n");
    certificate.leaf_pem = "LEAF".to_string();
    certificate.chain_pem = "CHAIN".to_string();
    assert_eq!(full_chain(&certificate), "LEAF\nCHAIN\n");
    certificate.chain_pem.clear();
    assert_eq!(full_chain(&certificate), "LEAF\n");
}

#[test]
fn text_for_a_json_string_has_no_quotes_of_its_own() {
    assert_eq!(json("a\n\"b\""), r#"a\n\"b\""#);
    assert_eq!(json(""), "");
}

#[test]
fn base64_is_padded() {
    assert_eq!(base64(b"\xfb\xff"), "+/8=");
}

#[test]
fn the_first_certificate_is_decoded() {
    let pem = |body: &str| format!("of x\n-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n");
    let two = pem("AQ\r\n ID") + &pem("BAUG");
    assert_eq!(first_der(&two).unwrap(), [1, 2, 3]);
    assert_eq!(first_der(&pem("A!ID")), None);
    assert_eq!(first_der("-----BEGIN CERTIFICATE-----\nAQID"), None);
    assert_eq!(first_der("AQID\n-----END CERTIFICATE-----"), None);
}
