//! {{name}}: asks an HTTP API which certificate it holds, and puts another one there.
#![no_std]

extern crate alloc;

#[cfg(test)]
mod tests;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use lastmile_sdk::config::Fields;
use lastmile_sdk::http::escape::segment;
use lastmile_sdk::http::{Api, Call, Target, Value, key, object};
use lastmile_sdk::{Connection, Deployment, Failure, Problem, Receipt, certificate, document};

/// EDIT: what an operator writes as a target's `config`.
pub struct Mine {
    endpoint: String,
}

impl Target for Mine {
    const NAME: &'static str = "{{name}}";

    /// Every fault at once: `finish` also refuses keys that nobody asked for.
    fn parse(config: &str) -> Result<Self, Vec<Problem>> {
        let mut fields = Fields::parse(config)?;
        let endpoint = fields.endpoint("host", "port", 443);
        fields.finish()?;
        Ok(Self { endpoint: endpoint.unwrap_or_default() })
    }

    fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Asks first, changes only where it must, and reads back: the same deployment again changes nothing.
    fn bring<C: Connection>(&self, api: &mut Api<C>, deployment: &Deployment) -> Result<Receipt, Failure> {
        api.bring(|api| look(api, deployment), |api| put(api, deployment))?;
        Ok(api.receipt(&path(deployment), "the API holds it"))
    }
}

fn path(deployment: &Deployment) -> String {
    format!("/certificates/{}", segment(&deployment.target))
}

/// EDIT: how the API tells which certificate it holds. `None` is another one, or none.
fn look<C: Connection>(api: &mut Api<C>, deployment: &Deployment) -> Result<Option<()>, Failure> {
    let Some(answer) = api.find(Call::get(path(deployment)))? else { return Ok(None) };
    let held: Value = answer.json()?;
    let fingerprint = held.get("fingerprint").and_then(Value::as_str).unwrap_or_default();
    Ok(certificate::same_fingerprint(fingerprint, &deployment.certificate).then_some(()))
}

/// EDIT: how another one gets there. The private key is a sealed part: the host fills it in, and this code never sees it.
/// Credentials are not here either: the target's `auth` has the host add them.
fn put<C: Connection>(api: &mut Api<C>, deployment: &Deployment) -> Result<(), Failure> {
    let body = object! {
        "fingerprint": &deployment.certificate.fingerprint,
        "certificate": document::full_chain(&deployment.certificate),
        "key": key(),
    };
    api.call(Call::put(path(deployment)).json(body).changes("put the certificate")).map(drop)
}

lastmile_sdk::http_connector!(Mine);
