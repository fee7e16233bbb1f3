//! `process.exec`: run granted command lines without a shell, within bounds.

use std::collections::BTreeMap;
use std::time::Duration;

use super::document::Document;

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
