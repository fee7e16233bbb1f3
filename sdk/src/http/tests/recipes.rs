//! Waiting, sessions, jobs, reading back.

use super::*;
use crate::http::{Answer, parse_notes};

#[test]
fn a_busy_target_is_waited_for_and_then_given_up() {
    let mut sandbox = sandbox();
    sandbox.on("PUT /x", 429, "");
    sandbox.on_with("PUT /x", 429, &[("Retry-After", "7")], "");
    sandbox.on("PUT /x", 200, "");
    let mut api = api(&mut sandbox);
    api.call(Call::put("/x")).unwrap();
    assert!(api.changed());
    assert_eq!(*sandbox.waits.borrow(), [1000, 7000]);

    sandbox.on_with("GET /busy", 503, &[("retry-after", "2")], "");
    let mut api = Api::new(sandbox.dial(HERE).unwrap()).patient(Patience { tries: 3, first_ms: 5 });
    assert!(matches!(api.call(Call::get("/busy")), Err(Failure::Unavailable((_, Some(2))))));
    sandbox.on_with("GET /long", 429, &[("retry-after", "3600")], "");
    assert!(matches!(api.call(Call::get("/long")), Err(Failure::Unavailable((_, Some(3600))))));
    assert_eq!(sandbox.lines().iter().filter(|line| *line == "GET /busy").count(), 3);
    assert_eq!(sandbox.lines().last().unwrap(), "GET /long");
    assert_eq!(sandbox.waits.borrow().len(), 4, "an hour is for the next attempt");
}

#[test]
fn pauses_double() {
    let patience = Patience { tries: 5, first_ms: 1000 };
    let pauses: Vec<_> = (1..=5).map(|sent| patience.pause(sent, None)).collect();
    assert_eq!(pauses, [Some(1000), Some(2000), Some(4000), Some(8000), None]);
    assert_eq!(patience.pause(1, Some(0)), Some(100), "a target that says 0 is not asked in a loop");
}

fn over(answer: &Answer) -> Judged {
    if answer.status() == 401 { Verdict::SessionExpired.into() } else { answer.by_status().into() }
}

fn in_session(
    sandbox: &mut Double,
    work: impl FnMut(&mut Api<DoubleConnection>, &String) -> Result<bool, Failure>,
) -> Result<bool, Failure> {
    let login = |api: &mut Api<DoubleConnection>| {
        let token = String::from(api.call(Call::post("/login"))?.text());
        api.session_header("token", &token);
        Ok(token)
    };
    let logout = |api: &mut Api<DoubleConnection>, token: &String| {
        api.call(Call::delete(format!("/sessions/{token}")).harmless()).map(drop)
    };
    api(sandbox).judged_by(over).with_session(login, work, logout)
}

#[test]
fn a_session_is_closed_whatever_came_of_the_work() {
    for (status, closes) in [(200, 200), (422, 200), (200, 500)] {
        let mut sandbox = sandbox();
        sandbox.on("POST /login", 200, "a");
        sandbox.on("PUT /x", status, "");
        sandbox.on("DELETE /sessions/a", closes, "");
        let result = in_session(&mut sandbox, |api, _| api.call(Call::put("/x")).map(|_| api.changed()));
        assert_eq!(result.is_ok(), status == 200);
        assert_eq!(sandbox.lines(), ["POST /login", "PUT /x", "DELETE /sessions/a"]);
        assert_eq!(sandbox.requests.borrow()[2].headers["token"], "a");
    }
}

#[test]
fn a_session_that_ends_is_opened_once_more_and_what_was_done_is_remembered() {
    let mut sandbox = sandbox();
    sandbox.on("POST /login", 200, "a");
    sandbox.on("POST /login", 200, "b");
    sandbox.on("GET /x", 404, "");
    sandbox.on("GET /x", 200, "");
    sandbox.on("PUT /x", 200, "");
    sandbox.on("POST /save", 401, "");
    sandbox.on("POST /save", 200, "");
    sandbox.on("DELETE /sessions/b", 200, "");
    let changed = in_session(&mut sandbox, |api, _| {
        if api.find(Call::get("/x"))?.is_none() {
            api.call(Call::put("/x"))?;
        }
        api.call(Call::post("/save"))?;
        Ok(api.changed())
    });
    assert!(changed.unwrap(), "the second run found it done, by the first one");
    let requests = sandbox.requests.borrow();
    assert!(!requests[4].headers.contains_key("token"), "no login with a dead token");
    assert_eq!(requests.last().unwrap().line, "DELETE /sessions/b");
}

#[test]
fn a_session_that_is_over_behind_a_fresh_login_is_denied() {
    let mut sandbox = sandbox();
    sandbox.on("POST /login", 200, "a");
    sandbox.on("GET /x", 401, "");
    sandbox.on("DELETE /sessions/a", 200, "");
    let result = in_session(&mut sandbox, |api, _| api.call(Call::get("/x")).map(|_| true));
    assert!(matches!(result, Err(Failure::Denied(_))));
    assert_eq!(sandbox.lines().iter().filter(|line| *line == "POST /login").count(), 2);
}

#[test]
fn what_says_that_a_session_is_over_denies_whoever_has_none() {
    let mut sandbox = sandbox();
    sandbox.on("GET /x", 401, "");
    sandbox.on("POST /login", 401, "");
    assert!(matches!(api(&mut sandbox).judged_by(over).call(Call::get("/x")), Err(Failure::Denied(_))));
    assert!(matches!(in_session(&mut sandbox, |_, _| Ok(true)), Err(Failure::Denied(_))));
}

#[test]
fn a_job_is_asked_until_it_ends_also_over_a_cut() {
    let mut sandbox = sandbox();
    sandbox.on("GET /job", 200, "running");
    sandbox.on_error("GET /job", NetError::Unreachable("restarting".into()));
    sandbox.on("GET /job", 200, "done");
    let done =
        |api: &mut Api<DoubleConnection>| Ok((api.call(Call::get("/job"))?.text() == "done").then_some(1));
    assert_eq!(api(&mut sandbox).poll("the job", 500, 10, done).unwrap(), 1);
    assert_eq!(*sandbox.waits.borrow(), [500, 500]);

    sandbox.on("GET /slow", 200, "running");
    sandbox.on("PUT /x", 200, "");
    let slow = |api: &mut Api<DoubleConnection>| api.call(Call::get("/slow")).map(|_| None::<u32>);
    let mut api = api(&mut sandbox);
    assert!(matches!(api.poll("the job", 1, 3, slow), Err(Failure::Unavailable(_))));
    api.call(Call::put("/x")).unwrap();
    let late = api.poll("the job", 1, 3, slow).unwrap_err();
    assert!(
        matches!(late, Failure::Uncertain(text) if text == "the job has not come to an end after 3 looks")
    );
}

/// Looks for `new` at `/x`, and puts it there.
fn bring(sandbox: &mut Double) -> Result<(), Failure> {
    let look =
        |api: &mut Api<DoubleConnection>| Ok((api.call(Call::get("/x"))?.text() == "new").then_some(()));
    api(sandbox).bring(look, |api| api.call(Call::put("/x")).map(drop))
}

#[test]
fn what_is_there_is_not_changed() {
    let mut sandbox = sandbox();
    sandbox.on("GET /x", 200, "new");
    bring(&mut sandbox).unwrap();
    assert!(sandbox.changes(&[]).is_empty());
}

#[test]
fn what_was_put_is_read_back_with_patience() {
    let mut sandbox = sandbox();
    for state in ["old", "old", "new"] {
        sandbox.on("GET /x", 200, state);
    }
    sandbox.on("PUT /x", 200, "");
    bring(&mut sandbox).unwrap();
    assert_eq!(sandbox.waits.borrow().len(), 1);

    let mut restarts = super::sandbox();
    restarts.on("GET /x", 200, "old");
    restarts.on_error("GET /x", NetError::Unreachable("restarting".into()));
    restarts.on("GET /x", 200, "new");
    restarts.on("PUT /x", 200, "");
    bring(&mut restarts).unwrap();

    let mut never = super::sandbox();
    never.on("GET /x", 200, "old");
    never.on("PUT /x", 200, "");
    assert!(matches!(bring(&mut never), Err(Failure::Rejected(_))));

    let mut gone = super::sandbox();
    gone.on("GET /x", 200, "old");
    gone.on_error("GET /x", NetError::Unreachable("gone".into()));
    gone.on("PUT /x", 200, "");
    assert!(matches!(bring(&mut gone), Err(Failure::Uncertain(_))));
}

#[test]
fn an_uncertain_change_is_settled_by_looking() {
    let cut = || NetError::Unreachable("cut".into());
    let after = |state: Option<&str>| {
        let mut sandbox = sandbox();
        sandbox.on("GET /x", 200, "old");
        sandbox.on_error("PUT /x", cut());
        match state {
            Some(state) => sandbox.on("GET /x", 200, state),
            None => sandbox.on_error("GET /x", cut()),
        }
        let result = bring(&mut sandbox);
        assert_eq!(sandbox.changes(&[]), ["PUT /x"], "never sent twice");
        result
    };
    assert!(after(Some("new")).is_ok());
    assert!(
        matches!(after(Some("old")), Err(Failure::Unavailable((text, _))) if text.contains("the old state is there"))
    );
    assert!(matches!(after(None), Err(Failure::Uncertain(_))));
    let mut refused = sandbox();
    refused.on("GET /x", 200, "old");
    refused.on("PUT /x", 422, "");
    assert!(matches!(bring(&mut refused), Err(Failure::Rejected(_))));
    assert_eq!(refused.lines(), ["GET /x", "PUT /x"], "what is certain is not asked for");
}

#[test]
fn pages_are_followed_and_end() {
    let mut sandbox = sandbox();
    sandbox.on("GET /list", 200, "a");
    sandbox.on("GET /list?next=a", 200, "b");
    sandbox.on("GET /list?next=b", 200, "");
    let page = |api: &mut Api<DoubleConnection>, token: Option<&str>| {
        let call = token.map_or(Call::get("/list"), |token| Call::get("/list").query("next", token));
        let next = String::from(api.call(call)?.text());
        Ok((vec![next.clone()], Some(next)))
    };
    assert_eq!(api(&mut sandbox).pages(page).unwrap(), ["a", "b", ""]);
    sandbox.on("GET /list?next=b", 200, "a");
    let mut endless = super::sandbox();
    endless.on("GET /list", 200, "again");
    assert!(matches!(api(&mut endless).pages(page), Err(Failure::Rejected(_))));
    assert_eq!(endless.lines().len(), 100);
}

#[test]
fn notes_come_back_as_they_were_taken() {
    let mut sandbox = sandbox();
    let mut api = api(&mut sandbox);
    api.note(&("old", 3)).unwrap();
    let notes = sandbox.notes.borrow().clone();
    assert_eq!(parse_notes::<(String, u32)>(&notes).unwrap(), [("old".into(), 3)]);
    assert!(matches!(parse_notes::<u32>(&notes), Err(Failure::Rejected(_))));
}

#[test]
fn headers_and_cookies_are_read() {
    let mut sandbox = sandbox();
    let cookies = [("Set-Cookie", "a=1; path=/"), ("set-cookie", "sessionid=x%23=; Secure"), ("X-Csrf", "c")];
    sandbox.on_with("GET /x", 200, &cookies, "");
    let answer = api(&mut sandbox).call(Call::get("/x")).unwrap();
    assert_eq!((answer.cookie("sessionid"), answer.cookie("b")), (Some("x%23="), None));
    assert_eq!(answer.header("x-csrf"), Some("c"));
    assert!(
        matches!(answer.lacks("a token"), Failure::Unavailable((text, _)) if text == "GET /x: answered 200 without a token")
    );
}
