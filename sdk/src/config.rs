//! A target's configuration: typed by serde, with every fault reported at once by its JSON pointer (RFC 6901).
//!
//! ```
//! use lastmile_sdk::config::Fields;
//!
//! let mut fields = Fields::parse(r#"{ "file": 7, "fiel": "x" }"#).unwrap();
//! let file: Option<String> = fields.required("file", "the path to write");
//! let problems = fields.finish().unwrap_err();
//! assert_eq!(problems.len(), 2);
//! assert_eq!(problems[0].pointer, "/file");
//! assert_eq!(problems[1].pointer, "/fiel");
//! ```

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::Problem;

mod endpoint;
mod name;

pub use name::NameRule;

/// The keys of a configuration, taken one by one.
#[derive(Debug)]
pub struct Fields {
    left: Map<String, Value>,
    known: Vec<&'static str>,
    problems: Vec<Problem>,
}

impl Fields {
    /// Reads the JSON object.
    ///
    /// # Errors
    ///
    /// It is no JSON object.
    pub fn parse(config: &str) -> Result<Self, Vec<Problem>> {
        match serde_json::from_str(config) {
            Ok(Value::Object(left)) => Ok(Self { left, known: Vec::new(), problems: Vec::new() }),
            Ok(_) => Err(vec![problem("", "the configuration must be a table")]),
            Err(error) => Err(vec![problem("", &format!("no JSON: {error}"))]),
        }
    }

    /// A key that must be there; `what` tells the operator what to write. `None` was reported.
    pub fn required<T: DeserializeOwned>(&mut self, key: &'static str, what: &str) -> Option<T> {
        let value = self.optional(key, what);
        if value.is_none() && !self.problems.iter().any(|known| known.pointer == pointer(key)) {
            self.fault(key, &format!("missing: write {what}"));
        }
        value
    }

    /// A key that may be there. `None` is absent, or was reported.
    pub fn optional<T: DeserializeOwned>(&mut self, key: &'static str, what: &str) -> Option<T> {
        self.known.push(key);
        let value = self.left.remove(key)?;
        match serde_json::from_value(value) {
            Ok(value) => Some(value),
            Err(error) => {
                self.fault(key, &format!("{error}; write {what}"));
                None
            }
        }
    }

    /// An absolute path of a file that must be there.
    pub fn path(&mut self, key: &'static str, what: &str) -> Option<String> {
        let path = self.required(key, what);
        self.check_path(key, path)
    }

    /// An absolute path of a file that may be there.
    pub fn optional_path(&mut self, key: &'static str, what: &str) -> Option<String> {
        let path = self.optional(key, what);
        self.check_path(key, path)
    }

    fn check_path(&mut self, key: &'static str, path: Option<String>) -> Option<String> {
        let path = path?;
        if path.starts_with('/') && !path.ends_with('/') {
            return Some(path);
        }
        self.fault(key, "write the absolute path of a file");
        None
    }

    /// Whether the key is there and nobody took it yet.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.left.contains_key(key)
    }

    /// A command line that may be there: an absolute program, then its arguments. An empty list is allowed: no
    /// command.
    pub fn optional_command(&mut self, key: &'static str) -> Option<Vec<String>> {
        let what = "a command line as a list, for example [\"/usr/bin/systemctl\", \"reload\", \"haproxy\"]";
        let argv: Vec<String> = self.optional(key, what)?;
        if argv.first().is_none_or(|program| program.starts_with('/')) {
            return Some(argv);
        }
        self.fault(key, &format!("the program must be an absolute path; write {what}"));
        None
    }

    /// Adds a problem that the types do not show.
    pub fn fault(&mut self, key: &str, message: &str) {
        self.problems.push(problem(&pointer(key), message));
    }

    /// Adds a problem deeper down, by its JSON pointer.
    pub fn fault_at(&mut self, pointer: &str, message: &str) {
        self.problems.push(problem(pointer, message));
    }

    /// What was found so far, where nothing more can be read.
    #[must_use]
    pub fn problems(self) -> Vec<Problem> {
        self.problems
    }

    /// Ends the reading: a key that nobody took is a fault, too.
    ///
    /// # Errors
    ///
    /// Every problem that was found.
    pub fn finish(mut self) -> Result<(), Vec<Problem>> {
        let known = self.known.join(", ");
        let unknown: Vec<String> = self.left.keys().map(ToOwned::to_owned).collect();
        for key in unknown {
            self.fault(&key, &format!("there is no such key; write one of {known}"));
        }
        if self.problems.is_empty() { Ok(()) } else { Err(self.problems) }
    }
}

fn pointer(key: &str) -> String {
    format!("/{}", key.replace('~', "~0").replace('/', "~1"))
}

fn problem(pointer: &str, message: &str) -> Problem {
    Problem { pointer: pointer.to_string(), message: message.to_string() }
}
