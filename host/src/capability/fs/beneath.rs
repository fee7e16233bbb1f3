//! Resolution below a directory handle.

use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use rustix::fs::{Mode, OFlags, ResolveFlags, openat2};
use rustix::io::Errno;

use super::FsError;

const RULES: ResolveFlags = ResolveFlags::BENEATH
    .union(ResolveFlags::NO_SYMLINKS)
    .union(ResolveFlags::NO_MAGICLINKS)
    .union(ResolveFlags::NO_XDEV);

/// The directory `below` the handle; an empty path is the handle's own directory.
pub(crate) fn open_directory(root: &impl AsFd, below: &Path) -> Result<OwnedFd, Errno> {
    let below = if below.as_os_str().is_empty() { Path::new(".") } else { below };
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    retry(|| openat2(root, below, flags, Mode::empty(), RULES))
}

/// A file of this name in the directory, for reading; never through a link.
pub(crate) fn open_file(directory: &impl AsFd, name: &str) -> Result<OwnedFd, Errno> {
    // A FIFO would block an ordinary open for ever.
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
    retry(|| openat2(directory, name, flags, Mode::empty(), RULES))
}

/// A new file of this name; it must not exist.
pub(crate) fn create_file(directory: &impl AsFd, name: &str) -> Result<OwnedFd, Errno> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    retry(|| openat2(directory, name, flags, Mode::RUSR | Mode::WUSR, RULES))
}

/// openat2 answers EAGAIN where a rename elsewhere raced with it, and EINTR as any call.
fn retry<T>(call: impl Fn() -> Result<T, Errno>) -> Result<T, Errno> {
    for _ in 0..64 {
        match call() {
            Err(Errno::AGAIN | Errno::INTR) => {}
            other => return other,
        }
    }
    call()
}

/// The refusal, in words that say who is at fault.
pub(crate) fn explain(path: &str, error: Errno) -> FsError {
    match error {
        Errno::LOOP => FsError::Denied(format!("{path} leads through a symbolic link")),
        Errno::XDEV => FsError::Denied(format!("{path} leaves the granted directory or its mount")),
        Errno::NOENT => {
            FsError::Invalid(format!("{path}: its directory does not exist; lastmile makes none"))
        }
        Errno::NOTDIR => FsError::Invalid(format!("{path}: something on the way is not a directory")),
        other => FsError::Io(format!("{path}: {other}")),
    }
}
