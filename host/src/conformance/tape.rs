//! A transcript from a real run: doors that let everything through to the real ones and write down what was asked
//! and answered.
//!
//! A sealed part is its name, as the guest placed it; the real doors have scrubbed the answers of what they filled in.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;

use super::transcript::{
    Answer, End, Ended, Exchange, Expected, ExpectedCommand, Run, Transcript, generalised,
};
use super::world::render;
use crate::capability::document::Document;
use crate::capability::fs::{Attributes, FsError, Written};
use crate::capability::net::{NetError, Request, Response};
use crate::capability::process::{Command, ExecError, Output, Status};
use crate::credential::Credential;
use crate::outcome::Outcome;
use crate::sandbox::{Doors, GuestDeployment};

/// What was asked and answered in one deployment.
#[derive(Clone, Debug, Default)]
pub struct Tape(Arc<Mutex<Vec<Exchange>>>);

impl Tape {
    /// These doors, written down.
    #[must_use]
    pub fn record(&self, real: Box<dyn Doors>) -> Box<dyn Doors> {
        Box::new(RecordingDoors { real, tape: self.clone() })
    }

    fn add(&self, exchange: Exchange) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(exchange);
    }

    fn exchanges(&self) -> Vec<Exchange> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Transcript {
    /// What was recorded while this certificate was brought to this target, one deployment after the other. What
    /// belongs to the certificate becomes a placeholder, so that the specimen fits, too.
    #[must_use]
    pub fn recorded(
        credential: &Credential,
        target: &str,
        config: serde_json::Map<String, Value>,
        runs: &[(String, Outcome, Tape)],
    ) -> Self {
        let told = crate::deploy::told(credential, target, "");
        let run = |(name, outcome, tape): &(String, Outcome, Tape)| Run {
            name: name.clone(),
            outcome: *outcome,
            exchanges: tape.exchanges().into_iter().map(|exchange| general(exchange, &told)).collect(),
        };
        Self {
            config: Some(config),
            target: Some(target.to_owned()),
            runs: runs.iter().map(run).collect(),
            rollback: None,
        }
    }
}

/// With placeholders in all texts, whatever their place.
fn general(exchange: Exchange, deployment: &GuestDeployment) -> Exchange {
    let written = serde_json::to_value(&exchange).map(|value| general_value(value, deployment));
    written.and_then(serde_json::from_value).unwrap_or(exchange)
}

fn general_value(value: Value, deployment: &GuestDeployment) -> Value {
    match value {
        Value::String(text) => Value::String(generalised(&text, deployment)),
        Value::Array(items) => items.into_iter().map(|item| general_value(item, deployment)).collect(),
        Value::Object(fields) => {
            fields.into_iter().map(|(name, value)| (name, general_value(value, deployment))).collect()
        }
        other => other,
    }
}

/// Bodies are compared as JSON where they are JSON.
fn value(text: String) -> Value {
    match serde_json::from_str(&text) {
        Ok(json @ (Value::Object(_) | Value::Array(_))) => json,
        _ => Value::String(text),
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

struct RecordingDoors {
    real: Box<dyn Doors>,
    tape: Tape,
}

impl Doors for RecordingDoors {
    fn fs_write(&mut self, path: &str, content: Document, mode: Attributes) -> Result<Written, FsError> {
        self.real.fs_write(path, content, mode)
    }

    fn exec(&mut self, command: Command) -> Result<Output, ExecError> {
        let expected = ExpectedCommand {
            argv: command.argv.clone(),
            stdin: Some(render(&command.stdin)).filter(|stdin| !stdin.is_empty()),
            contains: Vec::new(),
        };
        let ended = self.real.exec(command);
        let answer = match &ended {
            Ok(output) => Ended {
                end: match output.status {
                    Status::Exited(code) => End::Exit(code),
                    Status::Signalled(signal) => End::Signal(signal),
                    Status::TimedOut => End::TimedOut,
                },
                stdout: text(&output.stdout),
                stderr: text(&output.stderr),
            },
            Err(error) => Ended { end: End::Failed(error.to_string()), ..Ended::default() },
        };
        self.tape.add(Exchange::Exec { command: expected, answer });
        ended
    }

    fn dial(&mut self, endpoint: &str) -> Result<usize, NetError> {
        self.real.dial(endpoint)
    }

    fn request(&mut self, id: usize, request: Request) -> Result<Response, NetError> {
        let expected = Expected {
            method: request.method.clone(),
            path: request.path.clone(),
            headers: request.headers.iter().map(|(name, value)| (name.clone(), render(value))).collect(),
            body: Some(value(render(&request.body))),
            contains: Vec::new(),
        };
        let answered = self.real.request(id, request);
        let answer = match &answered {
            Ok(response) => Answer::Response {
                status: response.status,
                headers: response.headers.iter().cloned().collect(),
                body: value(text(&response.body)),
            },
            Err(error) => Answer::Unreachable(error.to_string()),
        };
        self.tape.add(Exchange::Http { request: expected, answer });
        answered
    }

    fn send(&mut self, id: usize, content: Document) -> Result<(), NetError> {
        self.tape.add(Exchange::Send(render(&content)));
        self.real.send(id, content)
    }

    fn receive(&mut self, id: usize, at_most: u32, timeout: Duration) -> Result<Vec<u8>, NetError> {
        let received = self.real.receive(id, at_most, timeout);
        if let Ok(bytes) = &received {
            self.tape.add(Exchange::Receive(text(bytes)));
        }
        received
    }

    fn peer_certificates(&mut self, id: usize) -> Result<Vec<Vec<u8>>, NetError> {
        self.real.peer_certificates(id)
    }

    fn on_rollback(&mut self, id: usize, note: &str) -> Result<(), NetError> {
        self.real.on_rollback(id, note)?;
        self.tape.add(Exchange::OnRollback(note.to_owned()));
        Ok(())
    }

    fn wait(&mut self, id: usize, time: Duration) -> Result<(), NetError> {
        self.real.wait(id, time)?;
        self.tape.add(Exchange::Wait(u32::try_from(time.as_millis()).unwrap_or(u32::MAX)));
        Ok(())
    }

    fn close(&mut self, id: usize) {
        self.real.close(id);
    }

    fn log(&mut self, stream: &str, bytes: &[u8]) {
        self.real.log(stream, bytes);
    }
}
