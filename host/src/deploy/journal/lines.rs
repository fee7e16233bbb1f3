//! The file of a journal: lines, each of them durable before the next thing happens.
//!
//! The file has its room from the beginning, filled with NUL. A line that only overwrites some of it costs the
//! disk one write, where one that made the file longer would cost a change of the file system's own books, too.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

use super::DRAFT;
use super::record::Record;

/// Enough for what a deployment writes; a longer journal grows.
const ROOM: usize = 4096;

/// A journal that is being written.
pub(super) struct Lines {
    file: File,
    end: u64,
    /// A line could not be written: nobody knows what stands behind the end, and nothing more may stand there.
    torn: bool,
}

impl Lines {
    /// The file takes its name only once it holds its first records: a journal without one says nothing.
    pub(super) fn begin(path: &Path, first: &[Record]) -> io::Result<Self> {
        let draft = path.with_extension(DRAFT);
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
        let mut bytes = render(first)?;
        let end = bytes.len();
        bytes.resize(end.max(ROOM), 0);
        file.write_all_at(&bytes, 0)?;
        // The name may be that of a journal whose steps were taken: it must never stand for less than that one had.
        file.sync_data()?;
        fs::rename(&draft, path)?;
        File::open(path.parent().unwrap_or(path))?.sync_all()?;
        Ok(Self { file, end: end as u64, torn: false })
    }

    /// Returns once the lines are durable.
    pub(super) fn append(&mut self, records: &[Record]) -> io::Result<()> {
        if self.torn {
            return Err(io::Error::other("an earlier line could not be written"));
        }
        let bytes = render(records)?;
        self.torn = true;
        self.file.write_all_at(&bytes, self.end)?;
        self.file.sync_data()?;
        self.end += bytes.len() as u64;
        self.torn = false;
        Ok(())
    }
}

fn render(records: &[Record]) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for record in records {
        serde_json::to_writer(&mut bytes, record)?;
        bytes.push(b'\n');
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    fn note(note: &str) -> Record {
        Record::Note { note: note.to_owned() }
    }

    #[test]
    fn nothing_follows_a_line_that_could_not_be_written() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("7-3-lane");
        let mut lines = Lines::begin(&path, &[note("first")]).unwrap();
        let writable = std::mem::replace(&mut lines.file, File::open(&path).unwrap());
        lines.append(&[note("not written, and longer")]).unwrap_err();
        lines.file = writable;
        let before = fs::read(&path).unwrap();
        let told = lines.append(&[Record::Commit]).unwrap_err().to_string();
        assert_eq!(
            (told.as_str(), fs::read(&path).unwrap()),
            ("an earlier line could not be written", before)
        );
    }

    #[test]
    fn a_journal_is_replaced_only_by_what_is_durable() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("7-3-lane");
        drop(Lines::begin(&path, &[note("first")]).unwrap());
        let before = fs::read(&path).unwrap();
        // It takes every byte and makes none durable.
        std::os::unix::fs::symlink("/dev/null", path.with_extension(DRAFT)).unwrap();
        assert!(Lines::begin(&path, &[note("first"), Record::Restored]).is_err());
        assert_eq!(fs::read(&path).unwrap(), before);
    }
}
