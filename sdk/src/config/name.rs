//! Names of objects on a target, by the target's own rules.

use alloc::format;
use alloc::string::String;

use super::Fields;

/// What a target allows in a name.
#[derive(Clone, Copy, Debug)]
pub struct NameRule {
    /// Whether a character may stand in it.
    pub allows: fn(char) -> bool,
    /// The same for people, as in "letters, digits and -".
    pub said: &'static str,
    /// The most characters.
    pub at_most: usize,
}

impl NameRule {
    /// What is wrong with a name, and what to write instead.
    #[must_use]
    pub fn complaint(&self, name: &str) -> Option<String> {
        let length = name.chars().count();
        if length >= 1 && length <= self.at_most && name.chars().all(self.allows) {
            return None;
        }
        Some(format!("write a name of 1 to {} characters: {}", self.at_most, self.said))
    }
}

impl Fields {
    /// A name that must be there; `what` tells the operator of what.
    ///
    /// ```
    /// use lastmile_sdk::config::{Fields, NameRule};
    /// const RULE: NameRule =
    ///     NameRule { allows: |c| c.is_ascii_alphanumeric() || c == '-', said: "letters, digits and -", at_most: 31 };
    /// let mut fields = Fields::parse(r#"{ "profile": "a/b" }"#).unwrap();
    /// assert_eq!(fields.name("profile", "the name of the TLS profile", &RULE), None);
    /// assert_eq!(fields.problems()[0].message, "write a name of 1 to 31 characters: letters, digits and -");
    /// ```
    pub fn name(&mut self, key: &'static str, what: &str, rule: &NameRule) -> Option<String> {
        let name = self.required(key, what);
        self.check_name(key, name, rule)
    }

    /// A name that may be there.
    pub fn optional_name(&mut self, key: &'static str, what: &str, rule: &NameRule) -> Option<String> {
        let name = self.optional(key, what);
        self.check_name(key, name, rule)
    }

    fn check_name(&mut self, key: &'static str, name: Option<String>, rule: &NameRule) -> Option<String> {
        let name = name?;
        match rule.complaint(&name) {
            None => Some(name),
            Some(complaint) => {
                self.fault(key, &complaint);
                None
            }
        }
    }
}
