//! Real certificates, self-signed and without their keys, for connectors that look into a leaf or compare it.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec;

use crate::Deployment;

/// A leaf with a P-256 key.
pub const P256: &str = include_str!("specimens/p256.pem");
/// Another one, with an RSA key of 2048 bits.
pub const RSA_2048: &str = include_str!("specimens/rsa2048.pem");
/// Another one, with an Ed25519 key, which many a target refuses.
pub const ED25519: &str = include_str!("specimens/ed25519.pem");

/// The fingerprint of [`P256`].
pub const P256_FINGERPRINT: &str = "d584419b848e1d7c2b145cca70321e2b38bd0c991aed31640ea8487ae80ce85b";

/// The fingerprint of [`RSA_2048`].
pub const RSA_2048_FINGERPRINT: &str = "e831946652cc4e59bf6fcc9866c4a2c8d5cde74291aa038d0bb01a03fa880b90";

/// A first attempt to deploy [`P256`], with [`RSA_2048`] in the place of an intermediate.
///
/// ```
/// use lastmile_sdk::certificate::{Versions, same_chain};
/// use lastmile_sdk::testing::specimens::{P256, RSA_2048, deployment};
/// let deployment = deployment("{}");
/// assert!(same_chain(&format!("{P256}{RSA_2048}"), &deployment.certificate));
/// assert_eq!(Versions::new("site", 31).name(&deployment.certificate), "site-20261124-d584419b");
/// ```
#[must_use]
pub fn deployment(config: &str) -> Deployment {
    let mut deployment = super::deployment(config);
    let certificate = &mut deployment.certificate;
    (certificate.leaf_pem, certificate.chain_pem) = (P256.to_owned(), RSA_2048.to_owned());
    certificate.fingerprint = P256_FINGERPRINT.to_owned();
    certificate.chain_fingerprints = vec![RSA_2048_FINGERPRINT.to_owned()];
    certificate.serial = String::from("492b7eb25e3ea537b313f2fdefec9b495b44ea3f");
    // 2026-11-24T10:04:16Z and 2126-10-31T10:04:16Z.
    (certificate.not_before, certificate.not_after) = (1_795_514_656, 4_949_114_656);
    deployment
}
