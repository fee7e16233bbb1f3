//! No key, no password and no session's token in any log, receipt, history or journal.

use std::fs;
use std::path::{Path, PathBuf};

use super::ward::Ward;
use crate::room::Pair;

pub(super) fn nowhere(ward: &mut Ward, new: &[Pair]) {
    let needles = needles(ward, new);
    let searched = [files(&ward.room.file("state")), files(&ward.room.file("log"))].concat();
    for name in ["log/worker", "log/lastmile", "state/outbox.sqlite"] {
        assert!(searched.contains(&ward.room.file(name)), "{name} is not there to be searched");
    }
    let chatty = fs::read_to_string(ward.room.file("log/worker")).unwrap();
    assert!(chatty.matches("TRACE").count() > 100, "the log is not as chatty as it can be");
    for path in searched {
        let content = fs::read(&path).unwrap();
        for (name, needle) in &needles {
            assert!(!contains(&content, needle), "{} holds {name}", path.display());
        }
        assert!(!contains(&content, b"PRIVATE KEY-----"), "{} holds a private key", path.display());
    }
}

/// What must not be found, by a name that may be printed.
fn needles(ward: &mut Ward, new: &[Pair]) -> Vec<(String, Vec<u8>)> {
    let mut needles = Vec::new();
    for pair in new {
        let (_, key) = pair.texts();
        let body: Vec<&str> = key.lines().filter(|line| line.len() == 64).collect();
        // An RSA key begins with what its certificate says as well.
        for line in body.iter().rev().take(body.len().div_ceil(2)) {
            needles.push((format!("a line of {}", pair.key.display()), line.as_bytes().to_vec()));
        }
    }
    for (name, value) in ward.subject.secrets {
        needles.push((format!("the secret {name}"), value.as_bytes().to_vec()));
        needles.push((format!("the secret {name}, escaped"), format!("{value:?}").trim_matches('"').into()));
    }
    let tokens = ward.fake.tokens(&ward.room);
    assert_eq!(tokens.is_empty(), ward.subject.sessionless, "session tokens");
    needles.extend(tokens.into_iter().map(|token| ("a session's token".to_owned(), token.into_bytes())));
    needles
}

fn files(below: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(below).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false if path.is_file() => found.push(path),
            false => {}
        }
    }
    found
}

/// Linear: the log of a trial has megabytes.
fn contains(content: &[u8], needle: &[u8]) -> bool {
    let Some(first) = needle.first() else { return false };
    let mut rest = content;
    while let Some(at) = rest.iter().position(|byte| byte == first) {
        rest = &rest[at..];
        if rest.starts_with(needle) {
            return true;
        }
        rest = &rest[1..];
    }
    false
}
