//! Fault points: where the crash matrix kills the process.
//!
//! A point does nothing unless the crate is built with `fault-points` and the process was started with
//! `LASTMILE_FAULT=name` or `LASTMILE_FAULT=name:3` (the third time it is reached).

/// Every fault point of a deployment that succeeds, in the order in which it reaches them. `:2` is the second
/// file of two.
pub const DEPLOYMENT: &[&str] = &[
    "claim.before",
    "claim.after",
    "journal.begin.before",
    "journal.begin.after",
    "journal.replace.before",
    "journal.replace.after",
    "fs.temp.before",
    "fs.temp.after",
    "fs.fsync.before",
    "fs.fsync.after",
    "fs.rename.before",
    "fs.rename.after",
    "journal.replace.before:2",
    "journal.replace.after:2",
    "fs.temp.after:2",
    "fs.rename.before:2",
    "fs.rename.after:2",
    "fs.rename.after:3",
    "journal.exec.before",
    "journal.exec.after",
    "exec.before",
    "exec.after",
    "exec.before:2",
    "exec.after:2",
    "verify.before",
    "verify.after",
    "journal.commit.before",
    "journal.forget.before",
    "journal.forget.step",
    "journal.forget.step:2",
    "journal.commit.after",
    "settle.before",
    "ack.before",
    "ack.after",
    "settle.after",
];

/// Every fault point of an undo, by the host that failed or by the one that recovers.
pub const UNDO: &[&str] = &[
    "undo.file.before",
    "undo.name.after",
    "undo.file.after",
    "undo.name.after:2",
    "undo.file.after:2",
    "undo.name.after:3",
    "undo.exec.before",
    "undo.exec.after",
];

/// What a deployment reaches besides that tells its target over the network: a question, a note, the change and a look.
pub const NETWORK: &[&str] = &[
    "request.before",
    "request.after",
    "journal.note.before",
    "journal.note.after",
    "request.before:2",
    "request.after:2",
    "request.after:3",
];

/// What the undo of such a deployment reaches besides.
pub const NETWORK_UNDO: &[&str] =
    &["undo.restored.before", "undo.restored.after", "undo.network.before", "undo.network.after"];

/// What frames an undo where the host that failed does it.
pub const UNDO_FRAME: &[&str] = &["undo.journal.before", "undo.journal.after"];

/// What frames an undo, or the rest of a commit, where a host recovers it.
pub const RECOVERY_FRAME: &[&str] = &["recover.before", "recover.after"];

/// Dies here, as by a power cut, if the environment asks for it.
#[cfg(feature = "fault-points")]
pub fn point(name: &str) {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU32, Ordering};

    static ARMED: OnceLock<Option<(String, u32)>> = OnceLock::new();
    static HITS: AtomicU32 = AtomicU32::new(0);

    let armed = ARMED.get_or_init(|| {
        let text = std::env::var("LASTMILE_FAULT").ok()?;
        Some(match text.split_once(':') {
            Some((name, hit)) => (name.to_owned(), hit.parse().unwrap_or(1)),
            None => (text, 1),
        })
    });
    if let Some((wanted, hit)) = armed
        && wanted == name
        && HITS.fetch_add(1, Ordering::SeqCst) + 1 == *hit
    {
        let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
    }
}

/// Nothing, in a build without `fault-points`.
#[cfg(not(feature = "fault-points"))]
pub const fn point(_name: &str) {}
