//! Each error of a door, and each end of a command, with whom it blames.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use lastmile_sdk::failure::complaint;
use lastmile_sdk::{ExecError, Failure, FsError, NetError, Output, Status};

fn x() -> String {
    "x".to_string()
}

#[test]
fn each_error_of_a_door_blames_somebody() {
    assert_eq!(Failure::from(FsError::Denied(x())), Failure::Denied(x()));
    assert_eq!(Failure::from(FsError::Invalid(x())), Failure::Rejected(x()));
    assert_eq!(Failure::from(FsError::Io(x())), Failure::Unavailable((x(), None)));
    assert_eq!(Failure::from(ExecError::Denied(x())), Failure::Denied(x()));
    assert_eq!(Failure::from(ExecError::Invalid(x())), Failure::Rejected(x()));
    assert_eq!(Failure::from(ExecError::Failed(x())), Failure::Rejected(x()));
    assert_eq!(Failure::from(NetError::Denied(x())), Failure::Denied(x()));
    assert_eq!(Failure::from(NetError::Unreachable(x())), Failure::Unavailable((x(), None)));
    assert_eq!(Failure::from(NetError::Untrusted(x())), Failure::Rejected(x()));
    assert_eq!(Failure::from(NetError::Invalid(x())), Failure::Rejected(x()));
    let large = "the answer is larger than 9 bytes: raise response-bytes".to_string();
    assert_eq!(Failure::from(NetError::TooLarge(9)), Failure::Rejected(large));
}

#[test]
fn a_command_complains_of_how_it_ended_and_in_its_own_words() {
    let ended = |status, stdout: &str, stderr: &str| {
        complaint(
            "it",
            &Output { status, stdout: stdout.as_bytes().to_vec(), stderr: stderr.as_bytes().to_vec() },
        )
    };
    assert_eq!(ended(Status::Exited(0), "fine", "a warning"), None);
    assert_eq!(ended(Status::Exited(2), "out", " err\n").unwrap(), "it: exit code 2: err");
    assert_eq!(ended(Status::Exited(2), " out\n", "").unwrap(), "it: exit code 2: out");
    assert_eq!(ended(Status::Signalled(9), "", "").unwrap(), "it: ended by signal 9: ");
    assert_eq!(ended(Status::TimedOut, "", "slow").unwrap(), "it: killed at its time-out: slow");
}
