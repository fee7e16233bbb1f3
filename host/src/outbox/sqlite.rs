//! The outbox in an SQLite file: WAL, synchronous FULL, one writer thread per process.
//!
//! Several processes may share the file; every write transaction takes the write lock at its beginning.

mod claim;
mod enqueue;
mod open;
mod operate;
mod read;
mod settle;
#[cfg(test)]
mod tests;
mod writer;

use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rusqlite::Connection;
use rustix::fs::inotify::{self, CreateFlags, WatchFlags};

use super::{
    Attempt, Claim, Ending, Filter, NewMessage, Policy, Receipt, Result, Row, Settled, Store, StoreError,
};
use crate::outcome::Failure;
use settle::Report;
use writer::{Kind, Writer};

/// The outbox in an SQLite file.
pub struct SqliteStore {
    writer: Writer,
    reader: Mutex<Connection>,
    policy: Policy,
    wal: PathBuf,
    /// The tenant that was served last: the next claim begins behind it.
    turn: Arc<Mutex<String>>,
}

impl SqliteStore {
    /// Opens the outbox, and makes it if there is none.
    ///
    /// # Errors
    ///
    /// The file cannot be opened, may be read by everybody, or was written by a newer version.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::open_with(path, Policy::default())
    }

    /// [`SqliteStore::open`] with another patience.
    ///
    /// # Errors
    ///
    /// As [`SqliteStore::open`].
    pub fn open_with(path: impl AsRef<Path>, policy: Policy) -> Result<Self> {
        let path = path.as_ref();
        Self::over(path, policy).map_err(|error| match error {
            StoreError::Database(reason) => StoreError::Open { path: path.display().to_string(), reason },
            other => other,
        })
    }

    fn over(path: &Path, policy: Policy) -> Result<Self> {
        open::prepare_file(path)?;
        let connection = open::connect(path)?;
        open::migrate(path, &connection)?;
        let reader = open::connect(path)?;
        reader.pragma_update(None, "query_only", true)?;
        Ok(Self {
            writer: Writer::start(connection)?,
            reader: Mutex::new(reader),
            policy,
            wal: open::wal(path),
            turn: Arc::default(),
        })
    }

    /// Commits since the store was opened: fewer than operations, because waiting ones share a commit.
    #[must_use]
    pub fn commits(&self) -> u64 {
        self.writer.commits()
    }

    fn read<T>(&self, ask: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T> {
        let reader = self.reader.lock().map_err(|_| StoreError::Stopped)?;
        Ok(ask(&reader)?)
    }
}

impl Store for SqliteStore {
    fn enqueue(&self, message: &NewMessage) -> Result<i64> {
        let message = enqueue::Prepared::new(message)?;
        self.writer.run(Kind::Other, move |tx| enqueue::enqueue(tx, &message))
    }

    fn enqueue_all(&self, messages: &[NewMessage]) -> Result<Vec<i64>> {
        let messages = messages.iter().map(enqueue::Prepared::new).collect::<Result<Vec<_>>>()?;
        self.writer.run(Kind::Other, move |tx| {
            messages.iter().map(|message| enqueue::enqueue(tx, message)).collect()
        })
    }

    fn claim(&self, owner: &str, n: usize, lease: Duration) -> Result<Vec<Claim>> {
        // An idle worker asks five times a second: it must not take the write lock for that.
        if n == 0 || !self.read(read::anything_due)? {
            return Ok(Vec::new());
        }
        let (owner, turn) = (owner.to_owned(), Arc::clone(&self.turn));
        self.writer.run(Kind::Claim, move |tx| claim::claim(tx, &claim::Asked { owner, n, lease }, &turn))
    }

    fn heartbeat(&self, held: &[(i64, i64)], lease: Duration) -> Result<Vec<i64>> {
        let held = held.to_vec();
        self.writer.run(Kind::Other, move |tx| claim::heartbeat(tx, &held, lease))
    }

    fn settle(&self, claim: &Claim, receipt: &Receipt) -> Result<Settled> {
        let report = Report::new(claim, Ok(receipt));
        let policy = self.policy;
        self.writer.run(Kind::Ack, move |tx| settle::report(tx, &report, &policy))
    }

    fn fail(&self, claim: &Claim, failure: &Failure) -> Result<Settled> {
        let report = Report::new(claim, Err(failure));
        let policy = self.policy;
        self.writer.run(Kind::Ack, move |tx| settle::report(tx, &report, &policy))
    }

    fn settle_all(&self, endings: &[Ending]) -> Result<Vec<Settled>> {
        let reports: Vec<Report> =
            endings.iter().map(|(claim, ending)| Report::new(claim, ending.as_ref())).collect();
        let policy = self.policy;
        self.writer.run(Kind::Ack, move |tx| {
            reports.iter().map(|report| settle::report(tx, report, &policy)).collect()
        })
    }

    fn release(&self, claim: &Claim) -> Result<()> {
        let lease = settle::Lease::of(claim);
        self.writer.run(Kind::Other, move |tx| settle::release(tx, &lease))
    }

    fn reap(&self) -> Result<usize> {
        if !self.read(read::anything_expired)? {
            return Ok(0);
        }
        let policy = self.policy;
        self.writer.run(Kind::Other, move |tx| settle::reap(tx, &policy))
    }

    fn notices(&self) -> Option<OwnedFd> {
        // Whoever commits writes to the WAL first, and it stays as long as this store has it open.
        let inotify = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK).ok()?;
        inotify::add_watch(&inotify, &self.wal, WatchFlags::MODIFY).ok()?;
        Some(inotify)
    }

    fn list(&self, filter: &Filter) -> Result<Vec<Row>> {
        self.read(|connection| read::list(connection, filter))
    }

    fn show(&self, id: i64) -> Result<Option<Row>> {
        self.read(|connection| read::show(connection, id))
    }

    fn retry(&self, id: i64) -> Result<()> {
        self.writer.run(Kind::Other, move |tx| operate::retry(tx, id))
    }

    fn cancel(&self, id: i64) -> Result<()> {
        self.writer.run(Kind::Other, move |tx| operate::cancel(tx, id))
    }

    fn history(&self, target: &str) -> Result<Vec<Attempt>> {
        self.read(|connection| read::history(connection, target))
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{ConstraintViolation, DatabaseBusy, DatabaseLocked, SystemIoFailure};
        match &error {
            rusqlite::Error::SqliteFailure(code, text) => match (code.code, text) {
                (ConstraintViolation, Some(text)) if text.starts_with("lastmile: ") => {
                    Self::Refused(text.trim_start_matches("lastmile: ").to_owned())
                }
                (SystemIoFailure, _) => Self::Database(format!("{error}; is its disk full?")),
                (DatabaseBusy | DatabaseLocked, _) => Self::Busy(error.to_string()),
                _ => Self::Database(error.to_string()),
            },
            _ => Self::Database(error.to_string()),
        }
    }
}
