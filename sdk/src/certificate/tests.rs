//! Certificates beside each other. The specimens are self-signed leaves without their keys.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use alloc::format;
use alloc::string::ToString;

use super::{KeyKind, Versions, chain, key_kind, pems, same_chain, same_leaf};
use crate::testing::deployment;
use crate::testing::specimens::{ED25519, P256, RSA_2048 as RSA};

#[test]
fn the_kind_of_key_is_read_from_the_leaf() {
    assert_eq!(key_kind(P256), Some(KeyKind::P256));
    assert_eq!(key_kind(RSA), Some(KeyKind::Rsa(2048)));
    assert_eq!(key_kind(ED25519), Some(KeyKind::Ed25519));
    assert_eq!(key_kind("no PEM"), None);
    assert_eq!(format!("{} {}", KeyKind::Rsa(3072), KeyKind::P384), "RSA 3072 P-384");
    assert!(KeyKind::P521.is_ecdsa() && !KeyKind::Ed25519.is_ecdsa());
}

#[test]
fn a_certificate_that_is_cut_anywhere_has_no_kind_and_does_no_harm() {
    let der = super::ders(RSA).remove(0);
    for end in 0..der.len() / 2 {
        let cut = crate::document::base64(der.get(..end).unwrap());
        assert_eq!(key_kind(&format!("{}\n{cut}\n{}", super::BEGIN, super::END)), None);
    }
}

#[test]
fn leaves_and_chains_are_compared_by_der() {
    let mut certificate = deployment("{}").certificate;
    certificate.leaf_pem = P256.to_string();
    certificate.chain_pem = format!("{RSA}{ED25519}");
    let shown = format!("Bag Attributes\r\n{}", P256.replace('\n', "\r\n"));
    assert!(same_leaf(&shown, &certificate) && same_leaf(&format!("{P256}{RSA}"), &certificate));
    assert!(!same_leaf(RSA, &certificate) && !same_leaf("", &certificate));
    assert!(same_chain(&format!("{shown}{RSA}{ED25519}"), &certificate));
    assert!(!same_chain(&format!("{P256}{ED25519}{RSA}"), &certificate) && !same_chain(P256, &certificate));
    assert_eq!(chain(&certificate), [RSA, ED25519]);
    assert_eq!(pems("none"), [""; 0]);
}

#[test]
fn without_a_leaf_nothing_is_the_same() {
    let certificate = deployment("{}").certificate;
    assert!(!same_leaf("", &certificate) && !same_chain("", &certificate));
}

#[test]
fn names_tell_their_day_and_their_certificate() {
    let mut certificate = deployment("{}").certificate;
    let versions = Versions::new("site", 35);
    let on = |seconds| {
        let mut dated = certificate.clone();
        dated.not_before = seconds;
        versions.name(&dated)
    };
    assert_eq!(on(0), "site-19700101-00000000");
    assert_eq!(on(951_782_400), "site-20000229-00000000");
    assert_eq!(on(4_107_542_399), "site-21000228-00000000");
    assert_eq!(on(4_107_542_400), "site-21000301-00000000");
    assert_eq!(on(u64::MAX), "site-99991231-00000000");
    certificate.fingerprint = "ab12cd34ef".to_string();
    assert!(versions.has_another("site-20200101-00000000", &certificate));
    assert!(!versions.has_another("site-19700101-ab12cd34", &certificate));
    for other in ["site", "site-2020-00000000", "site-20200101-0000000g", "site-20200101-00000000-x"] {
        assert!(!versions.has(other), "{other}");
    }
}

#[test]
fn a_base_is_cut_within_characters() {
    let certificate = deployment("{}").certificate;
    assert_eq!(Versions::new("ééé", 21).name(&certificate), "é-19700101-00000000");
    assert_eq!(Versions::new("a.b", 20).name(&certificate), "a-19700101-00000000");
}
