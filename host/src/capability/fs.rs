//! `fs.write`: replace granted files atomically and durably, and keep what was there.
//!
//! The door holds a directory handle for each granted prefix, opened before the connector ran. A path is
//! resolved below such a handle by openat2(2) with `RESOLVE_BENEATH`, `RESOLVE_NO_SYMLINKS` and
//! `RESOLVE_NO_XDEV`: no `..`, no symbolic link, no other mount, and no race between a check and its use.

pub(crate) mod beneath;
pub(crate) mod owner;
mod replace;

use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::{Dir, MetadataExt as _};
use rustix::fs::fstat;
use zeroize::Zeroizing;

use super::document::{Document, has_sealed};
use super::vault::Vault;
use super::{Place, UndoLog};
use crate::grant::PathPrefix;

/// How a file is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attributes {
    /// Permission bits, as for chmod(2).
    pub mode: u32,
    /// Owner by name or number; the present file's where none is named.
    pub owner: Option<String>,
    /// Group by name or number; the present file's where none is named.
    pub group: Option<String>,
}

/// What a write did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// There was no such file.
    Created,
    /// There was, with other content, mode or owner.
    Replaced,
    /// There was, with the same content, mode and owner.
    Unchanged,
}

/// Why a file was not written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FsError {
    /// The path lies outside what was declared and granted.
    #[error("denied: {0}")]
    Denied(String),
    /// The connector asked for something that makes no sense.
    #[error("invalid: {0}")]
    Invalid(String),
    /// The file system said no.
    #[error("{0}")]
    Io(String),
}

/// The prefix of every name that lastmile itself uses beside a target.
pub(crate) const OWN_NAMES: &str = ".lastmile-";

struct Root {
    prefix: PathPrefix,
    path: PathBuf,
    handle: Dir,
}

/// A write that passed every check.
struct Asked {
    place: Place,
    directory: OwnedFd,
    bytes: Zeroizing<Vec<u8>>,
    wanted: owner::Wanted,
}

/// The directories of one deployment.
pub struct FsDoor {
    roots: Vec<Root>,
}

impl FsDoor {
    /// Opens a handle for each prefix: the directory itself, or the directory of a single file.
    ///
    /// # Errors
    ///
    /// A directory that is not there or cannot be opened. The operator is at fault.
    pub fn open(declared: &[PathPrefix]) -> Result<Self, FsError> {
        let roots = declared.iter().map(open_root).collect::<Result<_, _>>()?;
        Ok(Self { roots })
    }

    /// The files that were declared by name and are there: likely to be replaced.
    #[must_use]
    pub fn files(&self) -> Vec<Place> {
        let named = self.roots.iter().filter(|root| !root.prefix.is_directory());
        let places = named.filter_map(|root| {
            let name = root.prefix.as_path().file_name()?.to_str()?.to_owned();
            let directory = root.handle.dir_metadata().ok()?.ino();
            Some((root, Place { root: root.path.clone(), parent: PathBuf::new(), name, directory }))
        });
        let there = |root: &Root, name: &str| root.handle.symlink_metadata(name).is_ok_and(|m| m.is_file());
        places.filter(|(root, place)| there(root, &place.name)).map(|(_, place)| place).collect()
    }

    /// Replaces the file at `path`. On return the new content, mode and owner are durable; that they stand under
    /// this name is so once the journal is committed.
    ///
    /// # Errors
    ///
    /// A path outside the prefixes, attributes that would expose a secret, or the file system's refusal.
    pub fn write(
        &self,
        path: &str,
        content: &Document,
        attributes: &Attributes,
        vault: &Vault,
        journal: &dyn UndoLog,
    ) -> Result<Written, FsError> {
        let asked = self.ask(path, content, attributes, vault)?;
        replace::replace(&asked.directory, &asked.place, &asked.bytes, &asked.wanted, journal)
    }

    /// What [`FsDoor::write`] would do now, by the same checks. Nothing is written.
    ///
    /// # Errors
    ///
    /// Those of [`FsDoor::write`] that can be foreseen.
    pub fn foresee(
        &self,
        path: &str,
        content: &Document,
        attributes: &Attributes,
        vault: &Vault,
    ) -> Result<Written, FsError> {
        let asked = self.ask(path, content, attributes, vault)?;
        replace::foresee(&asked.directory, &asked.place, &asked.bytes, &asked.wanted)
    }

    fn ask(
        &self,
        path: &str,
        content: &Document,
        attributes: &Attributes,
        vault: &Vault,
    ) -> Result<Asked, FsError> {
        let (root, parent, name) = self.place(path)?;
        check_mode(path, attributes.mode, has_sealed(content))?;
        let wanted = owner::Wanted::resolve(attributes)?;
        let bytes = vault.fill(content).map_err(|error| FsError::Invalid(format!("{path}: {error}")))?;
        let (directory, inode) = beneath::open_directory(&root.handle, &parent)
            .and_then(|directory| fstat(&directory).map(|stat| (directory, stat.st_ino)))
            .map_err(|error| beneath::explain(path, error))?;
        let place = Place { root: root.path.clone(), parent, name, directory: inode };
        Ok(Asked { place, directory, bytes, wanted })
    }

    /// The prefix, the directory below it and the name.
    fn place(&self, path: &str) -> Result<(&Root, PathBuf, String), FsError> {
        let asked: PathPrefix =
            path.parse().map_err(|error| FsError::Denied(format!("{path:?}: {error}")))?;
        let root = self.roots.iter().find(|root| root.prefix.covers(&asked)).ok_or_else(|| {
            FsError::Denied(format!(
                "{path} lies outside what the connector declared and the operator granted"
            ))
        })?;
        let below = asked.as_path().strip_prefix(&root.path).unwrap_or(Path::new(""));
        let name = below.file_name().and_then(|name| name.to_str());
        let (Some(name), false) = (name, asked.is_directory()) else {
            return Err(FsError::Invalid(format!("{path} names a directory: name a file")));
        };
        if name.starts_with(OWN_NAMES) {
            return Err(FsError::Invalid(format!(
                "{path}: names that begin with {OWN_NAMES} are the host's"
            )));
        }
        let parent = below.parent().unwrap_or(Path::new("")).to_owned();
        Ok((root, parent, name.to_owned()))
    }
}

fn open_root(prefix: &PathPrefix) -> Result<Root, FsError> {
    let path = if prefix.is_directory() {
        prefix.as_path().to_owned()
    } else {
        prefix.as_path().parent().unwrap_or(Path::new("/")).to_owned()
    };
    let handle = Dir::open_ambient_dir(&path, ambient_authority())
        .map_err(|error| FsError::Io(format!("the granted directory {}: {error}", path.display())))?;
    Ok(Root { prefix: prefix.clone(), path, handle })
}

fn check_mode(path: &str, mode: u32, sealed: bool) -> Result<(), FsError> {
    if mode & !0o666 != 0 {
        return Err(FsError::Invalid(format!(
            "{path}: mode {mode:04o} has more than read and write bits: a credential is not a program"
        )));
    }
    if mode & 0o002 != 0 {
        return Err(FsError::Invalid(format!("{path}: mode {mode:04o} lets everybody write")));
    }
    if sealed && mode & 0o007 != 0 {
        return Err(FsError::Denied(format!(
            "{path}: mode {mode:04o} lets everybody read a sealed part: use 0600 or 0640"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
