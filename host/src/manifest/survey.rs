//! The file as far as it can be read: one fault must not hide what plugins and targets would say.

use std::path::Path;

use super::fault::{Fault, Faults};
use super::node::show;
use super::places::Places;
use super::{Manifest, read};

/// A file with its faults, and what could be read in spite of them.
#[derive(Debug)]
pub struct Survey {
    pub(super) manifest: Option<Manifest>,
    pub(super) places: Places,
    pub(super) faults: Faults,
}

/// Reads the file at `path` as far as that is possible. Nothing else is opened.
#[must_use]
pub fn survey(path: &Path) -> Survey {
    match read::text(path) {
        Ok(text) => read::survey(path, &text),
        Err(faults) => Survey::unread(faults),
    }
}

/// A key by its names, as faults show it.
#[must_use]
pub fn key(names: &[&str]) -> String {
    names.iter().map(|name| show(name)).collect::<Vec<_>>().join(".")
}

impl Survey {
    /// A file of which nothing can be told but its faults.
    pub(super) fn unread(faults: Faults) -> Self {
        Self { manifest: None, places: Places::default(), faults }
    }

    /// What was read. What has faults holds a default there: ask [`Survey::is_sound`] first.
    #[must_use]
    pub const fn manifest(&self) -> Option<&Manifest> {
        self.manifest.as_ref()
    }

    /// The file's own faults.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        self.faults.list()
    }

    /// Whether nothing is wrong with this key, with what lies beneath it and with what it lies in.
    #[must_use]
    pub fn is_sound(&self, key: &str) -> bool {
        self.faults().iter().all(|fault| !within(&fault.key, key) && !within(key, &fault.key))
    }

    /// Whether the file has this key.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.places.has(key)
    }

    /// A fault of this key, at its line or at that of the table it would stand in.
    #[must_use]
    pub fn fault(&self, key: &str, message: impl Into<String>, instead: impl Into<String>) -> Fault {
        let (line, column) = self.places.nearest(key);
        Fault { line, column, key: key.to_owned(), message: message.into(), instead: instead.into() }
    }

    /// The key below `base` that a JSON pointer names.
    #[must_use]
    pub fn pointed(&self, base: &str, pointer: &str) -> String {
        self.places.pointed(base, pointer)
    }

    /// The manifest, if nothing is wrong with it.
    pub(super) fn finish(self) -> Result<Manifest, Faults> {
        match self.manifest {
            Some(manifest) if self.faults.list().is_empty() => Ok(manifest),
            _ => Err(self.faults),
        }
    }
}

/// Whether `key` is `base` or lies beneath it. The fault of no key is nobody's.
fn within(key: &str, base: &str) -> bool {
    !base.is_empty()
        && key.strip_prefix(base).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}
