//! A dry run: the same component against doors that write down what they were asked and do nothing.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde::Serialize;

use crate::capability::document::{Document, Part};
use crate::capability::fs::{Attributes, FsDoor, FsError, Written};
use crate::capability::net::{NetError, Request, Response};
use crate::capability::process::{Command, ExecError, Output, Status};
use crate::capability::vault::Vault;
use crate::grant::{CommandLine, Endpoint, Grant};
use crate::sandbox::Doors;

/// One thing that the connector would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "step", rename_all = "kebab-case")]
pub enum Step {
    /// Replace or create this file.
    Write {
        /// Where.
        path: String,
        /// `create`, `replace`, or `unchanged` by content, mode and owner.
        effect: &'static str,
        /// Permission bits, octal.
        mode: String,
        /// Content in order; sealed parts by name only.
        parts: Vec<String>,
    },
    /// Run this command line.
    Exec {
        /// The command line.
        argv: Vec<String>,
        /// The command line that tells the server after an undo, if any.
        on_rollback: Option<Vec<String>>,
    },
    /// Reach this endpoint.
    Dial {
        /// `scheme://host:port`.
        endpoint: String,
    },
    /// Note this for a rollback over the network.
    Note {
        /// In the connector's own words.
        note: String,
    },
    /// Send this request. Its answer is unknown to a dry run, so the plan ends here for this connection.
    Request {
        /// The method and path.
        request: String,
    },
}

/// What was asked so far, shared with whoever prints it.
pub type Plan = Arc<Mutex<Vec<Step>>>;

/// Doors that record and change nothing.
pub struct PlanDoors {
    declared: Grant,
    fs: FsDoor,
    vault: Vault,
    plan: Plan,
}

impl PlanDoors {
    /// Doors for what was declared; the steps go into `plan`. The vault is for comparing with what is there.
    ///
    /// # Errors
    ///
    /// A granted directory that is not there.
    pub fn open(declared: Grant, vault: Vault, plan: Plan) -> Result<Self, FsError> {
        Ok(Self { fs: FsDoor::open(&declared.fs_write)?, declared, vault, plan })
    }

    fn record(&self, step: Step) {
        if let Ok(mut plan) = self.plan.lock() {
            plan.push(step);
        }
    }
}

fn describe(content: &Document) -> Vec<String> {
    content
        .iter()
        .map(|part| match part {
            Part::Text(text) => format!("text, {} bytes", text.len()),
            Part::Bytes(bytes) => format!("bytes, {}", bytes.len()),
            Part::Sealed { secret, .. } => format!("sealed: {secret}"),
            Part::BodyLength(extra) => format!("body length + {extra}"),
        })
        .collect()
}

impl Doors for PlanDoors {
    fn fs_write(
        &mut self,
        path: &str,
        content: Document,
        attributes: Attributes,
    ) -> Result<Written, FsError> {
        let written = self.fs.foresee(path, &content, &attributes, &self.vault)?;
        self.record(Step::Write {
            path: path.to_owned(),
            effect: match written {
                Written::Created => "create",
                Written::Replaced => "replace",
                Written::Unchanged => "unchanged",
            },
            mode: format!("{:04o}", attributes.mode),
            parts: describe(&content),
        });
        Ok(written)
    }

    fn exec(&mut self, command: Command) -> Result<Output, ExecError> {
        let granted = |line: &CommandLine| line.matches(&command.argv);
        if !self.declared.process_exec.iter().any(granted) {
            return Err(ExecError::Denied(command.argv.join(" ")));
        }
        let on_rollback = command.rollback_line().map(<[String]>::to_vec);
        if on_rollback
            .as_ref()
            .is_some_and(|argv| !self.declared.process_exec.iter().any(|line| line.matches(argv)))
        {
            return Err(ExecError::Denied(format!("on rollback: {on_rollback:?}")));
        }
        self.record(Step::Exec { argv: command.argv, on_rollback });
        Ok(Output { status: Status::Exited(0), stdout: Vec::new(), stderr: Vec::new() })
    }

    fn dial(&mut self, endpoint: &str) -> Result<usize, NetError> {
        let wanted: Endpoint = endpoint.parse().map_err(|_| NetError::Invalid(endpoint.to_owned()))?;
        if !self.declared.net_dial.contains(&wanted) {
            return Err(NetError::Denied(endpoint.to_owned()));
        }
        self.record(Step::Dial { endpoint: wanted.to_string() });
        Ok(0)
    }

    fn request(&mut self, _: usize, request: Request) -> Result<Response, NetError> {
        self.record(Step::Request { request: format!("{} {}", request.method, request.path) });
        Err(NetError::Unreachable("this is a dry run: nothing was sent".to_owned()))
    }

    fn send(&mut self, _: usize, content: Document) -> Result<(), NetError> {
        self.record(Step::Request { request: describe(&content).join(", ") });
        Ok(())
    }

    fn receive(&mut self, _: usize, _: u32, _: Duration) -> Result<Vec<u8>, NetError> {
        Err(NetError::Unreachable("this is a dry run: nothing was sent".to_owned()))
    }

    fn peer_certificates(&mut self, _: usize) -> Result<Vec<Vec<u8>>, NetError> {
        Err(NetError::Unreachable("this is a dry run: nothing was dialled".to_owned()))
    }

    fn on_rollback(&mut self, _: usize, note: &str) -> Result<(), NetError> {
        self.record(Step::Note { note: note.to_owned() });
        Ok(())
    }

    fn wait(&mut self, _: usize, _: Duration) -> Result<(), NetError> {
        Ok(())
    }

    fn close(&mut self, _: usize) {}

    fn log(&mut self, _: &str, _: &[u8]) {}
}
