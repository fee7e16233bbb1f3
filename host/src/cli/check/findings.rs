//! What was found, each at its line.

use lastmile::manifest::{Fault, Survey};

use crate::cli::text::printable;

/// A connector may say a lot; an operator reads this much of each.
const MESSAGE: usize = 500;

/// Faults and warnings in one shape.
pub(super) struct Findings<'a> {
    pub(super) survey: &'a Survey,
    pub(super) faults: Vec<Fault>,
    pub(super) warnings: Vec<Fault>,
}

impl<'a> Findings<'a> {
    /// Begins with what is wrong with the file itself.
    pub(super) fn new(survey: &'a Survey) -> Self {
        Self { survey, faults: survey.faults().to_vec(), warnings: Vec::new() }
    }

    /// Something that would make a deployment fail.
    pub(super) fn fault(&mut self, key: &str, message: impl AsRef<str>, instead: impl AsRef<str>) {
        self.faults.push(self.survey.fault(key, clean(message.as_ref()), printable(instead.as_ref())));
    }

    /// Something that is allowed and seldom meant.
    pub(super) fn warn(&mut self, key: &str, message: impl AsRef<str>, instead: impl AsRef<str>) {
        self.warnings.push(self.survey.fault(key, clean(message.as_ref()), printable(instead.as_ref())));
    }

    /// In the file's order, each once: two files may miss the same directory.
    pub(super) fn sort(&mut self) {
        for list in [&mut self.faults, &mut self.warnings] {
            list.sort_by_key(|fault| (fault.line, fault.column));
            list.dedup();
        }
    }
}

fn clean(message: &str) -> String {
    let text = printable(message.trim());
    match text.char_indices().nth(MESSAGE) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}
