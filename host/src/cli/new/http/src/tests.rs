//! Against the SDK's double of the sandbox: answers are written down, requests are remembered.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use alloc::format;

use lastmile_sdk::testing::{Double, deployment};
use lastmile_sdk::{Connector, Failure, NetError};

use super::Mine;

const CONFIG: &str = r#"{ "endpoint": "https://it.example:8443" }"#;

fn sandbox() -> Double {
    Double::granting(Mine::capabilities(CONFIG).unwrap())
}

#[test]
fn it_asks_and_then_puts_the_key_that_it_never_sees() {
    let mut sandbox = sandbox();
    sandbox.answer(404, "");
    sandbox.answer(201, "");
    assert!(Mine::deploy(&mut sandbox, &deployment(CONFIG)).unwrap().changed);
    let requests = sandbox.requests.borrow();
    assert_eq!(requests[0].line, "GET /certificates/test-target");
    assert_eq!(requests[1].line, "PUT /certificates/test-target");
    assert!(requests[1].body.ends_with(r#""key":"«private key»"}"#));
}

#[test]
fn what_is_there_is_left_alone() {
    let mut sandbox = sandbox();
    sandbox.answer(200, &format!(r#"{{"fingerprint":"{}"}}"#, "00".repeat(32)));
    assert!(!Mine::deploy(&mut sandbox, &deployment(CONFIG)).unwrap().changed);
    assert_eq!(sandbox.requests.borrow().len(), 1);
}

#[test]
fn failures_say_who_is_at_fault() {
    let mut busy = sandbox();
    busy.answer(503, "later");
    assert!(matches!(Mine::deploy(&mut busy, &deployment(CONFIG)), Err(Failure::Unavailable(_))));
    let mut refusing = sandbox();
    refusing.answer(404, "");
    refusing.answer(422, "no");
    assert!(matches!(Mine::deploy(&mut refusing, &deployment(CONFIG)), Err(Failure::Rejected(_))));
    let mut cut = sandbox();
    cut.answer(404, "");
    cut.fail(NetError::Unreachable("cut".into()));
    assert!(matches!(Mine::deploy(&mut cut, &deployment(CONFIG)), Err(Failure::Uncertain(_))));
}
