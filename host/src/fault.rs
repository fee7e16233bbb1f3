//! Fault points: where the crash matrix kills the process.
//!
//! A point does nothing unless the crate is built with `fault-points` and the process was started with
//! `LASTMILE_FAULT=name` or `LASTMILE_FAULT=name:3` (the third time it is reached).

/// Every fault point, in the order in which a deployment reaches them.
pub const ALL: &[&str] = &[
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
    "journal.exec.before",
    "journal.exec.after",
    "exec.before",
    "exec.after",
    "verify.before",
    "verify.after",
    "settle.before",
    "settle.after",
    "journal.commit.before",
    "journal.commit.after",
    "ack.before",
    "ack.after",
];

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
