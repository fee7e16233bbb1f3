//! The import itself, and what ACM would refuse about it.

use alloc::format;
use alloc::string::{String, ToString};

use lastmile_sdk::certificate::{KeyKind, key_kind};
use lastmile_sdk::http::{Api, Call, Node, key, object};
use lastmile_sdk::{Connection, Deployment, Failure};
use serde::Deserialize;

use crate::api::operation;
use crate::config::AwsAcm;

#[derive(Deserialize)]
struct Described {
    #[serde(rename = "Certificate")]
    certificate: Description,
}

#[derive(Deserialize)]
struct Description {
    #[serde(rename = "KeyAlgorithm")]
    algorithm: Option<String>,
}

/// The leaf's kind of key in ACM's words.
pub(crate) fn algorithm(leaf_pem: &str) -> Result<String, Failure> {
    match key_kind(leaf_pem) {
        Some(KeyKind::Rsa(bits @ (2048 | 3072 | 4096))) => Ok(format!("RSA_{bits}")),
        Some(KeyKind::P256) => Ok("EC_prime256v1".to_string()),
        Some(KeyKind::P384) => Ok("EC_secp384r1".to_string()),
        Some(KeyKind::P521) => Ok("EC_secp521r1".to_string()),
        _ => Err(Failure::Rejected(
            "ACM takes RSA 2048, 3072 and 4096, P-256, P-384 and P-521 keys, and this key is none of them"
                .to_string(),
        )),
    }
}

/// ACM refuses another kind of key under the same ARN; its own message does not say so.
pub(crate) fn check_algorithm<C: Connection>(api: &mut Api<C>, arn: &str, ours: &str) -> Result<(), Failure> {
    let described: Described =
        api.call(operation("DescribeCertificate", object! { "CertificateArn": arn }))?.json()?;
    match described.certificate.algorithm {
        // Some answers write RSA-2048 for RSA_2048.
        Some(theirs) if theirs.replace('-', "_") != ours => Err(Failure::Rejected(format!(
            "{arn} holds a {theirs} key and the new one is {ours}: ACM keeps an ARN's kind of key, so import \
             it under a new ARN and bind that to the load balancer"
        ))),
        _ => Ok(()),
    }
}

/// Over an ARN, or as a new certificate with its tags.
pub(crate) fn import(config: &AwsAcm, deployment: &Deployment, arn: Option<&String>) -> Call {
    let certificate = &deployment.certificate;
    let mut body = object! { "Certificate": Node::base64(&certificate.leaf_pem) };
    // An empty chain would break the member's least length of 1.
    if !certificate.chain_pem.is_empty() {
        body = body.with("CertificateChain", Node::base64(&certificate.chain_pem));
    }
    body = match arn {
        // ACM refuses tags on an import over an ARN.
        Some(arn) => body.with("CertificateArn", arn),
        None => body.with("Tags", config.tags(&deployment.target)),
    };
    operation("ImportCertificate", body.with("PrivateKey", Node::base64(key()))).changes(if arn.is_some() {
        "import again"
    } else {
        "import"
    })
}
