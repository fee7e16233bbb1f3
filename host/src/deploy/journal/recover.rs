//! Bringing the journals of dead hosts to their end.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

use super::record::{self, Record};
use super::{DeploymentId, UndoError, remove, undo};

/// A deployment that was brought to one of its two lawful ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// The deployment.
    pub id: DeploymentId,
    /// Whether the new state was final already; otherwise the old one was put back.
    pub committed: bool,
}

/// Finishes every journal below `root` that no living host holds. Safe beside running hosts.
///
/// # Errors
///
/// A journal that cannot be read or finished; it stays, and nothing must be deployed over it.
pub fn recover(root: &Path) -> Result<Vec<Recovered>, UndoError> {
    let mut recovered = Vec::new();
    for path in journals(root).map_err(|error| UndoError::Journal { path: root.to_owned(), error })? {
        recovered.extend(recover_one(&path)?);
    }
    Ok(recovered)
}

fn journals(root: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(root) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    entries.map(|entry| entry.map(|entry| entry.path())).collect()
}

fn recover_one(path: &Path) -> Result<Option<Recovered>, UndoError> {
    let fault = |error| UndoError::Journal { path: path.to_owned(), error };
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(fault(error)),
    };
    if flock(&file, FlockOperation::NonBlockingLockExclusive).is_err() {
        return Ok(None); // its host lives
    }
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let Some(id) = parse_name(name) else {
        // A draft never got its name: its first step was not taken.
        return if name.starts_with('.') { remove(path).map_err(fault).map(|()| None) } else { Ok(None) };
    };
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(fault)?;
    if !path.exists() {
        return Ok(None); // another host finished it before we had the lock
    }
    let records = record::parse(&bytes).map_err(|error| fault(error.into()))?;
    let committed = records.contains(&Record::Commit);
    let told = if committed { undo::forget(&records).map_err(fault) } else { undo::undo(&records) };
    match told {
        Err(UndoError::Command(text)) => tracing::error!(message_id = id.message, "after recovery: {text}"),
        other => other?,
    }
    remove(path).map_err(fault)?;
    Ok(Some(Recovered { id, committed }))
}

fn parse_name(name: &str) -> Option<DeploymentId> {
    let (message, fence) = name.split_once('-')?;
    Some(DeploymentId { message: message.parse().ok()?, fence: fence.parse().ok()? })
}
