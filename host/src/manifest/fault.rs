//! Faults, each at its place and with what to write instead.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::Serialize;

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// The key's path.
    pub key: String,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub instead: String,
}

/// Every fault of a file.
#[derive(Clone, Debug)]
pub struct Faults {
    path: PathBuf,
    text: String,
    list: Vec<Fault>,
}

impl Faults {
    pub(super) fn new(path: &Path, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned(), list: Vec::new() }
    }

    pub(super) fn of_file(path: &Path, message: String) -> Self {
        let fault = Fault { line: 0, column: 0, key: String::new(), message, instead: String::new() };
        Self { path: path.to_owned(), text: String::new(), list: vec![fault] }
    }

    pub(super) fn add(&mut self, span: Option<Range<usize>>, key: &str, message: &str, instead: &str) {
        let before = self.text.get(..span.map_or(0, |span| span.start)).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let fault = Fault {
            line,
            column,
            key: key.to_owned(),
            message: message.to_owned(),
            instead: instead.to_owned(),
        };
        if !self.list.contains(&fault) {
            self.list.push(fault);
        }
    }

    pub(super) fn sorted(mut self) -> Self {
        self.list.sort_by_key(|fault| (fault.line, fault.column));
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The faults in the order of their lines.
    #[must_use]
    pub fn list(&self) -> &[Fault] {
        &self.list
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for fault in &self.list {
            write!(f, "{}", self.path.display())?;
            if fault.line > 0 {
                write!(f, ":{}:{}", fault.line, fault.column)?;
            }
            if !fault.key.is_empty() {
                write!(f, ": {}", fault.key)?;
            }
            write!(f, ": {}", fault.message)?;
            if !fault.instead.is_empty() {
                write!(f, "; write {}", fault.instead)?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}
