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
        fs::rename(&draft, path)?;
        // Nothing was done yet: which of content and name is durable first does not matter.
        file.sync_data()?;
        File::open(path.parent().unwrap_or(path))?.sync_all()?;
        Ok(Self { file, end: end as u64 })
    }

    /// Returns once the lines are durable.
    pub(super) fn append(&mut self, records: &[Record]) -> io::Result<()> {
        let bytes = render(records)?;
        self.file.write_all_at(&bytes, self.end)?;
        self.file.sync_data()?;
        self.end += bytes.len() as u64;
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
