//! Opening the file: its mode, its settings, its schema.

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::outbox::{Result, StoreError};

const SCHEMA: &str = include_str!("schema.sql");
const VERSION: i64 = 1;
/// How long a transaction waits for another process's. Theirs should last milliseconds.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
/// Holds a large batch, so that none is written to the WAL twice. Negative: SQLite counts KiB then.
const CACHE_KIB: i64 = -16_384;
/// A busy outbox checkpoints every 16 MiB; an idle one empties the WAL anyway.
const WAL_PAGES: i64 = 4096;

fn refused(path: &Path, reason: impl Into<String>) -> StoreError {
    StoreError::Open { path: path.display().to_string(), reason: reason.into() }
}

/// Makes the file 0600 before SQLite would make it by the umask. SQLite gives the WAL the same mode.
///
/// A file that is there is never opened here: closing it would drop the locks that SQLite holds on it for
/// other connections of this process.
pub(super) fn prepare_file(path: &Path) -> Result<()> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => return Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(refused(path, format!("the outbox cannot be made: {error}"))),
    }
    let mode = std::fs::metadata(path).map_err(|error| refused(path, error.to_string()))?.mode();
    if mode & 0o007 != 0 {
        let reason = format!("everybody may open the outbox (mode {:04o}); chmod 600 it", mode & 0o7777);
        return Err(refused(path, reason));
    }
    Ok(())
}

/// The write-ahead log beside the file.
pub(super) fn wal(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

/// A connection with every setting that durability rests on, read back.
pub(super) fn connect(path: &Path) -> Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(PATIENCE)?;
    switch_to_wal(path, &connection)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "secure_delete", true)?;
    // Savepoints and triggers note the pages they change: in memory, not in a file for each statement.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "cache_size", CACHE_KIB)?;
    connection.pragma_update(None, "wal_autocheckpoint", WAL_PAGES)?;
    let synchronous: i64 = connection.query_row("PRAGMA synchronous", [], |row| row.get(0))?;
    if synchronous != 2 {
        return Err(refused(path, "SQLite does not take synchronous=FULL"));
    }
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// SQLite does not wait for others when it changes the journal's mode, so this does.
fn switch_to_wal(path: &Path, connection: &Connection) -> Result<()> {
    let started = Instant::now();
    loop {
        let mode = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get::<_, String>(0));
        match mode.map_err(StoreError::from) {
            Ok(mode) if mode == "wal" => return Ok(()),
            Ok(mode) => {
                let reason = format!("SQLite keeps journal mode {mode}; put the outbox on a local disk");
                return Err(refused(path, reason));
            }
            Err(StoreError::Busy(_)) if started.elapsed() < PATIENCE => {
                std::thread::sleep(Duration::from_millis(5));
            }
            Err(error) => return Err(refused(path, error.to_string())),
        }
    }
}

fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// Brings an empty file to the schema; refuses a schema from the future.
pub(super) fn migrate(path: &Path, connection: &Connection) -> Result<()> {
    if version(connection)? < VERSION {
        connection.execute_batch("BEGIN IMMEDIATE")?;
        // Somebody else may have made the schema while this waited for the lock.
        let made = match version(connection)? {
            0 => connection.execute_batch(SCHEMA),
            _ => Ok(()),
        };
        let end = if made.is_ok() { "COMMIT" } else { "ROLLBACK" };
        connection.execute_batch(end)?;
        made.map_err(|error| refused(path, format!("the schema cannot be made: {error}")))?;
    }
    match version(connection)? {
        VERSION => Ok(()),
        found => Err(StoreError::Newer { path: path.display().to_string(), found, known: VERSION }),
    }
}
