//! What the double's network answers to which request.

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, VecDeque};
use alloc::string::String;
use alloc::vec::Vec;

use super::Double;
use crate::{NetError, Response};

type Answer = Result<Response, NetError>;

/// Answers in order, and answers by request.
#[derive(Debug, Default)]
pub struct Script {
    pub(super) in_order: VecDeque<Answer>,
    by_line: BTreeMap<String, VecDeque<Answer>>,
}

impl Script {
    /// One more answer for a request line, such as `GET /path`.
    fn add(&mut self, line: &str, answer: Answer) {
        self.by_line.entry(line.to_owned()).or_default().push_back(answer);
    }

    /// What was written down for this very line, or for its path without the query; then what comes next in order.
    pub(super) fn answer(&mut self, line: &str) -> Answer {
        let path = line.split('?').next().unwrap_or(line);
        let key = if self.by_line.contains_key(line) { line } else { path };
        if let Some(answers) = self.by_line.get_mut(key) {
            // The last one is the state that stays.
            let last = answers.len() == 1;
            let answer = if last { answers.front().cloned() } else { answers.pop_front() };
            return answer.unwrap_or_else(|| unscripted(line));
        }
        self.in_order.pop_front().unwrap_or_else(|| unscripted(line))
    }
}

fn unscripted(line: &str) -> Answer {
    Err(NetError::Unreachable(alloc::format!("the test wrote down no answer to {line}")))
}

impl Double {
    /// Lets this request (`GET /path`, with its query or without) be answered so. Several answers are given in turn, and the last one
    /// stays.
    pub fn on(&mut self, line: &str, status: u16, body: &str) {
        self.on_with(line, status, &[], body);
    }

    /// The same with headers.
    pub fn on_with(&mut self, line: &str, status: u16, headers: &[(&str, &str)], body: &str) {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let response = Response { status, headers, body: body.as_bytes().to_vec() };
        self.responses.borrow_mut().add(line, Ok(response));
    }

    /// Lets this request fail so.
    pub fn on_error(&mut self, line: &str, error: NetError) {
        self.responses.borrow_mut().add(line, Err(error));
    }

    /// The requests, in order, as `METHOD /path`.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        self.requests.borrow().iter().map(|sent| sent.line.clone()).collect()
    }

    /// The requests that are no GET and none of these harmless ones (a login, a logout; without their query): what a second run of
    /// the same deployment must not have.
    #[must_use]
    pub fn changes(&self, harmless: &[&str]) -> Vec<String> {
        let changes = |line: &String| {
            let path = line.split('?').next().unwrap_or(line);
            !line.starts_with("GET ") && !harmless.contains(&path)
        };
        self.lines().into_iter().filter(changes).collect()
    }
}
