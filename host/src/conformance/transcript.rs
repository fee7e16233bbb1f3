//! A transcript: what a target is asked and what it answers, in order, written by the connector's author.
//!
//! Its form is documented in docs/conformance.md. In answers `${leaf}`, `${chain}`, `${fingerprint}` and `${target}`
//! stand for those of the deployment, so that a target can be played that holds the certificate already.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

use crate::outcome::Outcome;
use crate::sandbox::GuestDeployment;

/// Deployments one after another, in one world.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transcript {
    /// Each a deployment of the same certificate.
    pub(super) runs: Vec<Run>,
}

/// A file that is no transcript. Its author is at fault.
#[derive(Debug, Error)]
pub enum TranscriptError {
    /// Not JSON, or not of this form.
    #[error("it is no transcript: {0}")]
    Form(#[from] serde_json::Error),
    /// Nothing to play.
    #[error("it has no `runs`")]
    Empty,
}

impl Transcript {
    /// Reads a transcript.
    ///
    /// # Errors
    ///
    /// It is none.
    pub fn parse(text: &str) -> Result<Self, TranscriptError> {
        let transcript: Self = serde_json::from_str(text)?;
        if transcript.runs.is_empty() { Err(TranscriptError::Empty) } else { Ok(transcript) }
    }
}

/// One deployment.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Run {
    /// For the report.
    pub(super) name: String,
    /// How it must end.
    pub(super) outcome: Outcome,
    /// What is asked and answered meanwhile; nothing more and nothing less.
    #[serde(default)]
    pub(super) exchanges: Vec<Exchange>,
}

/// One thing that happens on a connection.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum Exchange {
    /// An HTTP request with its answer.
    Http {
        /// What is expected.
        request: Expected,
        /// What is answered.
        answer: Answer,
    },
    /// Bytes that are sent on a `tcp` or `tls` connection.
    Send(String),
    /// Bytes that are received then.
    Receive(String),
}

/// A request, as far as the author cares.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expected {
    method: String,
    path: String,
    /// These headers must be there; others may.
    #[serde(default)]
    headers: BTreeMap<String, String>,
    /// The whole body: a string as it is, anything else as JSON.
    body: Option<Value>,
    /// Texts that the body must hold.
    #[serde(default)]
    contains: Vec<String>,
}

/// An answer, or that none comes.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum Answer {
    /// The line is cut.
    Unreachable(String),
    /// A response.
    Response {
        /// The status code.
        status: u16,
        /// Header fields.
        #[serde(default)]
        headers: BTreeMap<String, String>,
        /// A string as it is, anything else as JSON.
        #[serde(default)]
        body: Value,
    },
}

/// A request as the doors saw it; a sealed part is its name between guillemets.
pub(super) struct Seen {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Expected {
    /// What about the request is not as expected.
    pub(super) fn difference(&self, seen: &Seen) -> Option<String> {
        let (wanted, got) =
            (format!("{} {}", self.method, self.path), format!("{} {}", seen.method, seen.path));
        if wanted != got {
            return Some(format!("`{wanted}` was expected, `{got}` came"));
        }
        for (name, value) in &self.headers {
            let found = seen.headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
            match found {
                Some((_, got)) if got == value => {}
                Some((_, got)) => {
                    return Some(format!("header {name}: `{value}` was expected, `{got}` came"));
                }
                None => return Some(format!("header {name} is missing")),
            }
        }
        let same = match &self.body {
            None => true,
            Some(Value::String(text)) => *text == seen.body,
            Some(json) => serde_json::from_str::<Value>(&seen.body).is_ok_and(|body| body == *json),
        };
        if !same {
            return Some(format!("another body came: {:.300}", seen.body));
        }
        let missing = self.contains.iter().find(|text| !seen.body.contains(text.as_str()));
        missing.map(|text| format!("the body does not hold `{text}`: {:.300}", seen.body))
    }
}

/// An answer's body as bytes of this deployment.
pub(super) fn body(value: &Value, deployment: &GuestDeployment) -> String {
    match fill(value, deployment) {
        Value::Null => String::new(),
        Value::String(text) => text,
        json => json.to_string(),
    }
}

fn fill(value: &Value, deployment: &GuestDeployment) -> Value {
    match value {
        Value::String(text) => Value::String(filled(text, deployment)),
        Value::Array(items) => items.iter().map(|item| fill(item, deployment)).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), fill(value, deployment))).collect()
        }
        other => other.clone(),
    }
}

/// The text with its placeholders filled in.
pub(super) fn filled(text: &str, deployment: &GuestDeployment) -> String {
    text.replace("${leaf}", &deployment.leaf_pem)
        .replace("${chain}", &deployment.chain_pem)
        .replace("${fingerprint}", &deployment.fingerprint)
        .replace("${target}", &deployment.target)
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::panic,
        clippy::indexing_slicing,
        reason = "tests fail by panicking"
    )]
    use super::*;

    fn expected(json: &str) -> Expected {
        serde_json::from_str(json).unwrap()
    }

    fn seen() -> Seen {
        Seen {
            method: "POST".to_owned(),
            path: "/".to_owned(),
            headers: vec![("X-Op".to_owned(), "Import".to_owned())],
            body: r#"{"a": 1, "key": "«private key»"}"#.to_owned(),
        }
    }

    #[test]
    fn what_is_not_mentioned_does_not_matter() {
        assert_eq!(expected(r#"{"method": "POST", "path": "/"}"#).difference(&seen()), None);
        let all = r#"{"method": "POST", "path": "/", "headers": {"x-op": "Import"},
                      "body": {"key": "«private key»", "a": 1}, "contains": ["«private key»"]}"#;
        assert_eq!(expected(all).difference(&seen()), None);
    }

    #[test]
    fn every_part_can_differ() {
        for (json, text) in [
            (r#"{"method": "GET", "path": "/"}"#, "`GET /` was expected, `POST /` came"),
            (r#"{"method": "POST", "path": "/", "headers": {"x-op": "List"}}"#, "header x-op: `List`"),
            (r#"{"method": "POST", "path": "/", "headers": {"x-other": ""}}"#, "x-other is missing"),
            (r#"{"method": "POST", "path": "/", "body": {"a": 2}}"#, "another body came"),
            (r#"{"method": "POST", "path": "/", "body": "a"}"#, "another body came"),
            (r#"{"method": "POST", "path": "/", "contains": ["zzz"]}"#, "does not hold `zzz`"),
        ] {
            let difference = expected(json).difference(&seen()).unwrap_or_default();
            assert!(difference.contains(text), "{json}: {difference}");
        }
    }

    #[test]
    fn a_misspelt_transcript_is_refused() {
        assert!(matches!(Transcript::parse(r#"{"runs": []}"#), Err(TranscriptError::Empty)));
        for text in ["{}", r#"{"runs": [{"name": "a", "outcome": "done"}]}"#, r#"{"runs": [], "more": 1}"#] {
            assert!(matches!(Transcript::parse(text), Err(TranscriptError::Form(_))), "{text}");
        }
    }
}
