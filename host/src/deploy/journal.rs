//! The undo journal of one deployment: written ahead, one fsynced line for each step.
//!
//! A journal is one file, `MESSAGE-FENCE-LANE`, and its host holds the lane's lock for as long as it lives. A
//! journal in a lane that nobody holds belongs to a host that died: [`recover`] brings it to its end. An
//! unchanged deployment writes no journal at all.

mod record;
mod recover;
mod undo;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use thiserror::Error;

use self::record::Record;
use crate::capability::fs::OWN_NAMES;
use crate::capability::process::ExecSettings;
use crate::capability::{Names, Place, UndoLog};
use crate::deploy::lane::LaneLock;
use crate::fault;

pub use self::recover::{Recovered, recover, recover_lane};

/// What the name of a journal ends in that has no record yet.
const DRAFT: &str = "draft";

/// Which deployment a journal belongs to: the message, and the fence under which it was claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeploymentId {
    /// The outbox message.
    pub message: i64,
    /// The claim's fence.
    pub fence: i64,
}

/// The old state could not be put back in full.
#[derive(Debug, Error)]
pub enum UndoError {
    /// The journal itself.
    #[error("the undo journal {path}: {error}")]
    Journal {
        /// Its file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// A file that could not be restored.
    #[error("{path}: {error}")]
    File {
        /// The target's file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The files are as before, but the server may not have taken them up again.
    #[error("the files are as before, but {0}")]
    Command(String),
}

/// The journal of a running deployment. It holds the lane until it is committed or undone.
pub struct Journal {
    root: PathBuf,
    lane: LaneLock,
    id: DeploymentId,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    file: Option<File>,
    records: Vec<Record>,
}

impl Journal {
    /// A journal below `root`, where the lane's lock lies; its file appears with the first record.
    #[must_use]
    pub fn new(root: &Path, lane: LaneLock, id: DeploymentId) -> Self {
        Self { root: root.to_owned(), lane, id, open: Mutex::default() }
    }

    /// Whether any file was created or replaced.
    #[must_use]
    pub fn changed(&self) -> bool {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.records.iter().any(|record| matches!(record, Record::Replace { .. }))
    }

    /// Puts everything back, newest first, and repeats the commands that tell the server.
    ///
    /// # Errors
    ///
    /// A file that could not be restored (the journal stays for the next start), or a command that
    /// failed.
    pub fn undo(self) -> Result<(), UndoError> {
        let path = self.path();
        let Self { open, lane: _held, .. } = self;
        let open = open.into_inner().unwrap_or_else(PoisonError::into_inner);
        if open.file.is_none() {
            return Ok(());
        }
        let told = undo::undo(&open.records);
        if matches!(told, Err(UndoError::File { .. } | UndoError::Journal { .. })) {
            return told;
        }
        fault::point("undo.journal.before");
        remove(&path).map_err(|error| UndoError::Journal { path, error })?;
        fault::point("undo.journal.after");
        told
    }

    /// Marks the deployment as final, then removes what undo would have needed.
    ///
    /// # Errors
    ///
    /// The mark could not be made durable, or a file not removed; recovery finishes it.
    pub fn commit(self) -> io::Result<()> {
        let path = self.path();
        let Self { open, lane: _held, .. } = self;
        let mut open = open.into_inner().unwrap_or_else(PoisonError::into_inner);
        let Some(mut file) = open.file.take() else { return Ok(()) };
        append(&mut file, &Record::Commit)?;
        undo::forget(&open.records)?;
        remove(&path)
    }

    fn path(&self) -> PathBuf {
        self.root.join(format!("{}-{}-{}", self.id.message, self.id.fence, self.lane.key()))
    }

    fn record(&self, record: Record) -> io::Result<()> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = open.file.as_mut() {
            append(file, &record)?;
        } else {
            let file = begin(&self.path(), &record)?;
            open.file = Some(file);
        }
        open.records.push(record);
        Ok(())
    }
}

impl UndoLog for Journal {
    fn before_replace(&self, place: &Place, existed: bool) -> io::Result<Names> {
        let step = self.open.lock().unwrap_or_else(PoisonError::into_inner).records.len();
        let stem = format!("{OWN_NAMES}{}-{}-{step}", self.id.message, self.id.fence);
        let names = Names { fresh: format!("{stem}.new"), old: format!("{stem}.old") };
        self.record(Record::replace(place, &names, existed))?;
        Ok(names)
    }

    fn before_exec(&self, argv: &[String], settings: &ExecSettings) -> io::Result<()> {
        self.record(Record::exec(argv, settings))
    }
}

/// The file takes its name only once it holds its first record: a journal without one says nothing.
fn begin(path: &Path, first: &Record) -> io::Result<File> {
    let draft = path.with_extension(DRAFT);
    let mut file = OpenOptions::new().append(true).create_new(true).mode(0o600).open(&draft)?;
    append(&mut file, first)?;
    fs::rename(&draft, path)?;
    sync_directory(path.parent().unwrap_or(path))?;
    Ok(file)
}

fn append(file: &mut File, record: &Record) -> io::Result<()> {
    let mut line = serde_json::to_vec(record)?;
    line.push(b'\n');
    file.write_all(&line)?;
    file.sync_data()
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn sync_directory(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

#[cfg(test)]
mod tests;
