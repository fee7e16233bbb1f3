//! Operations: a change is begun with an answer of 200, and what came of it is told later.

use alloc::format;
use alloc::string::String;

use lastmile_sdk::http::verdict::among;
use lastmile_sdk::http::{Answer, Api, Call, Judged, Value, Verdict};
use lastmile_sdk::{Connection, Failure};
use serde::Deserialize;

/// How often an operation is looked at, a second apart. Its end is looked for in the certificate then.
const LOOKS: u32 = 60;

/// The names of google.rpc.Code that say more than the status, or something else.
const CODES: &[(&str, Verdict)] =
    &[("NOT_FOUND", Verdict::NotFound), ("ALREADY_EXISTS", Verdict::Conflict), ("ABORTED", Verdict::Busy)];

/// What a message says of a rate, which is free again soon.
const RATES: &[&str] = &["per minute", "per second", "per day", "rate", "requests"];

#[derive(Deserialize)]
pub(crate) struct Operation {
    /// Perhaps under another location than the certificate.
    name: String,
    /// Not there until it is true.
    #[serde(default)]
    done: bool,
    error: Option<Status>,
    response: Option<Value>,
}

#[derive(Deserialize)]
struct Status {
    code: i64,
    #[serde(default)]
    message: String,
}

impl Operation {
    /// Whether it is over; one that is over and says no is a failure whatever its HTTP status was.
    fn ended(self, answer: &Answer) -> Result<Option<()>, Failure> {
        match (self.done, self.error, self.response) {
            (false, ..) => Ok(None),
            (true, Some(status), _) => Err(status.failure(&self.name)),
            (true, None, Some(_)) => Ok(Some(())),
            (true, None, None) => Err(answer.lacks("what came of the operation")),
        }
    }
}

impl Status {
    /// By google.rpc.Code.
    fn failure(self, operation: &str) -> Failure {
        let text = format!("{operation}: code {}: {}", self.code, self.message);
        match self.code {
            7 | 16 => Failure::Denied(text),
            // Deadline exceeded, already exists, aborted, internal, unavailable: the next attempt looks first.
            4 | 6 | 10 | 13 | 14 => Failure::Unavailable((text, None)),
            _ => Failure::Rejected(text),
        }
    }
}

/// Waits for the end of what this answer began.
pub(crate) fn finish<C: Connection>(api: &mut Api<C>, begun: &Answer) -> Result<(), Failure> {
    let operation: Operation = begun.json()?;
    let name = format!("/v1/{}", operation.name);
    if operation.ended(begun)?.is_some() {
        return Ok(());
    }
    api.poll("the operation", 1000, LOOKS, |api| {
        // One that is not found is one that is not shown yet.
        let Some(answer) = api.find(Call::get(&name))? else { return Ok(None) };
        answer.json::<Operation>()?.ended(&answer)
    })
}

/// Whether it is the number of certificates that is used up, and no rate, which has the same code.
fn is_full(code: &str, message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    code == "RESOURCE_EXHAUSTED"
        && message.contains("certificates")
        && !RATES.iter().any(|word| message.contains(word))
}

pub(crate) fn judge(answer: &Answer) -> Judged {
    let told: Value = answer.json().unwrap_or_default();
    let text = |member| told.pointer(member).and_then(Value::as_str).unwrap_or_default();
    let code = text("/error/status");
    let by_status = match answer.by_status() {
        Verdict::Busy if is_full(code, text("/error/message")) => Verdict::Rejected,
        // Without Google's own words it is a gateway's, or half of an answer.
        Verdict::NotFound | Verdict::Conflict => Verdict::Unavailable,
        verdict => verdict,
    };
    among(CODES, &code).unwrap_or(by_status).because(format!("{code} {}", text("/error/message")).trim())
}
