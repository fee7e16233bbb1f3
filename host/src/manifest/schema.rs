//! Every key of plugins.toml, in one table: what it holds, its default, what it means.
//!
//! The checks for unknown keys, types and ranges read this table, and so does the test that holds
//! `docs/plugins-toml.md` to it. `NAME` in a path stands for a name that the operator chooses.

use std::fmt;

/// What a key holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A string.
    Text,
    /// A path; a relative one is resolved against the directory of plugins.toml.
    Path,
    /// `true` or `false`.
    Flag,
    /// An integer in this range, ends included.
    Count(u64, u64),
    /// One of these strings.
    Choice(&'static [&'static str]),
    /// A list of strings.
    Texts,
    /// One string or a list of strings.
    TextOrTexts,
    /// A list of lists of strings.
    Lines,
    /// A table whose content is the connector's own.
    Free,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text => f.write_str("string"),
            Self::Path => f.write_str("path"),
            Self::Flag => f.write_str("boolean"),
            Self::Count(least, most) if least == most => write!(f, "integer, {least}"),
            Self::Count(least, most) => write!(f, "integer, {least} to {most}"),
            Self::Choice(words) => {
                let quoted: Vec<String> = words.iter().map(|word| format!("`\"{word}\"`")).collect();
                f.write_str(&quoted.join(", "))
            }
            Self::Texts => f.write_str("list of strings"),
            Self::TextOrTexts => f.write_str("string or list of strings"),
            Self::Lines => f.write_str("list of lists of strings"),
            Self::Free => f.write_str("table"),
        }
    }
}

/// One key.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Its place, from the top of the file.
    pub path: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// What holds without it, or [`REQUIRED`].
    pub default: &'static str,
    /// What it counts; empty where it counts nothing.
    pub unit: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// A line as it may stand in the file.
    pub example: &'static str,
}

/// The default of a key that must be there if its table is.
pub const REQUIRED: &str = "required";

impl Key {
    /// Whether it must be there if its table is.
    #[must_use]
    pub fn is_required(&self) -> bool {
        self.default == REQUIRED
    }

    /// Its row in `docs/plugins-toml.md`.
    #[must_use]
    pub fn row(&self) -> String {
        let Self { path, kind, default, unit, meaning, example } = self;
        let unit = if unit.is_empty() { "–" } else { unit };
        format!("| `{path}` | {kind} | {default} | {unit} | {meaning} | `{example}` |")
    }
}

/// All keys, in the order in which the reference lists them.
pub fn keys() -> impl Iterator<Item = &'static Key> {
    super::keys::TOP.iter().chain(super::keys::PLUGIN).chain(super::keys::LIMITS).chain(super::keys::TARGET)
}

/// The key at this path.
#[must_use]
pub fn find(path: &str) -> Option<&'static Key> {
    keys().find(|key| key.path == path)
}

/// The names that may stand in the table at `path`; empty for what is no table.
#[must_use]
pub fn names(path: &str) -> Vec<&'static str> {
    let mut names = Vec::new();
    for key in keys() {
        let Some(rest) = below(key.path, path) else { continue };
        let name = rest.split('.').next().unwrap_or(rest);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The path of `name` in the table at `path`, if it may stand there.
#[must_use]
pub fn step(path: &str, name: &str) -> Option<String> {
    let known = names(path);
    let found =
        known.iter().find(|&&known| known == name).or_else(|| known.iter().find(|&&known| known == NAME));
    found.map(|found| join(path, found))
}

/// Stands for a name that the operator chooses.
pub const NAME: &str = "NAME";

/// `path` and one more name.
#[must_use]
pub fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn below<'a>(key: &'a str, path: &str) -> Option<&'a str> {
    if path.is_empty() { Some(key) } else { key.strip_prefix(path)?.strip_prefix('.') }
}
