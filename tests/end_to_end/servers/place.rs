//! What a server needs that does not run as root: a user, and a directory of its own.

use std::fs;
use std::process::Command;

use crate::room::Room;

/// The program as this user, with the user's own group.
pub(crate) fn as_user(user: &str, program: &str) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--reuid", user, "--regid", user, "--init-groups", program]);
    command
}

/// A directory in the room that belongs to this user.
pub(crate) fn directory(room: &Room, name: &str, user: &str) {
    fs::create_dir(room.file(name)).unwrap();
    done(Command::new("chown").arg(format!("{user}:{user}")).arg(room.file(name)));
}

/// Runs what prepares a server.
pub(crate) fn done(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}; run `make test`"));
    assert!(output.status.success(), "{command:?}: {output:?}");
}
