//! AWS Certificate Manager (API 2015-12-08): find what is there, import only what is not.
//!
//! Imports are scarce (a yearly quota), so the certificate that ACM holds is compared byte for byte first.
//! The host signs each request (SigV4) and fills the private key in.
#![no_std]

extern crate alloc;

mod algorithm;
mod api;
mod config;
mod find;
#[cfg(test)]
mod tests;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use lastmile_sdk::{
    Capability, Connection, Connector, Deployment, Encoding, Failure, KeyFormat, Part, Problem, Receipt,
    Sandbox, Secret, document,
};

use crate::api::{Api, Change};
use crate::config::Config;
use crate::find::Found;

/// The connector.
pub struct AwsAcm;

impl Connector for AwsAcm {
    fn name() -> &'static str {
        "aws-acm"
    }

    fn capabilities(config: &str) -> Result<Vec<Capability>, Vec<Problem>> {
        Ok(vec![Capability::NetDial(Config::parse(config)?.endpoint)])
    }

    fn deploy<S: Sandbox>(sandbox: &mut S, deployment: &Deployment) -> Result<Receipt, Failure> {
        let config = Config::parse(&deployment.config).map_err(Failure::Misconfigured)?;
        let algorithm = algorithm::of(&deployment.certificate.leaf_pem)?;
        let mut api = Api::new(sandbox.dial(&config.endpoint)?);
        let arn = match find::find(&mut api, &config, deployment)? {
            Found::Same(arn) => return Ok(receipt(false, arn, "ACM holds it already")),
            Found::Older(arn) => Some(arn),
            Found::None => None,
        };
        if let Some(arn) = &arn {
            check_algorithm(&mut api, arn, algorithm)?;
        }
        let request = import(&config, deployment, arn.as_deref());
        let imported: api::Imported = api.call("ImportCertificate", request, Change::Yes)?;
        Ok(receipt(true, imported.arn, if arn.is_some() { "imported again" } else { "imported" }))
    }
}

/// ACM refuses another kind of key under the same ARN; its own message does not say so.
fn check_algorithm<C: Connection>(api: &mut Api<C>, arn: &str, ours: &str) -> Result<(), Failure> {
    let described: api::Described = api.call("DescribeCertificate", vec![api::arn_body(arn)], Change::No)?;
    match described.certificate.algorithm {
        // Some answers write RSA-2048 for RSA_2048.
        Some(theirs) if theirs.replace('-', "_") != ours => Err(Failure::Rejected(format!(
            "{arn} holds a {theirs} key and the new one is {ours}: ACM keeps an ARN's kind of key, so import \
             it under a new ARN and bind that to the load balancer"
        ))),
        _ => Ok(()),
    }
}

fn import(config: &Config, deployment: &Deployment, arn: Option<&str>) -> Vec<Part> {
    let certificate = &deployment.certificate;
    let mut head = format!("{{\"Certificate\":\"{}\"", document::base64(certificate.leaf_pem.as_bytes()));
    // An empty chain would break the member's least length of 1.
    if !certificate.chain_pem.is_empty() {
        let chain = document::base64(certificate.chain_pem.as_bytes());
        head.push_str(&format!(",\"CertificateChain\":\"{chain}\""));
    }
    match arn {
        // ACM refuses tags on an import over an ARN.
        Some(arn) => head.push_str(&format!(",\"CertificateArn\":{}", api::json(arn))),
        None => head.push_str(&format!(",\"Tags\":{}", config.tags(&deployment.target))),
    }
    head.push_str(",\"PrivateKey\":\"");
    let key = document::sealed(Secret::PrivateKey(KeyFormat::Pkcs8), Encoding::Base64);
    vec![Part::Text(head), key, document::text("\"}")]
}

fn receipt(changed: bool, reference: String, note: &str) -> Receipt {
    Receipt { changed, reference, note: note.to_string() }
}

lastmile_sdk::export!(AwsAcm);
