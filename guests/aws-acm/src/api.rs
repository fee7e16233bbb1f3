//! AWS JSON 1.1: one POST for each operation, errors told apart by code, never by status.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use lastmile_sdk::{Connection, Failure, NetError, Part, Request, Response, document};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Whether a request changes something: then a cut line leaves open whether it did.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    Yes,
    No,
}

#[derive(Deserialize)]
pub(crate) struct Imported {
    #[serde(rename = "CertificateArn")]
    pub(crate) arn: String,
}

#[derive(Deserialize)]
pub(crate) struct Described {
    #[serde(rename = "Certificate")]
    pub(crate) certificate: Description,
}

#[derive(Deserialize)]
pub(crate) struct Description {
    #[serde(rename = "KeyAlgorithm")]
    pub(crate) algorithm: Option<String>,
}

/// The service behind one connection.
pub(crate) struct Api<C>(C);

impl<C: Connection> Api<C> {
    pub(crate) fn new(connection: C) -> Self {
        Self(connection)
    }

    pub(crate) fn call<T: DeserializeOwned>(
        &mut self,
        operation: &str,
        body: Vec<Part>,
        change: Change,
    ) -> Result<T, Failure> {
        let request = Request {
            method: "POST".to_string(),
            path: "/".to_string(),
            headers: vec![
                ("content-type".to_string(), vec![document::text("application/x-amz-json-1.1")]),
                ("x-amz-target".to_string(), vec![Part::Text(format!("CertificateManager.{operation}"))]),
            ],
            body,
            timeout_ms: None,
        };
        let response = self.0.request(&request).map_err(|error| match (change, error) {
            (Change::Yes, NetError::Unreachable(text)) => Failure::Uncertain(format!("{operation}: {text}")),
            (_, error) => error.into(),
        })?;
        if response.status != 200 {
            return Err(failure(operation, &response));
        }
        serde_json::from_slice(&response.body)
            .map_err(|error| Failure::Rejected(format!("{operation} answered something else: {error}")))
    }
}

#[derive(Deserialize)]
struct Refusal {
    #[serde(rename = "__type", default)]
    code: String,
    #[serde(alias = "Message", default)]
    message: String,
}

/// The code, in whichever of its three places it stands, without the frills around it.
fn refusal(response: &Response) -> Refusal {
    let body = String::from_utf8_lossy(&response.body);
    let mut refusal: Refusal = serde_json::from_str(&body).unwrap_or_else(|_| {
        let code = body.split_once("<Code>").and_then(|(_, after)| after.split_once("</Code>"));
        Refusal { code: code.map_or(String::new(), |(code, _)| code.to_string()), message: String::new() }
    });
    let header = response.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("x-amzn-errortype"));
    if let (true, Some((_, value))) = (refusal.code.is_empty(), header) {
        refusal.code.clone_from(value);
    }
    let bare = refusal.code.rsplit('#').next().unwrap_or_default();
    refusal.code = bare.split(':').next().unwrap_or_default().to_string();
    refusal
}

fn failure(operation: &str, response: &Response) -> Failure {
    let Refusal { code, message } = refusal(response);
    let text = format!("{operation}: {} {code}: {message}", response.status);
    match code.as_str() {
        "ThrottlingException"
        | "Throttling"
        | "ConflictException"
        | "RequestInProgressException"
        | "ServiceUnavailable"
        | "ServiceUnavailableException"
        | "InternalFailure" => Failure::Unavailable((text, None)),
        "AccessDeniedException"
        | "AccessDenied"
        | "InvalidSignatureException"
        | "SignatureDoesNotMatch"
        | "ExpiredTokenException"
        | "UnrecognizedClientException"
        | "InvalidClientTokenId" => Failure::Denied(text),
        // A yearly quota: trying again only helps once somebody has raised it.
        "LimitExceededException" => Failure::Rejected(text),
        _ if response.status >= 500 => Failure::Unavailable((text, None)),
        _ => Failure::Rejected(text),
    }
}

/// A JSON string.
pub(crate) fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The body of the operations that take an ARN alone.
pub(crate) fn arn_body(arn: &str) -> Part {
    Part::Text(format!("{{\"CertificateArn\":{}}}", json(arn)))
}
