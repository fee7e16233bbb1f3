//! The undo journal of one deployment: written ahead, one line for each step, durable before the step is taken.
//!
//! A journal is one file, `MESSAGE-FENCE-LANE`, and its host holds the lane's lock for as long as it lives. A
//! journal in a lane that nobody holds belongs to a host that died: [`recover`] brings it to its end. An
//! unchanged deployment writes no journal at all.
//!
//! An fsync is what a deployment waits for. So the first line brings along those of the other files that were
//! declared by name, and the directories are made durable once, just before the mark that makes them final.

mod lines;
mod network;
mod record;
mod recover;
mod undo;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use thiserror::Error;

use self::lines::Lines;
use self::record::Record;
use crate::capability::fs::OWN_NAMES;
use crate::capability::net::Notes;
use crate::capability::process::ExecSettings;
use crate::capability::{Names, Place, UndoLog};
use crate::deploy::lane::LaneLock;
use crate::fault;

pub use self::network::{Ask, Stuck, Told};
pub use self::recover::{Recovered, recover, recover_lane};

/// What the name of a journal ends in that has no record yet.
const DRAFT: &str = "draft";
/// Different commands that one rollback runs: each may take half a minute.
const COMMANDS: usize = 16;

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
    /// A journal in another language than this version's.
    #[error(
        "the undo journal {path} is damaged, or another version of lastmile wrote it ({error}): start the version \
         that wrote it, or put back by hand what its lines name, then remove it"
    )]
    Unreadable {
        /// Its file.
        path: PathBuf,
        /// What cannot be read.
        error: serde_json::Error,
    },
    /// A file that could not be restored.
    #[error("{path}: {error}")]
    File {
        /// The target's file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The connector has yet to take back what it told its target. The journal stays.
    #[error(
        "the files are as before, but {text}. The next deployment to the target tries again, and so does the next start; \
         to give it up, put the target right by hand and remove {path}"
    )]
    Pending {
        /// The journal's file.
        path: PathBuf,
        /// What stands in the way.
        text: String,
    },
}

/// The journal of a running deployment. It holds the lane until it is undone, or hands it on when it is
/// committed.
pub struct Journal {
    root: PathBuf,
    lane: LaneLock,
    id: DeploymentId,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    file: Option<Lines>,
    records: Vec<Record>,
    /// Files that are likely to be replaced, not yet written down.
    expected: Vec<Place>,
    /// Records whose step was not taken yet. To undo them changes nothing.
    ahead: Vec<usize>,
    /// What the connector noted for its way back.
    notes: Notes,
    /// Whether the names of the new files are durable.
    durable: bool,
}

impl Open {
    fn make_durable(&mut self) -> io::Result<()> {
        if !self.durable {
            undo::make_durable(&self.records)?;
            self.durable = true;
        }
        Ok(())
    }

    /// The last step that replaced or created a file.
    fn last_taken(&self) -> Option<usize> {
        let steps = self.records.iter().enumerate().rev();
        let mut taken = steps.filter(|(step, record)| !self.ahead.contains(step) && record.file().is_some());
        taken.next().map(|(step, _)| step)
    }
}

impl Journal {
    /// A journal below `root`, where the lane's lock lies; its file appears with the first record.
    #[must_use]
    pub fn new(root: &Path, lane: LaneLock, id: DeploymentId) -> Self {
        Self { root: root.to_owned(), lane, id, open: Mutex::default() }
    }

    /// Names files that are there and that will probably be replaced: their records share the first fsync.
    pub fn expect(&self, files: Vec<Place>) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).expected = files;
    }

    /// Makes the new files' names durable. [`Self::commit`] does it otherwise; a better time is while a server
    /// takes the files up.
    ///
    /// # Errors
    ///
    /// A directory could not be made durable.
    pub fn make_durable(&self) -> io::Result<()> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).make_durable()
    }

    /// Whether any file was created or replaced.
    #[must_use]
    pub fn changed(&self) -> bool {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.last_taken().is_some()
    }

    /// Puts everything back, what points at other files last, repeats the commands that tell the server, and has the connector
    /// take back what it told its target. The answer is what of that will never be as before.
    ///
    /// # Errors
    ///
    /// A file that could not be restored, or a connector that is to be asked again. The journal stays.
    pub fn undo(self, ask: Ask<'_>) -> Result<Vec<String>, UndoError> {
        let path = self.path();
        let Self { open, lane: _held, .. } = self;
        let open = open.into_inner().unwrap_or_else(PoisonError::into_inner);
        if open.file.is_none() {
            return Ok(Vec::new());
        }
        let undone = network::undo(&path, &open.records, Some(ask))?;
        fault::point("undo.journal.before");
        remove(&path).map_err(|error| UndoError::Journal { path, error })?;
        fault::point("undo.journal.after");
        Ok(undone.short)
    }

    /// Makes the new files' names durable, marks the deployment as final, then removes what undo would have needed. The lane is
    /// given back with the answer: what else is kept of its target is brought up to date first.
    ///
    /// # Errors
    ///
    /// The mark could not be made durable, or a file not removed; recovery finishes it.
    pub fn commit(self) -> io::Result<LaneLock> {
        let path = self.path();
        let Self { open, lane, .. } = self;
        let mut open = open.into_inner().unwrap_or_else(PoisonError::into_inner);
        let Some(mut file) = open.file.take() else { return Ok(lane) };
        open.make_durable()?;
        file.append(&[Record::Commit])?;
        undo::forget(&open.records)?;
        remove(&path)?;
        Ok(lane)
    }

    fn path(&self) -> PathBuf {
        self.root.join(format!("{}-{}-{}", self.id.message, self.id.fence, self.lane.key()))
    }

    fn names(&self, step: usize) -> Names {
        let stem = format!("{OWN_NAMES}{}-{}-{step}", self.id.message, self.id.fence);
        Names { fresh: format!("{stem}.new"), old: format!("{stem}.old") }
    }

    fn record(&self, open: &mut Open, records: Vec<Record>) -> io::Result<()> {
        match &mut open.file {
            Some(file) => file.append(&records)?,
            None => open.file = Some(Lines::begin(&self.path(), &records)?),
        }
        open.records.extend(records);
        open.durable = false;
        Ok(())
    }
}

impl UndoLog for Journal {
    fn before_replace(&self, place: &Place, existed: bool) -> io::Result<Names> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        // The lines keep the order of what was written, as an undo follows it.
        let last = open.last_taken();
        let known = open.ahead.iter().position(|step| {
            existed
                && last.is_none_or(|last| *step > last)
                && open.records.get(*step).is_some_and(|record| record.is_replace_of(place))
        });
        if let Some(known) = known {
            let step = open.ahead.swap_remove(known);
            return Ok(self.names(step));
        }
        let step = open.records.len();
        let mut records = vec![Record::replace(place, &self.names(step), existed)];
        for other in std::mem::take(&mut open.expected).iter().filter(|other| *other != place) {
            records.push(Record::replace(other, &self.names(step + records.len()), true));
        }
        let ahead = step + 1..step + records.len();
        self.record(&mut open, records)?;
        open.ahead.extend(ahead);
        Ok(self.names(step))
    }

    fn before_exec(&self, argv: &[String], stdin: &str, settings: &ExecSettings) -> io::Result<()> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let record = Record::exec(argv, stdin, settings);
        if open.records.contains(&record) {
            return Ok(()); // an undo runs it once, and it is durable already
        }
        if open.records.iter().filter(|record| matches!(record, Record::Exec { .. })).count() >= COMMANDS {
            let text = format!("a rollback runs at most {COMMANDS} different commands");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
        }
        self.record(&mut open, vec![record])
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
