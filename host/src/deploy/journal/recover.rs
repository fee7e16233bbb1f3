//! Bringing the journals of dead hosts to their end.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use super::network::{self, Undone};
use super::record::{self, Record};
use super::{Ask, DRAFT, DeploymentId, UndoError, remove, undo};
use crate::deploy::lane::LaneLock;
use crate::fault;

/// A deployment that was brought to one of its two lawful ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// The deployment.
    pub id: DeploymentId,
    /// Whether the new state was final already; otherwise the old one was put back.
    pub committed: bool,
}

/// A journal's file, by its name.
struct Found {
    path: PathBuf,
    id: DeploymentId,
    lane: String,
}

/// Finishes every journal below `root` in whose lane nobody is at work. Safe beside running hosts.
///
/// One that cannot be finished is told and stays; only its own lane waits for it. With nobody to ask, a journal is
/// finished but for the connector's way back, which another call goes. Once `stop` is set, the rest waits for that, too.
pub fn recover(root: &Path, ask: Option<Ask<'_>>, stop: &AtomicBool) -> Vec<Result<Recovered, UndoError>> {
    let found = match journals(root) {
        Ok(found) => found,
        Err(error) => return vec![Err(UndoError::Journal { path: root.to_owned(), error })],
    };
    let free = |journal: Found| match LaneLock::of(root, journal.lane.clone()) {
        Ok(Some(_lane)) => finish(&journal, ask).transpose(),
        Ok(None) => None, // its host lives, or another one is at it
        Err(error) => Some(Err(UndoError::Journal { path: journal.path, error })),
    };
    found.into_iter().take_while(|_| !stop.load(Ordering::Acquire)).filter_map(free).collect()
}

/// Finishes the journals of the lane that the caller holds.
///
/// # Errors
///
/// A journal that cannot be read or finished; it stays, and nothing must be deployed over it.
pub fn recover_lane(root: &Path, lane: &LaneLock, ask: Ask<'_>) -> Result<Vec<Recovered>, UndoError> {
    let found = journals(root).map_err(|error| UndoError::Journal { path: root.to_owned(), error })?;
    let ours = found.iter().filter(|journal| journal.lane == lane.key());
    ours.filter_map(|journal| finish(journal, Some(ask)).transpose()).collect()
}

fn journals(root: &Path) -> io::Result<Vec<Found>> {
    let entries = match fs::read_dir(root) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>()?;
    Ok(paths.into_iter().filter_map(parse_name).collect())
}

/// Under the lane's lock: nobody else writes this journal or acts on it.
fn finish(journal: &Found, ask: Option<Ask<'_>>) -> Result<Option<Recovered>, UndoError> {
    let (path, id) = (journal.path.as_path(), journal.id);
    let fault = |error| UndoError::Journal { path: path.to_owned(), error };
    if path.extension().is_some_and(|extension| extension == DRAFT) {
        // It never got its name: its first step was not taken.
        return remove(path).map_err(fault).map(|()| None);
    }
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        // Another host finished it before we had the lock.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(fault(error)),
    };
    let records =
        record::parse(&bytes).map_err(|error| UndoError::Unreadable { path: path.to_owned(), error })?;
    let committed = records.contains(&Record::Commit);
    fault::point("recover.before");
    if committed {
        undo::forget(&records).map_err(fault)?;
    } else {
        let Undone { short, over } = network::undo(path, &records, ask)?;
        for text in short {
            tracing::error!(message_id = id.message, "after recovery the files are as before, but {text}");
        }
        if !over {
            return Ok(None);
        }
    }
    fault::point("recover.after");
    remove(path).map_err(fault)?;
    Ok(Some(Recovered { id, committed }))
}

fn parse_name(path: PathBuf) -> Option<Found> {
    let mut parts = path.file_stem()?.to_str()?.splitn(3, '-');
    let mut number = || parts.next()?.parse().ok();
    let id = DeploymentId { message: number()?, fence: number()? };
    let lane = parts.next()?.to_owned();
    Some(Found { path, id, lane })
}
