//! What is wrong with a file, at which line and column, and what to write instead.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::Serialize;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// From 1; 0 where the whole file is at fault.
    pub line: usize,
    /// From 1, in characters; 0 where the whole file is at fault.
    pub column: usize,
    /// The key, from the top of the file; empty where no key is at fault.
    pub key: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub instead: String,
}

/// Everything that is wrong with one file, in the file's order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faults {
    path: PathBuf,
    list: Vec<Fault>,
}

impl Faults {
    /// One fault of the whole file.
    pub(super) fn whole(path: &Path, message: String, instead: &str) -> Self {
        let instead = instead.to_owned();
        Self {
            path: path.to_owned(),
            list: vec![Fault { line: 0, column: 0, key: String::new(), message, instead }],
        }
    }

    /// Each of them.
    #[must_use]
    pub fn list(&self) -> &[Fault] {
        &self.list
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for fault in &self.list {
            write!(f, "{}:", self.path.display())?;
            if fault.line > 0 {
                write!(f, "{}:{}:", fault.line, fault.column)?;
            }
            if !fault.key.is_empty() {
                write!(f, " {}:", fault.key)?;
            }
            writeln!(f, " {}; {}", fault.message, fault.instead)?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}

/// Collects faults while a text is read.
pub(super) struct Report<'a> {
    text: &'a str,
    lines: Vec<usize>,
    list: Vec<Fault>,
}

impl<'a> Report<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let ends = text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n');
        let lines = std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect();
        Self { text, lines, list: Vec::new() }
    }

    /// A fault of `key` at this place.
    pub(super) fn add(
        &mut self,
        at: &Range<usize>,
        key: &str,
        message: impl Into<String>,
        instead: impl Into<String>,
    ) {
        let (line, column) = self.place(at.start);
        let key = key.to_owned();
        self.list.push(Fault { line, column, key, message: message.into(), instead: instead.into() });
    }

    /// Line and column of a byte, from 1.
    pub(super) fn place(&self, at: usize) -> (usize, usize) {
        let line = self.lines.partition_point(|&start| start <= at);
        let start = line.checked_sub(1).and_then(|index| self.lines.get(index)).copied().unwrap_or(0);
        let before =
            self.text.get(start..at).map_or(0, |text| text.trim_start_matches('\u{feff}').chars().count());
        (line, before + 1)
    }

    /// Drops all but the first fault of each line and says so if there were more than `most`.
    pub(super) fn first_of_each_line(&mut self, most: usize) {
        self.list.sort_by_key(|fault| (fault.line, fault.column));
        self.list.dedup_by_key(|fault| fault.line);
        if self.list.len() > most {
            let hidden = self.list.len() - most;
            self.list.truncate(most);
            if let Some(last) = self.list.last_mut() {
                last.instead.push_str(&format!(" ({hidden} more lines are at fault)"));
            }
        }
    }

    /// All of them, in the file's order.
    pub(super) fn finish(mut self, path: &Path) -> Faults {
        self.list.sort_by_key(|fault| (fault.line, fault.column));
        Faults { path: path.to_owned(), list: self.list }
    }
}
