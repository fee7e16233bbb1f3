//! The lines of a journal.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::network::Told;
use crate::capability::process::ExecSettings;
use crate::capability::{Names, Place};

/// One step that is about to be taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum Record {
    /// A file is created or replaced.
    Replace {
        root: PathBuf,
        parent: PathBuf,
        name: String,
        directory: u64,
        fresh: String,
        old: String,
        existed: bool,
    },
    /// A command runs; after an undo this one tells the server.
    Exec { argv: Vec<String>, stdin: String, environment: BTreeMap<String, String>, run_as: Option<String> },
    /// The connector notes something for its way back, and this is what it was told.
    Told(Told),
    /// A request is about to be sent that changes something.
    Note { note: String },
    /// In an undo: the files are back and the commands were repeated. What is left is the connector's way back.
    Restored,
    /// The new state is final.
    Commit,
}

impl Record {
    pub(super) fn replace(place: &Place, names: &Names, existed: bool) -> Self {
        Self::Replace {
            root: place.root.clone(),
            parent: place.parent.clone(),
            name: place.name.clone(),
            directory: place.directory,
            fresh: names.fresh.clone(),
            old: names.old.clone(),
            existed,
        }
    }

    /// Whether the host itself can undo it.
    pub(super) const fn is_local(&self) -> bool {
        matches!(self, Self::Replace { .. } | Self::Exec { .. })
    }

    /// Whether this is about replacing that file where there is one.
    pub(super) fn is_replace_of(&self, place: &Place) -> bool {
        matches!(self, Self::Replace { root, parent, name, existed: true, .. }
            if *root == place.root && *parent == place.parent && *name == place.name)
    }

    pub(super) fn exec(argv: &[String], stdin: &str, settings: &ExecSettings) -> Self {
        Self::Exec {
            argv: argv.to_vec(),
            stdin: stdin.to_owned(),
            environment: settings.environment.clone(),
            run_as: settings.run_as.clone(),
        }
    }
}

/// The records of a journal. From a line without its end, or with a hole of NUL in it, nothing was durable in
/// full: its step was not taken.
pub(super) fn parse(bytes: &[u8]) -> serde_json::Result<Vec<Record>> {
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').and_then(|end| bytes.get(..end));
    let lines = whole.unwrap_or_default().split(|byte| *byte == b'\n').take_while(|line| !line.contains(&0));
    lines.filter(|line| !line.is_empty()).map(serde_json::from_slice).collect()
}
