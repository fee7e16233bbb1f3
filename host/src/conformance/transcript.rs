//! A transcript: what a target is asked and what it answers, in order, written by the connector's author.
//!
//! Its form is documented in docs/conformance.md. What belongs to the certificate has a placeholder, so that a
//! target can be played that holds the certificate already, and what was recorded with another one still fits.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use crate::outcome::Outcome;
use crate::sandbox::GuestDeployment;

mod placeholders;

pub(super) use placeholders::{filled, generalised};

/// Deployments one after another, in one world.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Transcript {
    /// The configuration that it was made for; it can stand in for a file of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) config: Option<serde_json::Map<String, Value>>,
    /// The target's name; `specimen` where it does not matter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) target: Option<String>,
    /// Each a deployment of the same certificate.
    pub(super) runs: Vec<Run>,
    /// What is asked and answered when the first run that notes something is taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rollback: Option<Vec<Exchange>>,
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

    /// The configuration that it was made for, JSON.
    #[must_use]
    pub fn config(&self) -> Option<String> {
        self.config.clone().map(|config| Value::Object(config).to_string())
    }
}

/// One deployment.
#[derive(Clone, Debug, Deserialize, Serialize)]
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
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum Exchange {
    /// An HTTP request with its answer.
    Http {
        /// What is expected.
        request: Expected,
        /// What is answered.
        answer: Answer,
    },
    /// A command with what comes of it.
    Exec {
        /// What is expected.
        command: ExpectedCommand,
        /// What comes of it; by default it succeeds silently.
        #[serde(default)]
        answer: Ended,
    },
    /// Bytes that are sent on a `tcp` or `tls` connection.
    Send(String),
    /// Bytes that are received then.
    Receive(String),
    /// What is noted for a rollback.
    OnRollback(String),
    /// How long it waits, in milliseconds. When it is played it takes no time.
    Wait(u32),
}

/// A request, as far as the author cares.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expected {
    pub(super) method: String,
    pub(super) path: String,
    /// These headers must be there; others may.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) headers: BTreeMap<String, String>,
    /// The whole body: a string as it is, anything else as JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) body: Option<Value>,
    /// Texts that the body must hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) contains: Vec<String>,
}

/// A command, as far as the author cares.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExpectedCommand {
    /// The whole command line.
    pub(super) argv: Vec<String>,
    /// The whole input.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) stdin: Option<String>,
    /// Texts that the input must hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) contains: Vec<String>,
}

/// How a command ended, and what it printed.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ended {
    /// By itself with 0, where it is not said.
    #[serde(default)]
    pub(super) end: End,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) stdout: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) stderr: String,
}

/// How a command ended.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum End {
    /// By itself, with this code.
    Exit(i32),
    /// By this signal.
    Signal(i32),
    /// Killed when its time was over.
    TimedOut,
    /// It could not be started; the text says why.
    Failed(String),
}

impl Default for End {
    fn default() -> Self {
        Self::Exit(0)
    }
}

/// What of one run is still to come.
pub(super) struct Script {
    left: VecDeque<Exchange>,
    /// Whether the transcript says anything of commands; otherwise each succeeds silently.
    pub(super) tells_of_commands: bool,
    /// Whether it says anything of notes for a rollback; otherwise each is taken.
    pub(super) tells_of_notes: bool,
    /// Whether it says anything of waits; otherwise each is over at once.
    pub(super) tells_of_waits: bool,
}

impl Script {
    /// The script of one of these runs.
    pub(super) fn new(runs: &[Run], run: &Run) -> Self {
        let tells_of = |kind: fn(&Exchange) -> bool| runs.iter().flat_map(|run| &run.exchanges).any(kind);
        Self {
            left: run.exchanges.iter().cloned().collect(),
            tells_of_commands: tells_of(|exchange| matches!(exchange, Exchange::Exec { .. })),
            tells_of_notes: tells_of(|exchange| matches!(exchange, Exchange::OnRollback(_))),
            tells_of_waits: tells_of(|exchange| matches!(exchange, Exchange::Wait(_))),
        }
    }

    /// The next exchange.
    pub(super) fn next(&mut self) -> Option<Exchange> {
        self.left.pop_front()
    }

    /// How many exchanges have not happened.
    pub(super) fn left(&self) -> usize {
        self.left.len()
    }
}

/// An answer, or that none comes.
#[derive(Clone, Debug, Deserialize, Serialize)]
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
    pub(super) fn difference(&self, seen: &Seen, deployment: &GuestDeployment) -> Option<String> {
        let (wanted, got) = (
            format!("{} {}", self.method, filled(&self.path, deployment)),
            format!("{} {}", seen.method, seen.path),
        );
        if wanted != got {
            return Some(format!("`{wanted}` was expected, `{got}` came"));
        }
        for (name, value) in &self.headers {
            let value = filled(value, deployment);
            let found = seen.headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
            match found {
                Some((_, got)) if *got == value => {}
                Some((_, got)) => {
                    return Some(format!("header {name}: `{value}` was expected, `{got}` came"));
                }
                None => return Some(format!("header {name} is missing")),
            }
        }
        let same = match self.body.as_ref().map(|body| fill(body, deployment)) {
            None => true,
            Some(Value::String(text)) => text == seen.body,
            Some(json) => serde_json::from_str::<Value>(&seen.body).is_ok_and(|body| body == json),
        };
        if !same {
            return Some(format!("another body came: {:.300}", seen.body));
        }
        let missing = missing(&self.contains, &seen.body, deployment);
        missing.map(|text| format!("the body does not hold `{text}`: {:.300}", seen.body))
    }
}

impl ExpectedCommand {
    /// What about the command is not as expected.
    pub(super) fn difference(
        &self,
        argv: &[String],
        stdin: &str,
        deployment: &GuestDeployment,
    ) -> Option<String> {
        let wanted: Vec<String> = self.argv.iter().map(|argument| filled(argument, deployment)).collect();
        if wanted != argv {
            return Some(format!("the command {wanted:?} was expected, {argv:?} came"));
        }
        if self.stdin.as_ref().is_some_and(|text| filled(text, deployment) != stdin) {
            return Some(format!("{argv:?} was to read something else: {stdin:.300}"));
        }
        let missing = missing(&self.contains, stdin, deployment);
        missing.map(|text| format!("what {argv:?} reads does not hold `{text}`: {stdin:.300}"))
    }
}

/// The first of these texts that is not there.
fn missing(wanted: &[String], text: &str, deployment: &GuestDeployment) -> Option<String> {
    wanted.iter().map(|wanted| filled(wanted, deployment)).find(|wanted| !text.contains(wanted.as_str()))
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

#[cfg(test)]
mod tests;
