//! Putting back, and forgetting how. Both may be cut short and begun again.

use std::collections::BTreeMap;
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

/// Restores every file, then repeats the commands in their order. A command that fails is told: the files are back all the
/// same.
pub(super) fn restore(records: &[Record]) -> Result<Option<String>, UndoError> {
    for record in in_order(records) {
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

/// What points at other files is written last, and a server may watch it alone and read the others when it
/// changes. So what was there goes back in the order in which it was written, and the others are right by then.
/// What was not there goes after that, newest first: nothing points at it any more. The steps of one file stay
/// together, newest first.
pub(super) fn in_order(records: &[Record]) -> Vec<&Record> {
    let mut files: Vec<Vec<&Record>> = Vec::new();
    let mut known = BTreeMap::new();
    for record in records.iter().rev() {
        let Some(file) = record.file() else { continue };
        let at = *known.entry(file).or_insert(files.len());
        match files.get_mut(at) {
            Some(steps) => steps.push(record),
            None => files.push(vec![record]),
        }
    }
    let was_there =
        |steps: &Vec<&Record>| matches!(steps.last(), Some(Record::Replace { existed: true, .. }));
    let (there, made): (Vec<_>, Vec<_>) = files.into_iter().partition(was_there);
    there.into_iter().rev().chain(made).flatten().collect()
}

fn restore_file(directory: &OwnedFd, name: &str, fresh: &str, old: &str, existed: bool) -> io::Result<()> {
    fault::point("undo.file.before");
    let written = look(directory, fresh)?;
    // Neither name: the step was not taken, or it is undone already.
    let ours = written.is_some() || look(directory, old)?.is_some();
    if ours && existed {
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
    match fsync(directory) {
        // A file system that has become read-only let nobody change anything.
        Err(Errno::ROFS) if !ours => {}
        other => other?,
    }
    fault::point("undo.file.after");
    Ok(())
}

fn replaced(directory: &OwnedFd, name: &str, fresh: &str, old: &str, untouched: bool) -> io::Result<()> {
    // As long as the fresh file has its own name, the rename was not reached: the target is untouched.
    if untouched {
        unlink(directory, old)?;
        return Ok(unlink(directory, fresh)?);
    }
    // Two names of one file: rename does nothing then, and the spare name goes.
    renameat(directory, old, directory, name)?;
    fault::point("undo.name.after");
    Ok(unlink(directory, old)?)
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
