//! `process.exec`: run granted command lines without a shell, within bounds.

mod bounded;

use std::collections::BTreeMap;
use std::io;
use std::time::{Duration, Instant};

use super::UndoLog;
use super::document::{Document, Part, has_sealed};
use super::vault::{MARGIN, Vault};
use crate::fault;
use crate::grant::CommandLine;

/// What is repeated on rollback lies in the journal until the deployment is over.
const LONGEST_REPEATED: usize = 64 << 10;

/// A command to run.
#[derive(Clone, Debug)]
pub struct Command {
    /// Absolute program, then each argument.
    pub argv: Vec<String>,
    /// What the program reads.
    pub stdin: Document,
    /// Shorter than the deployment's deadline, where the connector wants that.
    pub timeout: Option<Duration>,
    /// What tells the server after an undo.
    pub on_rollback: Rollback,
}

/// What runs after the host has put the files back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rollback {
    /// Nothing.
    Nothing,
    /// The same command with the same input.
    Repeat,
    /// Another command line, without input.
    Run(Vec<String>),
}

impl Command {
    /// The command line that an undo runs, if any.
    #[must_use]
    pub fn rollback_line(&self) -> Option<&[String]> {
        match &self.on_rollback {
            Rollback::Nothing => None,
            Rollback::Repeat => Some(&self.argv),
            Rollback::Run(argv) => Some(argv),
        }
    }
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// By itself, with this code.
    Exited(i32),
    /// By this signal.
    Signalled(i32),
    /// It was killed when its time was over.
    TimedOut,
}

/// What came of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// How it ended.
    pub status: Status,
    /// The tail of its standard output, scrubbed of secrets.
    pub stdout: Vec<u8>,
    /// The tail of its standard error, scrubbed of secrets.
    pub stderr: Vec<u8>,
}

/// Why a command did not run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExecError {
    /// The command line is not among what was declared and granted.
    #[error("denied: {0}")]
    Denied(String),
    /// The connector asked for something that makes no sense.
    #[error("invalid: {0}")]
    Invalid(String),
    /// The program could not be started.
    #[error("{0}")]
    Failed(String),
}

/// How the commands of one plugin run.
#[derive(Clone, Debug, Default)]
pub struct ExecSettings {
    /// The whole environment.
    pub environment: BTreeMap<String, String>,
    /// The user to run as, by name or number.
    pub run_as: Option<String>,
    /// How much of each stream's tail is kept, in bytes.
    pub output_limit: usize,
}

/// The command lines of one deployment.
pub struct ExecDoor {
    declared: Vec<CommandLine>,
    settings: ExecSettings,
}

impl ExecDoor {
    /// A door for exactly these command lines.
    #[must_use]
    pub fn new(declared: Vec<CommandLine>, settings: ExecSettings) -> Self {
        Self { declared, settings }
    }

    /// Runs the command, until `deadline` at the latest or until `aborted` says so.
    ///
    /// # Errors
    ///
    /// A command line that was not declared, or a program that cannot be started. A program that ran and
    /// failed is no error: its status says so.
    pub fn exec(
        &self,
        command: &Command,
        deadline: Instant,
        aborted: &dyn Fn() -> bool,
        vault: &Vault,
        journal: &dyn UndoLog,
    ) -> Result<Output, ExecError> {
        self.declared(&command.argv)?;
        let stdin = vault
            .fill(&command.stdin)
            .map_err(|error| ExecError::Invalid(format!("standard input: {error}")))?;
        if let Some(argv) = command.rollback_line() {
            self.declared(argv)?;
            let repeated = if command.on_rollback == Rollback::Repeat { &command.stdin } else { &Vec::new() };
            self.note(argv, repeated, journal)?;
        }
        let deadline = command.timeout.map_or(deadline, |limit| deadline.min(Instant::now() + limit));
        fault::point("exec.before");
        let limit = self.settings.output_limit;
        let settings = ExecSettings { output_limit: limit + MARGIN, ..self.settings.clone() };
        let ended = bounded::run(&command.argv, &stdin, &settings, deadline, aborted);
        fault::point("exec.after");
        let mut output = ended?;
        for stream in [&mut output.stdout, &mut output.stderr] {
            if has_sealed(&command.stdin) && !matches!(output.status, Status::Exited(_)) {
                // It may have been stopped in the midst of a secret.
                let begun = vault.begun(stream);
                stream.truncate(stream.len() - begun);
                stream.extend_from_slice(if begun > 0 { b"[sealed]" } else { b"" });
            }
            *stream = vault.scrub_tail(stream, limit);
        }
        Ok(output)
    }

    fn declared(&self, argv: &[String]) -> Result<(), ExecError> {
        if self.declared.iter().any(|line| line.matches(argv)) {
            return Ok(());
        }
        Err(ExecError::Denied(format!(
            "{argv:?} is not a command line that the connector declared and the operator granted"
        )))
    }

    /// Writes down what an undo has to run, before anything makes it necessary.
    fn note(&self, argv: &[String], stdin: &Document, journal: &dyn UndoLog) -> Result<(), ExecError> {
        let stdin = plain_text(stdin)?;
        fault::point("journal.exec.before");
        journal.before_exec(argv, &stdin, &self.settings).map_err(|error| match error.kind() {
            io::ErrorKind::InvalidInput => ExecError::Invalid(error.to_string()),
            _ => ExecError::Failed(format!("the undo journal: {error}")),
        })?;
        fault::point("journal.exec.after");
        Ok(())
    }
}

/// Runs a command that the journal noted, as an undo does: nothing secret.
///
/// # Errors
///
/// The program cannot be started.
pub fn run_plain(
    argv: &[String],
    stdin: &str,
    settings: &ExecSettings,
    timeout: Duration,
) -> Result<Output, ExecError> {
    bounded::run(argv, stdin.as_bytes(), settings, Instant::now() + timeout, &|| false)
}

/// Input that may lie in the journal: text, and nothing sealed.
fn plain_text(stdin: &Document) -> Result<String, ExecError> {
    let mut text = String::new();
    for part in stdin {
        match part {
            Part::Text(part) => text.push_str(part),
            Part::Bytes(_) | Part::BodyLength(_) => {
                return Err(ExecError::Invalid(
                    "input that is to be repeated on rollback must be text".to_owned(),
                ));
            }
            Part::Sealed { .. } => {
                return Err(ExecError::Denied(
                    "input with a sealed part is not kept for a rollback: let it run another command line"
                        .to_owned(),
                ));
            }
        }
    }
    if text.len() > LONGEST_REPEATED {
        return Err(ExecError::Invalid(format!(
            "input that is to be repeated on rollback has at most {LONGEST_REPEATED} bytes"
        )));
    }
    Ok(text)
}

#[cfg(test)]
mod tests;
