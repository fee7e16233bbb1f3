//! {{name}}: asks an HTTP API which certificate it serves, and puts another one there.
#![no_std]

extern crate alloc;

#[cfg(test)]
mod tests;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use lastmile_sdk::config::Fields;
use lastmile_sdk::{
    Capability, Connection, Connector, Deployment, Encoding, Failure, KeyFormat, NetError, Part, Problem, Receipt,
    Request, Response, Sandbox, Secret, document,
};

/// EDIT: what an operator writes as a target's `config`.
struct Config {
    endpoint: String,
}

impl Config {
    /// Every fault at once: `finish` also refuses keys that nobody asked for.
    fn parse(config: &str) -> Result<Self, Vec<Problem>> {
        let mut fields = Fields::parse(config)?;
        let endpoint: Option<String> = fields.required("endpoint", "the API, for example \"https://it.example:8443\"");
        fields.finish()?;
        Ok(Self { endpoint: endpoint.unwrap_or_default() })
    }
}

/// The connector.
pub struct Mine;

impl Connector for Mine {
    fn name() -> &'static str {
        "{{name}}"
    }

    fn capabilities(config: &str) -> Result<Vec<Capability>, Vec<Problem>> {
        Ok(vec![Capability::NetDial(Config::parse(config)?.endpoint)])
    }

    /// EDIT: the API's own requests. First ask, then change: the same deployment again must change nothing.
    fn deploy<S: Sandbox>(sandbox: &mut S, deployment: &Deployment) -> Result<Receipt, Failure> {
        let config = Config::parse(&deployment.config).map_err(Failure::Misconfigured)?;
        let mut api = sandbox.dial(&config.endpoint)?;
        let path = format!("/certificates/{}", deployment.target);
        let present = api.request(&request("GET", &path, Vec::new()))?;
        let serves = String::from_utf8_lossy(&present.body).contains(&deployment.certificate.fingerprint);
        match present.status {
            200 if serves => return Ok(receipt(false, path, "it is there already")),
            200 | 404 => {}
            _ => return Err(refusal(&present)),
        }
        let put = api.request(&request("PUT", &path, body(deployment)));
        // The line was cut behind a change: nobody knows whether it arrived, and the next attempt asks first.
        let put = put.map_err(|error| match error {
            NetError::Unreachable(text) => Failure::Uncertain(text),
            other => other.into(),
        })?;
        match put.status {
            200..=299 => Ok(receipt(true, path, "put there")),
            _ => Err(refusal(&put)),
        }
    }
}

/// The private key is a sealed part: the host fills it in, and this code never sees it.
fn body(deployment: &Deployment) -> Vec<Part> {
    let certificate = document::json(&document::full_chain(&deployment.certificate));
    let fingerprint = &deployment.certificate.fingerprint;
    vec![
        Part::Text(format!(r#"{{"fingerprint":"{fingerprint}","certificate":"{certificate}","key":""#)),
        document::sealed(Secret::PrivateKey(KeyFormat::Pkcs8), Encoding::Json),
        document::text("\"}"),
    ]
}

/// Credentials are not here: the target's `auth` has the host add them.
fn request(method: &str, path: &str, body: Vec<Part>) -> Request {
    let headers = vec![("content-type".to_string(), vec![document::text("application/json")])];
    Request { method: method.into(), path: path.into(), headers, body, timeout_ms: None }
}

/// Who is at fault, and whether another attempt helps.
fn refusal(answer: &Response) -> Failure {
    let text = format!("{}: {}", answer.status, String::from_utf8_lossy(&answer.body).trim());
    match answer.status {
        429 | 500..=599 => Failure::Unavailable((text, None)),
        _ => Failure::Rejected(text),
    }
}

fn receipt(changed: bool, reference: String, note: &str) -> Receipt {
    Receipt { changed, reference, note: note.into() }
}

lastmile_sdk::export!(Mine);
