//! What came back, and reading it.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::de::DeserializeOwned;

use crate::http::call::Call;
use crate::http::xml::Document;
use crate::{Failure, Response};

/// As much of an answer as an error repeats.
const EXCERPT: usize = 300;

/// An answer. Its errors name the call, and are `uncertain` after a change.
#[derive(Clone)]
pub struct Answer {
    line: String,
    changes: bool,
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
    pub(crate) says: String,
    /// Sessions' tokens, which a target may repeat and nobody should read.
    pub(crate) hidden: Vec<String>,
}

/// Without headers and body: the answer to a login holds a token.
impl core::fmt::Debug for Answer {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}: {}", self.line, self.status)
    }
}

impl Answer {
    pub(crate) fn new(call: &Call, response: Response) -> Self {
        let Response { status, headers, body } = response;
        let body = String::from_utf8(body)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        let (line, changes) = (call.line(), call.is_change());
        Self { line, changes, status, headers, body, says: String::new(), hidden: Vec::new() }
    }

    /// The status code.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The first header of this name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The value of the cookie that it sets.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let set = self.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case("set-cookie"));
        set.filter_map(|(_, value)| value.split(';').next()?.split_once('='))
            .find_map(|(known, value)| (known.trim() == name).then_some(value.trim()))
    }

    /// The seconds of its `Retry-After`.
    #[must_use]
    pub fn retry_after(&self) -> Option<u32> {
        self.header("retry-after")?.trim().parse().ok()
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.body
    }

    /// The body as JSON.
    ///
    /// # Errors
    ///
    /// It is something else, or cut short: `unavailable`, and `uncertain` after a change.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        // The body itself is not repeated: the answer to a login holds a token.
        serde_json::from_str(&self.body).map_err(|error| self.unreadable("JSON", &error.to_string()))
    }

    /// The body as XML.
    ///
    /// # Errors
    ///
    /// As [`Answer::json`].
    pub fn xml(&self) -> Result<Document<'_>, Failure> {
        Document::parse(&self.body).map_err(|error| self.unreadable("XML", &error.to_string()))
    }

    /// The failure of an answer that lacks what it should hold, as in "no token".
    #[must_use]
    pub fn lacks(&self, what: &str) -> Failure {
        self.open(format!("{}: answered {} without {what}", self.line, self.status))
    }

    /// What it refused and why, for people: the call, the status and the target's own words.
    #[must_use]
    pub fn complaint(&self) -> String {
        let said = match self.says.trim() {
            "" if self.is_html() => "a page of HTML",
            // Half of the answer to a login holds a token.
            "" if (200..300).contains(&self.status) => "an answer that says something else",
            "" => self.body.trim(),
            says => says,
        };
        let said = self.hidden.iter().fold(said.to_string(), |said, token| said.replace(token, "[session]"));
        let excerpt: String = said.chars().take(EXCERPT).collect();
        format!("{}: {} {excerpt}", self.line, self.status).trim_end().to_string()
    }

    /// Whether the body is a page for people: a proxy's, a login's, that of a device that restarts.
    #[must_use]
    pub fn is_html(&self) -> bool {
        let start: String = self.body.trim_start().chars().take(14).collect();
        let start = start.to_ascii_lowercase();
        start.starts_with("<!doctype html") || start.starts_with("<html")
    }

    /// The verdict of the status alone.
    #[must_use]
    pub fn by_status(&self) -> super::Verdict {
        super::verdict::by_status(self.status, self.retry_after().is_some())
    }

    /// A read without an answer can be repeated; after a change nobody knows.
    pub(crate) fn open(&self, text: String) -> Failure {
        if self.changes { Failure::Uncertain(text) } else { Failure::Unavailable((text, self.retry_after())) }
    }

    fn unreadable(&self, wanted: &str, error: &str) -> Failure {
        let got = match self.body.trim() {
            "" => "nothing".to_string(),
            _ if self.is_html() => "HTML".to_string(),
            _ => format!("something else ({error})"),
        };
        self.open(format!("{}: answered {} with {got} instead of {wanted}", self.line, self.status))
    }
}
