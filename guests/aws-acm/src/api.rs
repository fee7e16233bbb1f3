//! AWS JSON 1.1: one POST for each operation, errors told apart by code, never by status.

use alloc::format;
use alloc::string::{String, ToString};

use lastmile_sdk::http::verdict::{Judged, Verdict, among};
use lastmile_sdk::http::{Answer, Call, Node};
use serde::Deserialize;

/// Throttling comes with 400, and so does the yearly quota, which no retry helps.
const CODES: &[(&str, Verdict)] = &[
    ("ThrottlingException", Verdict::Busy),
    ("Throttling", Verdict::Busy),
    ("ConflictException", Verdict::Busy),
    // Just imported, and not readable yet.
    ("RequestInProgressException", Verdict::Busy),
    ("LimitExceededException", Verdict::Rejected),
    ("AccessDeniedException", Verdict::Denied),
    ("AccessDenied", Verdict::Denied),
    ("InvalidSignatureException", Verdict::Denied),
    ("SignatureDoesNotMatch", Verdict::Denied),
    ("ExpiredTokenException", Verdict::Denied),
    ("UnrecognizedClientException", Verdict::Denied),
    ("InvalidClientTokenId", Verdict::Denied),
    ("ResourceNotFoundException", Verdict::Rejected),
];

/// One operation.
pub(crate) fn operation(name: &str, body: Node) -> Call {
    let target = format!("CertificateManager.{name}");
    Call::post("/").named(name).header("x-amz-target", target).body("application/x-amz-json-1.1", body)
}

#[derive(Deserialize)]
struct Refusal {
    #[serde(rename = "__type", default)]
    code: String,
    #[serde(alias = "Message", default)]
    message: String,
}

pub(crate) fn judge(answer: &Answer) -> Judged {
    if answer.status() == 200 {
        return Verdict::Ok.into();
    }
    let Refusal { code, message } = refusal(answer);
    let verdict = among(CODES, &code.as_str()).unwrap_or_else(|| answer.by_status());
    verdict.because(&format!("{code}: {message}"))
}

/// The code, in whichever of its three places it stands, without the frills around it.
fn refusal(answer: &Answer) -> Refusal {
    let mut refusal: Refusal = answer.json().unwrap_or_else(|_| {
        let code = answer.text().split_once("<Code>").and_then(|(_, after)| after.split_once("</Code>"));
        Refusal { code: code.map_or(String::new(), |(code, _)| code.to_string()), message: String::new() }
    });
    if let (true, Some(code)) = (refusal.code.is_empty(), answer.header("x-amzn-errortype")) {
        refusal.code = code.to_string();
    }
    let bare = refusal.code.rsplit('#').next().unwrap_or_default();
    refusal.code = bare.split(':').next().unwrap_or_default().to_string();
    refusal
}
