//! The host's side of the three powers: `fs.write`, `net.dial` and `process.exec`.
//!
//! Each door holds exactly what one deployment declared, as handles that were opened before the connector
//! ran. A door knows the grants and the journal; it knows nothing of WebAssembly.

pub mod document;
pub mod fs;
pub mod net;
pub mod process;
pub mod vault;

use std::io;
use std::path::{Path, PathBuf};

use process::ExecSettings;

/// A file's place: below a granted directory, never by an absolute path that a symbolic link could bend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The granted directory, as the operator wrote it.
    pub root: PathBuf,
    /// The file's directory below it; empty for the root itself.
    pub parent: PathBuf,
    /// The file's name.
    pub name: String,
    /// The inode of the file's directory: another one may stand under its path when the file is put back.
    pub directory: u64,
}

impl Place {
    /// The whole path, for people.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        Path::new(&self.root).join(&self.parent).join(&self.name)
    }
}

/// The names beside a file that one replacement uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// The new content until it takes the file's name.
    pub fresh: String,
    /// The old file, as a hard link: content, mode, owner and times stay what they were.
    pub old: String,
}

/// Where the doors write down how to undo what they are about to do. Each call returns only after its
/// record is durable.
pub trait UndoLog {
    /// A file is about to be created or replaced.
    ///
    /// # Errors
    ///
    /// The record could not be made durable; the file must not be touched.
    fn before_replace(&self, place: &Place, existed: bool) -> io::Result<Names>;

    /// A command is about to run that an undo must repeat.
    ///
    /// # Errors
    ///
    /// The record could not be made durable, or (as invalid input) there are too many: the command must not run.
    fn before_exec(&self, argv: &[String], stdin: &str, settings: &ExecSettings) -> io::Result<()>;
}
