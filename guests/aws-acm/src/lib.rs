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
use alloc::vec::Vec;

use lastmile_sdk::http::{Answer, Api, Judged, Target};
use lastmile_sdk::{Connection, Deployment, Failure, Problem, Receipt};
use serde::Deserialize;

pub use crate::config::AwsAcm;
use crate::find::{Found, find, holds};

impl Target for AwsAcm {
    const NAME: &'static str = "aws-acm";

    fn parse(config: &str) -> Result<Self, Vec<Problem>> {
        Self::read(config)
    }

    fn endpoint(&self) -> &str {
        &self.endpoint
    }

    fn judge(answer: &Answer) -> Judged {
        api::judge(answer)
    }

    fn bring<C: Connection>(&self, api: &mut Api<C>, deployment: &Deployment) -> Result<Receipt, Failure> {
        let algorithm = import::algorithm(&deployment.certificate.leaf_pem)?;
        let older = match find(api, self, deployment)? {
            Found::Same(arn) => return Ok(api.receipt(&arn, "ACM holds it already")),
            Found::Older(arn) => Some(arn),
            Found::None => None,
        };
        if let Some(arn) = &older {
            import::check_algorithm(api, arn, &algorithm)?;
        }
        let arn = bring(api, self, deployment, older.as_ref())?;
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
    config: &AwsAcm,
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

lastmile_sdk::http_connector!(AwsAcm);
