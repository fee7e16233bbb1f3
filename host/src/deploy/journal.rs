//! The undo journal of one deployment: written ahead, one fsynced line for each step.
//!
//! A journal is one file, `MESSAGE-FENCE`, that its host holds locked (flock(2)) for as long as it lives. A
//! journal that nobody holds belongs to a host that died: [`recover`] brings it to its end. An
//! unchanged deployment writes no journal at all.

mod record;
mod recover;
mod undo;

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rustix::fs::{FlockOperation, flock};
use thiserror::Error;

use self::record::Record;
use crate::capability::fs::OWN_NAMES;
use crate::capability::process::ExecSettings;
use crate::capability::{Names, Place, UndoLog};

pub use self::recover::{Recovered, recover};

/// How often a journal is begun anew where recoveries keep taking its draft.
const TRIES: u32 = 100;

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

/// The journal of a running deployment.
pub struct Journal {
    root: PathBuf,
    id: DeploymentId,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    file: Option<File>,
    records: Vec<Record>,
}

impl Journal {
    /// A journal below `root`; its file appears with the first record.
    ///
    /// # Errors
    ///
    /// The directory cannot be made.
    pub fn create(root: &Path, id: DeploymentId) -> io::Result<Self> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(root)?;
        Ok(Self { root: root.to_owned(), id, open: Mutex::default() })
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
        let open = self.open.into_inner().unwrap_or_else(PoisonError::into_inner);
        if open.file.is_none() {
            return Ok(());
        }
        let told = undo::undo(&open.records);
        if matches!(told, Err(UndoError::File { .. } | UndoError::Journal { .. })) {
            return told;
        }
        remove(&path).map_err(|error| UndoError::Journal { path, error })?;
        told
    }

    /// Marks the deployment as final, then removes what undo would have needed.
    ///
    /// # Errors
    ///
    /// The mark could not be made durable, or a file not removed; recovery finishes it.
    pub fn commit(self) -> io::Result<()> {
        let path = self.path();
        let mut open = self.open.into_inner().unwrap_or_else(PoisonError::into_inner);
        let Some(mut file) = open.file.take() else { return Ok(()) };
        append(&mut file, &Record::Commit)?;
        undo::forget(&open.records)?;
        remove(&path)
    }

    fn path(&self) -> PathBuf {
        self.root.join(format!("{}-{}", self.id.message, self.id.fence))
    }

    fn record(&self, record: Record) -> io::Result<()> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = open.file.as_mut() {
            append(file, &record)?;
        } else {
            let file = begin(&self.root, &self.path(), &record)?;
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

/// The file takes its name only once it is locked and holds its first record, so that a recovery that
/// runs at the same time never sees a journal that seems to be nobody's.
///
/// A recovery may still take the draft between its making and its lock; it held nothing then, and is made again.
fn begin(root: &Path, path: &Path, first: &Record) -> io::Result<File> {
    let mut tries = 0;
    loop {
        tries += 1;
        match try_begin(root, path, first) {
            Err(error)
                if tries < TRIES && matches!(error.kind(), ErrorKind::NotFound | ErrorKind::WouldBlock) => {}
            other => return other,
        }
    }
}

fn try_begin(root: &Path, path: &Path, first: &Record) -> io::Result<File> {
    let draft = root.join(format!(".{}.draft", uuid::Uuid::new_v4()));
    let mut file = OpenOptions::new().append(true).create_new(true).mode(0o600).open(&draft)?;
    flock(&file, FlockOperation::NonBlockingLockExclusive)?;
    append(&mut file, first)?;
    fs::rename(&draft, path)?;
    sync_directory(root)?;
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
