//! AWS Certificate Manager (API 2015-12-08): find what is there, import only what is not.
//!
//! Imports are scarce (a yearly quota), so the certificate that ACM holds is compared byte for byte first.
//! The host signs each request (SigV4) and fills the private key in.
#![no_std]

extern crate alloc;

mod api;
mod config;
mod find;
mod import;
#[cfg(test)]
mod tests;

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use lastmile_sdk::http::Api;
use lastmile_sdk::{Capability, Connection, Connector, Deployment, Failure, Problem, Receipt, Sandbox};
use serde::Deserialize;

use crate::config::Config;
use crate::find::{Found, find, holds};

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
        let algorithm = import::algorithm(&deployment.certificate.leaf_pem)?;
        let mut api = Api::new(sandbox.dial(&config.endpoint)?).judged_by(api::judge);
        let older = match find(&mut api, &config, deployment)? {
            Found::Same(arn) => return Ok(api.receipt(&arn, "ACM holds it already")),
            Found::Older(arn) => Some(arn),
            Found::None => None,
        };
        if let Some(arn) = &older {
            import::check_algorithm(&mut api, arn, &algorithm)?;
        }
        let arn = bring(&mut api, &config, deployment, older.as_ref())?;
        Ok(api.receipt(&arn, if older.is_some() { "imported again" } else { "imported" }))
    }
}

#[derive(Deserialize)]
struct Imported {
    #[serde(rename = "CertificateArn")]
    arn: String,
}

/// Imports, and reads back. Nothing is imported twice: after a cut line ACM is asked what it holds.
fn bring<C: Connection>(
    api: &mut Api<C>,
    config: &Config,
    deployment: &Deployment,
    older: Option<&String>,
) -> Result<String, Failure> {
    let imported = api.call(import::import(config, deployment, older));
    match imported.and_then(|answer| answer.json::<Imported>()) {
        Ok(Imported { arn }) => {
            api.read_back(|api| Ok(holds(api, &arn, deployment)?.then_some(())))?;
            Ok(arn)
        }
        Err(failure) => api.settle(failure, |api| match find(api, config, deployment)? {
            Found::Same(arn) => Ok(Some(arn)),
            Found::Older(_) | Found::None => Ok(None),
        }),
    }
}

lastmile_sdk::export!(AwsAcm);
