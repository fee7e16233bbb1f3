//! Attacks through notes for a rollback, and by the rollback itself. Each deployment of those fails on purpose.

use super::attack::{Attack, attack};

const NOTE: &str = "net.connection.on-rollback";

/// What ends with the deployment: whatever a rollback tried, the journal is closed.
pub(super) const ATTACKS: &[Attack] = &[
    attack("net-reversible", "net.connection.wait", "unavailable", "the target holds another one: ok"),
    attack("net-wait", "net.connection.wait", "limit", "the connector exceeded a limit: wall time (2s)"),
    attack("note-flood", NOTE, "limit", "the connector exceeded a limit: host-calls (at most 200)"),
    attack(
        "note-huge",
        NOTE,
        "rejected",
        "a note for a rollback has at most 65536 bytes, and this one has 1048576",
    ),
    attack(
        "note-unread",
        NOTE,
        "rejected",
        "the component does not export lastmile:connector/rollback, which would read the note",
    ),
    attack(
        "rollback-ephemeral",
        NOTE,
        "rejected",
        "on purpose; the files are as before, but what target `rollback-ephemeral` was told stays told, and is to be put right by hand (rejected: a rollback has the target's own secrets, and not the ephemeral secret `pass`)",
    ),
    attack(
        "rollback-exec",
        NOTE,
        "rejected",
        "on purpose; the files are as before, but what target `rollback-exec` was told stays told, and is to be put right by hand (denied: a rollback reaches the network alone: the host takes files and commands back itself)",
    ),
    attack(
        "rollback-fs",
        NOTE,
        "rejected",
        "on purpose; the files are as before, but what target `rollback-fs` was told stays told, and is to be put right by hand (denied: a rollback reaches the network alone: the host takes files and commands back itself)",
    ),
    attack(
        "rollback-key",
        NOTE,
        "rejected",
        "on purpose; the files are as before, but what target `rollback-key` was told stays told, and is to be put right by hand (rejected: a rollback has the target's own secrets, and not the private key)",
    ),
    attack(
        "rollback-lines",
        NOTE,
        "rejected",
        "on purpose; the files are as before, but what target `rollback-lines` was told stays told, and is to be put right by hand (rejected: [\"second\", \"\\n{\\\"step\\\":\\\"commit\\\"}\\n\\0\\u{1b}[2J\"])",
    ),
    attack(
        "rollback-note",
        NOTE,
        "rejected",
        "on purpose; the files are as before, but what target `rollback-note` was told stays told, and is to be put right by hand (rejected: a rollback notes nothing)",
    ),
    attack(
        "rollback-undeclared",
        NOTE,
        "rejected",
        "on purpose; the files are as before, but what target `rollback-undeclared` was told stays told, and is to be put right by hand (denied: `https://192.0.2.1:443` is not among the endpoints that the connector declared for this target)",
    ),
];

/// What might go back another time: the journal waits, and says what the operator can do.
pub(super) const STUCK: &[Attack] = &[
    attack(
        "rollback-handles",
        NOTE,
        "uncertain",
        "rejected: on purpose; the files are as before, but what target `rollback-handles` was told is not taken back yet (limit: the connector exceeded a limit: handles (at most 16)). The next deployment to the target tries again, and so does the next start; to give it up, put the target right by hand and remove {room}/state/journal/…",
    ),
    attack(
        "rollback-spin",
        NOTE,
        "uncertain",
        "rejected: on purpose; the files are as before, but what target `rollback-spin` was told is not taken back yet (limit: the connector exceeded a limit: wall time (2s)). The next deployment to the target tries again, and so does the next start; to give it up, put the target right by hand and remove {room}/state/journal/…",
    ),
    attack(
        "rollback-trap",
        NOTE,
        "uncertain",
        "rejected: on purpose; the files are as before, but what target `rollback-trap` was told is not taken back yet (trapped: the connector crashed: wasm trap: wasm `unreachable` instruction executed). The next deployment to the target tries again, and so does the next start; to give it up, put the target right by hand and remove {room}/state/journal/…",
    ),
    attack(
        "rollback-wait",
        NOTE,
        "uncertain",
        "rejected: on purpose; the files are as before, but what target `rollback-wait` was told is not taken back yet (limit: the connector exceeded a limit: wall time (2s)). The next deployment to the target tries again, and so does the next start; to give it up, put the target right by hand and remove {room}/state/journal/…",
    ),
];
