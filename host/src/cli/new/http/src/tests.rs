//! Against the SDK's double of the sandbox: answers are written down, requests are remembered.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use alloc::format;
use alloc::string::String;

use lastmile_sdk::testing::{Double, deployment};
use lastmile_sdk::{Connector, Failure, NetError};

use super::Mine;

const CONFIG: &str = r#"{ "host": "it.example" }"#;
const GET: &str = "GET /certificates/test-target";
const PUT: &str = "PUT /certificates/test-target";

fn sandbox() -> Double {
    Double::granting(Mine::capabilities(CONFIG).unwrap())
}

fn held() -> String {
    format!(r#"{{"fingerprint":"{}"}}"#, "00".repeat(32))
}

#[test]
fn it_asks_puts_the_key_that_it_never_sees_and_then_leaves_it_alone() {
    let mut sandbox = sandbox();
    sandbox.on(GET, 404, "");
    sandbox.on(PUT, 201, "");
    sandbox.on(GET, 200, &held());
    assert!(Mine::deploy(&mut sandbox, &deployment(CONFIG)).unwrap().changed);
    assert_eq!(sandbox.lines(), [GET, PUT, GET]);
    assert!(sandbox.requests.borrow()[1].body.ends_with(r#""key":"«private key»"}"#));
    assert!(!Mine::deploy(&mut sandbox, &deployment(CONFIG)).unwrap().changed);
    assert_eq!(sandbox.changes(&[]), [PUT], "once in two runs");
}

#[test]
fn failures_say_who_is_at_fault() {
    let mut down = sandbox();
    down.on(GET, 503, "later");
    assert!(matches!(Mine::deploy(&mut down, &deployment(CONFIG)), Err(Failure::Unavailable(_))));
    let mut refusing = sandbox();
    refusing.on(GET, 404, "");
    refusing.on(PUT, 422, "no");
    assert!(matches!(Mine::deploy(&mut refusing, &deployment(CONFIG)), Err(Failure::Rejected(_))));
}

#[test]
fn a_line_that_is_cut_behind_the_change_is_settled_by_asking() {
    let cut = || NetError::Unreachable("cut".into());
    let mut done = sandbox();
    done.on(GET, 404, "");
    done.on_error(PUT, cut());
    done.on(GET, 200, &held());
    assert!(Mine::deploy(&mut done, &deployment(CONFIG)).unwrap().changed);
    let mut unknown = sandbox();
    unknown.on(GET, 404, "");
    unknown.on_error(PUT, cut());
    unknown.on_error(GET, cut());
    assert!(matches!(Mine::deploy(&mut unknown, &deployment(CONFIG)), Err(Failure::Uncertain(_))));
}
