//! A value of the file together with its key's name, place and full path.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeInteger, DeValue};

/// One value. What it does not hold in the asked type is answered as absent: `check` has reported it.
#[derive(Clone)]
pub(super) struct Node<'a> {
    /// The last name of the path; empty in a list.
    pub(super) name: &'a str,
    /// From the top of the file, as a fault names it.
    pub(super) path: String,
    /// Where the key stands; in a list, where the value stands.
    pub(super) key_at: Range<usize>,
    /// The value.
    pub(super) value: &'a Spanned<DeValue<'a>>,
}

impl<'a> Node<'a> {
    /// The whole file.
    pub(super) fn root(value: &'a Spanned<DeValue<'a>>) -> Self {
        Self { name: "", path: String::new(), key_at: 0..0, value }
    }

    /// Where the value stands; a table's own header is its key.
    pub(super) fn at(&self) -> Range<usize> {
        if self.value.get_ref().is_table() { self.key_at.clone() } else { self.value.span() }
    }

    /// The entries of a table.
    pub(super) fn entries(&self) -> Vec<Node<'a>> {
        let Some(table) = self.value.get_ref().as_table() else { return Vec::new() };
        table.iter().map(|(key, value)| self.entry(key.get_ref(), key.span(), value)).collect()
    }

    fn entry(&self, name: &'a str, key_at: Range<usize>, value: &'a Spanned<DeValue<'a>>) -> Node<'a> {
        let shown = show(name);
        let path = if self.path.is_empty() { shown } else { format!("{}.{shown}", self.path) };
        Node { name, path, key_at, value }
    }

    /// One entry of a table.
    pub(super) fn get(&self, name: &str) -> Option<Node<'a>> {
        self.entries().into_iter().find(|entry| entry.name == name)
    }

    /// The values of a list.
    pub(super) fn items(&self) -> Vec<Node<'a>> {
        let Some(list) = self.value.get_ref().as_array() else { return Vec::new() };
        let item = |(index, value): (usize, &'a Spanned<DeValue<'a>>)| Node {
            name: "",
            path: format!("{}[{index}]", self.path),
            key_at: value.span(),
            value,
        };
        list.iter().enumerate().map(item).collect()
    }

    pub(super) fn text(&self) -> Option<&'a str> {
        self.value.get_ref().as_str()
    }

    /// The text of an entry.
    pub(super) fn text_of(&self, name: &str) -> Option<&'a str> {
        self.get(name)?.text()
    }

    /// The flag of an entry; absent is `false`.
    pub(super) fn flag_of(&self, name: &str) -> bool {
        self.get(name).and_then(|entry| entry.value.get_ref().as_bool()).unwrap_or(false)
    }

    /// The count of an entry.
    pub(super) fn count_of(&self, name: &str, default: u64) -> u64 {
        let entry = self.get(name);
        entry.and_then(|entry| entry.value.get_ref().as_integer().and_then(unsigned)).unwrap_or(default)
    }
}

/// An integer that is not negative.
pub(super) fn unsigned(integer: &DeInteger<'_>) -> Option<u64> {
    u64::from_str_radix(integer.as_str(), integer.radix()).ok()
}

/// A key as it may stand in the file.
pub(super) fn show(name: &str) -> String {
    let bare = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if bare { name.to_owned() } else { format!("{name:?}") }
}
