//! What wakes the worker, and who goes back beside it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use super::answer;
use super::bell::Bell;
use crate::outbox::{NewMessage, Payload, SqliteStore, Store};

/// Far beyond what any of these waits takes, and far below what a test runner waits.
const LONG: Duration = Duration::from_secs(60);

fn message() -> NewMessage {
    NewMessage {
        event_id: "event".to_owned(),
        tenant: "default".to_owned(),
        target: "web".to_owned(),
        generation: None,
        fingerprint: "0".repeat(64),
        payload: Payload {
            version: 1,
            certificate: "-----BEGIN CERTIFICATE-----\n".to_owned(),
            chain: String::new(),
            key: "-----BEGIN AGE ENCRYPTED FILE-----\n".to_owned(),
            not_after: 0,
        },
    }
}

#[test]
fn an_ending_wakes_it_and_is_heard_once() {
    let bell = Bell::new(None).unwrap();
    bell.ring();
    bell.ring();
    let started = Instant::now();
    assert!(!bell.wait(LONG), "nothing was enqueued");
    assert!(started.elapsed() < LONG);
    let started = Instant::now();
    bell.wait(Duration::from_millis(20));
    assert!(started.elapsed() >= Duration::from_millis(20), "what was heard is over");
}

#[test]
fn another_programs_enqueue_wakes_it() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("outbox.sqlite");
    let ours = SqliteStore::open(&path).unwrap();
    let bell = Bell::new(ours.notices()).unwrap();
    let theirs = SqliteStore::open(&path).unwrap();
    while bell.wait(Duration::from_millis(20)) {}
    theirs.enqueue(&message()).unwrap();
    assert!(bell.wait(LONG));
    // The notice comes before the commit it announces; what was enqueued is there soon after.
    let until = Instant::now() + LONG;
    while ours.claim("owner", 1, LONG).unwrap().is_empty() {
        assert!(Instant::now() < until);
    }
}

#[test]
fn losses_that_were_told_together_are_answered_once() {
    let (lost, losses) = channel();
    (0..3).for_each(|_| lost.send(()).unwrap());
    let mut lost = Some(lost);
    let mut passes = 0;
    answer(&losses, || {
        passes += 1;
        // One more in the first pass, which may have come too late for it; then the worker ends.
        if let Some(lost) = lost.take() {
            lost.send(()).unwrap();
        }
    });
    assert_eq!(passes, 2);
}
