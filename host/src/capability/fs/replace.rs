//! One atomic, durable replacement.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsFd, OwnedFd};

use rustix::fs::{AtFlags, FileType, Stat, fstat, linkat, renameat, statat};
use rustix::io::Errno;

use super::beneath::{create_file, explain, open_file};
use super::owner::Wanted;
use super::{FsError, Written};
use crate::capability::{Names, Place, UndoLog};
use crate::fault;

/// The order is the whole point: journal, temporary file, fsync, link to the old file, rename; a file that was not
/// there gets its name as a second one. The names are made durable by the journal, before it calls the
/// deployment final; cut before, it is undone.
pub(super) fn replace(
    directory: &OwnedFd,
    place: &Place,
    content: &[u8],
    wanted: &Wanted,
    journal: &dyn UndoLog,
) -> Result<Written, FsError> {
    let path = place.path().display().to_string();
    let present = present(directory, place, &path)?;
    if is_same(directory, place, content, wanted, present.as_ref(), &path)? {
        return Ok(Written::Unchanged);
    }
    fault::point("journal.replace.before");
    let names = journal
        .before_replace(place, present.is_some())
        .map_err(|error| FsError::Io(format!("the undo journal: {error}")))?;
    fault::point("journal.replace.after");
    write_fresh(directory, &names, content, wanted, present.as_ref())
        .map_err(|error| FsError::Io(format!("{path}: {error}")))?;
    take_the_name(directory, place, &names, present.is_some()).map_err(|error| explain(&path, error))?;
    Ok(if present.is_some() { Written::Replaced } else { Written::Created })
}

/// What [`replace`] would do now.
pub(super) fn foresee(
    directory: &OwnedFd,
    place: &Place,
    content: &[u8],
    wanted: &Wanted,
) -> Result<Written, FsError> {
    let path = place.path().display().to_string();
    let present = present(directory, place, &path)?;
    let same = is_same(directory, place, content, wanted, present.as_ref(), &path)?;
    Ok(match present {
        Some(_) if same => Written::Unchanged,
        Some(_) => Written::Replaced,
        None => Written::Created,
    })
}

fn is_same(
    directory: &OwnedFd,
    place: &Place,
    content: &[u8],
    wanted: &Wanted,
    present: Option<&Stat>,
    path: &str,
) -> Result<bool, FsError> {
    match present {
        Some(stat) if wanted.matches(stat) => same_content(directory, place, stat, content, path),
        _ => Ok(false),
    }
}

/// What stands there now. Anything but a regular file is refused.
fn present(directory: &OwnedFd, place: &Place, path: &str) -> Result<Option<Stat>, FsError> {
    match statat(directory, place.name.as_str(), AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) => match FileType::from_raw_mode(stat.st_mode) {
            FileType::RegularFile => Ok(Some(stat)),
            FileType::Symlink => Err(FsError::Denied(format!("{path} is a symbolic link"))),
            other => Err(FsError::Denied(format!("{path} is no regular file ({other:?})"))),
        },
        Err(Errno::NOENT) => Ok(None),
        Err(error) => Err(explain(path, error)),
    }
}

fn same_content(
    directory: &OwnedFd,
    place: &Place,
    stat: &Stat,
    content: &[u8],
    path: &str,
) -> Result<bool, FsError> {
    if u64::try_from(stat.st_size).ok() != u64::try_from(content.len()).ok() {
        return Ok(false);
    }
    let file = open_file(directory, &place.name).map_err(|error| explain(path, error))?;
    let mut bytes = zeroize::Zeroizing::new(Vec::with_capacity(content.len() + 1));
    File::from(file)
        .take(content.len() as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| FsError::Io(format!("{path}: {error}")))?;
    Ok(*bytes == content)
}

fn write_fresh(
    directory: &OwnedFd,
    names: &Names,
    content: &[u8],
    wanted: &Wanted,
    present: Option<&Stat>,
) -> std::io::Result<()> {
    fault::point("fs.temp.before");
    let mut file = File::from(create_file(directory, &names.fresh)?);
    file.write_all(content)?;
    wanted.apply(&file, &fstat(&file)?, present)?;
    fault::point("fs.temp.after");
    fault::point("fs.fsync.before");
    file.sync_all()?;
    fault::point("fs.fsync.after");
    Ok(())
}

/// Until the deployment is over both names tell an undo what to do: the link to what was there, or, where
/// nothing was, the link that shows which file is ours.
fn take_the_name(directory: &impl AsFd, place: &Place, names: &Names, existed: bool) -> Result<(), Errno> {
    let name = place.name.as_str();
    if existed {
        linkat(directory, name, directory, names.old.as_str(), AtFlags::empty())?;
        fault::point("fs.rename.before");
        renameat(directory, names.fresh.as_str(), directory, name)?;
    } else {
        fault::point("fs.rename.before");
        // Somebody else may have made the file meanwhile; a link never replaces it.
        linkat(directory, names.fresh.as_str(), directory, name, AtFlags::empty())?;
    }
    fault::point("fs.rename.after");
    Ok(())
}
