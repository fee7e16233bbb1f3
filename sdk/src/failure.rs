//! From a door's error, or a command's end, to the failure that says who is at fault.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;

use crate::{ExecError, Failure, FsError, NetError, Output, Problem, Status};

impl From<FsError> for Failure {
    fn from(error: FsError) -> Self {
        match error {
            FsError::Denied(text) => Self::Denied(text),
            FsError::Invalid(text) => Self::Rejected(text),
            FsError::Io(text) => Self::Unavailable((text, None)),
        }
    }
}

impl From<ExecError> for Failure {
    fn from(error: ExecError) -> Self {
        match error {
            ExecError::Denied(text) => Self::Denied(text),
            ExecError::Invalid(text) | ExecError::Failed(text) => Self::Rejected(text),
        }
    }
}

/// For a request that changes nothing; after one that does, `unreachable` is [`Failure::Uncertain`].
impl From<NetError> for Failure {
    fn from(error: NetError) -> Self {
        match error {
            NetError::Denied(text) => Self::Denied(text),
            NetError::Unreachable(text) => Self::Unavailable((text, None)),
            NetError::Untrusted(text) | NetError::Invalid(text) => Self::Rejected(text),
            NetError::TooLarge(limit) => {
                Self::Rejected(format!("the answer is larger than {limit} bytes: raise response-bytes"))
            }
        }
    }
}

/// The failure of a configuration that only the target can tell to be wrong: its key, what is wrong and what to write instead.
#[must_use]
pub fn misconfigured(key: &str, message: &str) -> Failure {
    Failure::Misconfigured(vec![Problem { pointer: format!("/{key}"), message: message.to_string() }])
}

/// `None` for a command that succeeded; otherwise what it said.
#[must_use]
pub fn complaint(what: &str, output: &Output) -> Option<String> {
    let ended = match output.status {
        Status::Exited(0) => return None,
        Status::Exited(code) => format!("exit code {code}"),
        Status::Signalled(signal) => format!("ended by signal {signal}"),
        Status::TimedOut => "killed at its time-out".to_string(),
    };
    let said = if output.stderr.is_empty() { &output.stdout } else { &output.stderr };
    let said = String::from_utf8_lossy(said);
    Some(format!("{what}: {ended}: {}", said.trim()))
}
