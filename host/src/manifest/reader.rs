//! Walks the file: a node knows its key's path and its place; a table knows which of its keys were taken.

use std::cell::RefCell;
use std::ops::Range;

use toml_edit::{Item, TableLike, Value};

use super::Faults;

/// A value with its place.
#[derive(Clone)]
pub(super) struct Node<'a> {
    pub(super) key: String,
    pub(super) item: &'a Item,
    span: Option<Range<usize>>,
}

/// An entry of a list: its key's path, its place, its value.
pub(super) type Entry = (String, Option<Range<usize>>, Value);

/// A table whose keys are taken one by one.
pub(super) struct Keys<'a> {
    node: Node<'a>,
    table: &'a dyn TableLike,
    known: RefCell<Vec<&'static str>>,
}

impl<'a> Node<'a> {
    pub(super) fn root(item: &'a Item) -> Self {
        Self { key: String::new(), item, span: Some(0..0) }
    }

    pub(super) fn fault(&self, faults: &mut Faults, message: &str, instead: &str) {
        faults.add(self.span.clone(), &self.key, message, instead);
    }

    fn wrong<T>(&self, faults: &mut Faults, wanted: &str) -> Option<T> {
        let message = format!("this is {}", kind(self.item));
        self.fault(faults, &message, wanted);
        None
    }

    pub(super) fn text(&self, faults: &mut Faults, wanted: &str) -> Option<String> {
        self.item.as_str().map(str::to_owned).or_else(|| self.wrong(faults, wanted))
    }

    pub(super) fn flag(&self, faults: &mut Faults) -> Option<bool> {
        self.item.as_bool().or_else(|| self.wrong(faults, "true or false"))
    }

    /// A whole number from `least` to `most`.
    pub(super) fn number(&self, faults: &mut Faults, least: u64, most: u64) -> Option<u64> {
        let wanted = format!("a whole number from {least} to {most}");
        let Some(number) = self.item.as_integer() else { return self.wrong(faults, &wanted) };
        match u64::try_from(number) {
            Ok(number) if (least..=most).contains(&number) => Some(number),
            _ => {
                self.fault(faults, &format!("{number} is out of range"), &wanted);
                None
            }
        }
    }

    pub(super) fn list(&self, faults: &mut Faults, wanted: &str) -> Option<Vec<Entry>> {
        let Some(array) = self.item.as_array() else { return self.wrong(faults, wanted) };
        let entry =
            |(index, value): (usize, &Value)| (format!("{}[{index}]", self.key), value.span(), value.clone());
        Some(array.iter().enumerate().map(entry).collect())
    }

    pub(super) fn table(&self, faults: &mut Faults, wanted: &str) -> Option<Keys<'a>> {
        match self.item.as_table_like() {
            Some(table) => Some(Keys { node: self.clone(), table, known: RefCell::default() }),
            None => self.wrong(faults, wanted),
        }
    }
}

impl<'a> Keys<'a> {
    pub(super) fn get(&self, key: &'static str) -> Option<Node<'a>> {
        self.known.borrow_mut().push(key);
        self.node_of(key)
    }

    pub(super) fn required(&self, faults: &mut Faults, key: &'static str, wanted: &str) -> Option<Node<'a>> {
        let node = self.get(key);
        if node.is_none() {
            self.node.fault(faults, &format!("`{key}` is missing"), &format!("{key} = {wanted}"));
        }
        node
    }

    /// Every key, where the operator chooses the names.
    pub(super) fn named(&self) -> Vec<(String, Node<'a>)> {
        self.table.iter().filter_map(|(key, _)| Some((key.to_owned(), self.node_of(key)?))).collect()
    }

    fn node_of(&self, key: &str) -> Option<Node<'a>> {
        let (written, item) = self.table.get_key_value(key)?;
        let dot = if self.node.key.is_empty() { "" } else { "." };
        let span = item.as_value().and_then(Value::span).or_else(|| written.span()).or_else(|| item.span());
        Some(Node { key: format!("{}{dot}{key}", self.node.key), item, span })
    }

    /// A key that nobody took is a fault.
    pub(super) fn finish(self, faults: &mut Faults) {
        let known = self.known.into_inner();
        for (key, _) in self.table.iter() {
            if known.contains(&key) {
                continue;
            }
            let span = self
                .table
                .get_key_value(key)
                .and_then(|(written, item)| written.span().or_else(|| item.span()));
            let dot = if self.node.key.is_empty() { "" } else { "." };
            let near = known
                .iter()
                .min_by_key(|known| distance(known, key))
                .filter(|known| distance(known, key) <= 3);
            let instead = match near {
                Some(near) => format!("`{near}`"),
                None => format!("one of {}", known.join(", ")),
            };
            faults.add(span, &format!("{}{dot}{key}", self.node.key), "unknown key", &instead);
        }
    }
}

fn kind(item: &Item) -> &'static str {
    match item.type_name() {
        "string" => "a string",
        "integer" => "a whole number",
        "float" => "a number with a point",
        "boolean" => "true or false",
        "datetime" => "a date",
        "array" => "a list",
        "inline table" | "table" => "a table",
        _ => "a list of tables",
    }
}

/// Levenshtein's distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut next = vec![i + 1];
        for ((y, above_left), above) in b.iter().zip(&row).zip(row.iter().skip(1)) {
            let left = next.last().copied().unwrap_or_default();
            next.push((above_left + usize::from(x != *y)).min(above + 1).min(left + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}
