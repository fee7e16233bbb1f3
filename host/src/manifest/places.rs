//! Where each key of a file stands: what a plugin or a target says later points at its line, too.

use std::collections::BTreeMap;

use super::fault::Report;
use super::node::{Node, show};

/// Line and column of every key and of every entry of a list, by its path from the top of the file.
#[derive(Clone, Debug, Default)]
pub(super) struct Places(BTreeMap<String, (usize, usize)>);

impl Places {
    pub(super) fn of(root: &Node<'_>, report: &Report<'_>) -> Self {
        let mut places = Self::default();
        places.add(root, report);
        places
    }

    fn add(&mut self, node: &Node<'_>, report: &Report<'_>) {
        for below in node.entries().iter().chain(&node.items()) {
            self.0.insert(below.path.clone(), report.place(below.key_at.start));
            self.add(below, report);
        }
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// The key's own place or, if the file does not have it, that of the table it would stand in.
    pub(super) fn nearest(&self, key: &str) -> (usize, usize) {
        let mut at = key;
        loop {
            if let Some(place) = self.0.get(at) {
                return *place;
            }
            match at.rfind(['.', '[']) {
                Some(end) => at = at.get(..end).unwrap_or_default(),
                None => return (1, 1),
            }
        }
    }

    /// The key below `base` that a JSON pointer (RFC 6901) names, whether or not the file has it.
    pub(super) fn pointed(&self, base: &str, pointer: &str) -> String {
        let mut key = base.to_owned();
        for name in pointer.split('/').skip(1) {
            let name = name.replace("~1", "/").replace("~0", "~");
            let item = format!("{key}[{name}]");
            key = if self.has(&item) { item } else { format!("{key}.{}", show(&name)) };
        }
        key
    }
}
