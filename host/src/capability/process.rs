//! `process.exec`: run granted command lines without a shell, within bounds.

mod bounded;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::UndoLog;
use super::document::Document;
use super::vault::Vault;
use crate::fault;
use crate::grant::CommandLine;

/// A command to run.
#[derive(Clone, Debug)]
pub struct Command {
    /// Absolute program, then each argument.
    pub argv: Vec<String>,
    /// What the program reads.
    pub stdin: Document,
    /// Shorter than the deployment's deadline, where the connector wants that.
    pub timeout: Option<Duration>,
    /// Run it again after an undo.
    pub repeat_on_rollback: bool,
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
        if !self.declared.iter().any(|line| line.matches(&command.argv)) {
            return Err(ExecError::Denied(format!(
                "{:?} is not a command line that the connector declared and the operator granted",
                command.argv
            )));
        }
        let stdin = vault
            .fill(&command.stdin)
            .map_err(|error| ExecError::Invalid(format!("standard input: {error}")))?;
        if command.repeat_on_rollback {
            fault::point("journal.exec.before");
            journal
                .before_exec(&command.argv, &self.settings)
                .map_err(|error| ExecError::Failed(format!("the undo journal: {error}")))?;
            fault::point("journal.exec.after");
        }
        let deadline = command.timeout.map_or(deadline, |limit| deadline.min(Instant::now() + limit));
        fault::point("exec.before");
        let ended = bounded::run(&command.argv, &stdin, &self.settings, deadline, aborted);
        fault::point("exec.after");
        let mut output = ended?;
        output.stdout = vault.scrub(&output.stdout);
        output.stderr = vault.scrub(&output.stderr);
        Ok(output)
    }
}

/// Runs a command that the journal noted, as an undo does: no standard input, nothing secret.
///
/// # Errors
///
/// The program cannot be started.
pub fn run_plain(argv: &[String], settings: &ExecSettings, timeout: Duration) -> Result<Output, ExecError> {
    bounded::run(argv, &[], settings, Instant::now() + timeout, &|| false)
}

#[cfg(test)]
mod tests;
