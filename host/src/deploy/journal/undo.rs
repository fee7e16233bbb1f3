//! Putting back, and forgetting how. Both may be cut short and begun again.

use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::time::Duration;

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use rustix::fs::{AtFlags, Stat, fstat, fsync, renameat, statat, unlinkat};
use rustix::io::Errno;

use super::UndoError;
use super::record::Record;
use crate::capability::fs::beneath;
use crate::capability::process::{ExecSettings, Status, run_plain};
use crate::fault;

/// A reload may find the server busy with the reload before it.
const TRIES: u32 = 3;
const PATIENCE: Duration = Duration::from_secs(30);

/// Restores every file, newest first, then repeats the commands in their order. A command that fails is told: the files
/// are back all the same.
pub(super) fn restore(records: &[Record]) -> Result<Option<String>, UndoError> {
    for record in records.iter().rev() {
        if let Record::Replace { root, parent, name, directory, fresh, old, existed } = record {
            open(root, parent, *directory)
                .and_then(|directory| restore_file(&directory, name, fresh, old, *existed))
                .map_err(|error| UndoError::File { path: root.join(parent).join(name), error })?;
        }
    }
    let mut repeated: Vec<(&[String], &str)> = Vec::new();
    for record in records {
        if let Record::Exec { argv, stdin, environment, run_as } = record
            && !repeated.contains(&(argv.as_slice(), stdin.as_str()))
        {
            repeated.push((argv, stdin));
            let settings =
                ExecSettings { environment: environment.clone(), run_as: run_as.clone(), output_limit: 4096 };
            fault::point("undo.exec.before");
            if let Err(failed) = repeat(argv, stdin, &settings) {
                return Ok(Some(failed));
            }
            fault::point("undo.exec.after");
        }
    }
    Ok(None)
}

fn restore_file(directory: &OwnedFd, name: &str, fresh: &str, old: &str, existed: bool) -> io::Result<()> {
    fault::point("undo.file.before");
    let written = look(directory, fresh)?;
    if existed {
        replaced(directory, name, fresh, old, written.is_some())?;
    } else if let Some(written) = written {
        // Only what this deployment made is removed, and the proof of that goes last.
        if look(directory, name)?.is_some_and(|stat| stat.st_ino == written.st_ino) {
            unlink(directory, name)?;
            fsync(directory)?;
        }
        fault::point("undo.name.after");
        unlink(directory, fresh)?;
    }
    fsync(directory)?;
    fault::point("undo.file.after");
    Ok(())
}

fn replaced(directory: &OwnedFd, name: &str, fresh: &str, old: &str, untouched: bool) -> io::Result<()> {
    // As long as the fresh file has its own name, the rename was not reached: the target is untouched.
    if untouched {
        unlink(directory, old)?;
        return Ok(unlink(directory, fresh)?);
    }
    match renameat(directory, old, directory, name) {
        // Two names of one file: rename does nothing then, and the spare name goes.
        Ok(()) | Err(Errno::NOENT) => {
            fault::point("undo.name.after");
            Ok(unlink(directory, old)?)
        }
        Err(error) => Err(error.into()),
    }
}

/// Makes durable under which names the files stand now.
pub(super) fn make_durable(records: &[Record]) -> io::Result<()> {
    let mut done: Vec<(&Path, &Path)> = Vec::new();
    for record in records {
        if let Record::Replace { root, parent, directory, .. } = record
            && !done.contains(&(root, parent))
        {
            fsync(open(root, parent, *directory)?)?;
            done.push((root, parent));
        }
    }
    Ok(())
}

/// Removes the names that an undo would have used; the new files stay.
pub(super) fn forget(records: &[Record]) -> io::Result<()> {
    fault::point("journal.forget.before");
    for record in records {
        if let Record::Replace { root, parent, directory, fresh, old, .. } = record {
            let directory = open(root, parent, *directory)?;
            unlink(&directory, old)?;
            unlink(&directory, fresh)?;
            fault::point("journal.forget.step");
        }
    }
    Ok(())
}

/// The directory that was written to, if it still stands there. Nothing is done in another one.
fn open(root: &Path, parent: &Path, inode: u64) -> io::Result<OwnedFd> {
    let root = Dir::open_ambient_dir(root, ambient_authority())?;
    let directory = beneath::open_directory(&root, parent)?;
    if fstat(&directory)?.st_ino != inode {
        return Err(io::Error::other(format!(
            "its directory was replaced by another one meanwhile: put the one with inode {inode} back"
        )));
    }
    Ok(directory)
}

fn look(directory: &OwnedFd, name: &str) -> Result<Option<Stat>, Errno> {
    match statat(directory, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) => Ok(Some(stat)),
        Err(Errno::NOENT) => Ok(None),
        Err(error) => Err(error),
    }
}

fn unlink(directory: &OwnedFd, name: &str) -> Result<(), Errno> {
    match unlinkat(directory, name, AtFlags::empty()) {
        Err(Errno::NOENT) => Ok(()),
        other => other,
    }
}

fn repeat(argv: &[String], stdin: &str, settings: &ExecSettings) -> Result<(), String> {
    let mut last = String::new();
    for attempt in 0..TRIES {
        if attempt > 0 {
            std::thread::sleep(Duration::from_millis(200));
        }
        match run_plain(argv, stdin, settings, PATIENCE) {
            Ok(output) if output.status == Status::Exited(0) => return Ok(()),
            Ok(output) => last = format!("{:?}: {}", output.status, String::from_utf8_lossy(&output.stderr)),
            Err(error) => last = error.to_string(),
        }
    }
    Err(format!("`{}` failed {TRIES} times: {last}", argv.join(" ")))
}
