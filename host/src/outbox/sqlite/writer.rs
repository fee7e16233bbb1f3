//! The one thread that writes: it folds what waits into one commit.
//!
//! A commit costs one fsync however much is in it. Each operation has a savepoint of its own, so one that
//! fails takes nothing else with it; nobody is answered before the commit.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Connection;

use crate::fault;
use crate::outbox::{Result, StoreError};

/// A commit does not grow beyond this, so that the first caller in it does not wait for ever.
const MOST_IN_ONE_COMMIT: usize = 512;
/// Idle for so long, the writer empties the WAL: wiped keys must not live on in old frames.
const IDLE: Duration = Duration::from_millis(500);

/// What an operation is to the crash matrix.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Claim,
    Ack,
    Other,
}

trait Job: Send {
    fn kind(&self) -> Kind;
    /// Runs inside a savepoint; false asks for its rollback.
    fn run(&mut self, tx: &Connection) -> bool;
    fn answer(self: Box<Self>, committed: Result<()>);
}

struct Task<F, T> {
    kind: Kind,
    op: Option<F>,
    result: Option<Result<T>>,
    reply: SyncSender<Result<T>>,
}

impl<F, T> Job for Task<F, T>
where
    F: FnOnce(&Connection) -> Result<T> + Send,
    T: Send,
{
    fn kind(&self) -> Kind {
        self.kind
    }

    fn run(&mut self, tx: &Connection) -> bool {
        let Some(op) = self.op.take() else { return false };
        let result = op(tx);
        let good = result.is_ok();
        self.result = Some(result);
        good
    }

    fn answer(mut self: Box<Self>, committed: Result<()>) {
        let result = match (self.result.take(), committed) {
            // Its own error says more than that of the commit.
            (Some(Err(error)), _) | (_, Err(error)) => Err(error),
            (Some(Ok(value)), Ok(())) => Ok(value),
            (None, Ok(())) => Err(StoreError::Stopped),
        };
        // Nobody may be waiting any more.
        let _ = self.reply.send(result);
    }
}

/// The way to the thread.
pub(super) struct Writer {
    jobs: Option<Sender<Box<dyn Job>>>,
    thread: Option<JoinHandle<()>>,
    commits: Arc<AtomicU64>,
}

impl Writer {
    pub(super) fn start(connection: Connection) -> Result<Self> {
        let (jobs, waiting) = channel();
        let commits = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&commits);
        let thread = std::thread::Builder::new()
            .name("outbox".to_owned())
            .spawn(move || serve(&connection, &waiting, &counter))
            .map_err(|error| StoreError::Database(format!("no thread for the writer: {error}")))?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread), commits })
    }

    pub(super) fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    /// Runs `op` in the next commit and waits for that.
    pub(super) fn run<T: Send + 'static>(
        &self,
        kind: Kind,
        op: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (reply, answer) = sync_channel(1);
        let task = Task { kind, op: Some(op), result: None, reply };
        let jobs = self.jobs.as_ref().ok_or(StoreError::Stopped)?;
        jobs.send(Box::new(task)).map_err(|_| StoreError::Stopped)?;
        answer.recv().map_err(|_| StoreError::Stopped)?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn serve(connection: &Connection, waiting: &Receiver<Box<dyn Job>>, commits: &AtomicU64) {
    let mut dirty = false;
    loop {
        let first = if dirty {
            waiting.recv_timeout(IDLE)
        } else {
            waiting.recv().map_err(|_| RecvTimeoutError::Disconnected)
        };
        match first {
            Ok(first) => {
                let mut batch = vec![first];
                batch.extend(waiting.try_iter().take(MOST_IN_ONE_COMMIT - 1));
                let committed = commit(connection, &mut batch);
                if committed.is_ok() {
                    commits.fetch_add(1, Ordering::Relaxed);
                }
                dirty = true;
                for job in batch {
                    job.answer(committed.clone());
                }
            }
            Err(RecvTimeoutError::Timeout) => dirty = !empty_wal(connection),
            Err(RecvTimeoutError::Disconnected) => {
                empty_wal(connection);
                return;
            }
        }
    }
}

/// Moves the WAL into the database and cuts it to nothing. False if a reader is in the way.
fn empty_wal(connection: &Connection) -> bool {
    // Without the usual patience: this may wait, other writers may not.
    let _ = connection.busy_timeout(Duration::ZERO);
    let busy = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0));
    let _ = connection.busy_timeout(super::open::PATIENCE);
    busy.is_ok_and(|busy| busy == 0)
}

fn statement(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.execute([]).map(|_| ())
}

fn commit(connection: &Connection, batch: &mut [Box<dyn Job>]) -> Result<()> {
    statement(connection, "BEGIN IMMEDIATE")?;
    let written = run_all(connection, batch).and_then(|()| {
        reach(batch, Kind::Claim, "claim.before");
        reach(batch, Kind::Ack, "ack.before");
        Ok(statement(connection, "COMMIT")?)
    });
    if written.is_err() && !connection.is_autocommit() {
        let _ = statement(connection, "ROLLBACK");
    }
    if written.is_ok() {
        reach(batch, Kind::Claim, "claim.after");
        reach(batch, Kind::Ack, "ack.after");
    }
    written
}

fn run_all(connection: &Connection, batch: &mut [Box<dyn Job>]) -> Result<()> {
    for job in batch {
        statement(connection, "SAVEPOINT operation")?;
        let good = job.run(connection);
        // A full disk makes SQLite take the whole transaction back.
        if connection.is_autocommit() {
            return Err(StoreError::Database(
                "the transaction was rolled back; is the disk full?".to_owned(),
            ));
        }
        if !good {
            statement(connection, "ROLLBACK TO operation")?;
        }
        statement(connection, "RELEASE operation")?;
    }
    Ok(())
}

fn reach(batch: &[Box<dyn Job>], kind: Kind, point: &str) {
    if batch.iter().any(|job| job.kind() == kind) {
        fault::point(point);
    }
}
