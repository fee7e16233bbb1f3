//! A trap: one deployment that goes wrong in this server's own way, and must do no harm.

use super::subject::Subject;
use crate::room::Room;

/// What the operator wrote beside the subject's own lines.
pub(crate) struct Trap {
    /// More lines of the target's `config`.
    pub(crate) config: fn(&Room) -> String,
    /// More command lines to grant, as TOML lists.
    pub(crate) commands: fn(&Room) -> Vec<String>,
    /// How the deployment must end.
    pub(crate) outcome: &'static str,
}

/// Deploys into the trap: the outcome is told, the old certificate is served, and the old files are in place.
/// Gives what the operator reads.
pub(crate) fn spring(subject: &Subject, trap: &Trap) -> String {
    let room = Room::new();
    let (old, new) = (room.pair("old"), room.pair("new"));
    let mut running = subject.run(&room, &old);
    let config = format!("{}\n{}", (subject.config)(&room), (trap.config)(&room));
    let commands = [(subject.commands)(&room), (trap.commands)(&room)].concat();
    subject.configure(&room, &config, &commands);
    let before = room.snapshot(&["tls"]);
    room.enqueue("it", &new);
    room.ok(&["run", "--until-idle"]);
    let (outcome, note) = room.history("it").first().cloned().unwrap();
    assert_eq!(outcome, trap.outcome, "{}: {note}", subject.name);
    assert_eq!(room.snapshot(&["tls"]), before, "{}: {note}", subject.name);
    subject.await_served(&room, &old.fingerprint);
    assert!(running.lives(), "{}: the server died", subject.name);
    room.assert_tidy();
    note
}
