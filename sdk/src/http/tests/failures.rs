//! What an answer, or none, comes to.

use super::*;

fn after(call: Call, status: u16, body: &str) -> Failure {
    let mut sandbox = sandbox();
    sandbox.on(call.line().rsplit(": ").next().unwrap(), status, body);
    api(&mut sandbox).call(call).unwrap_err()
}

#[test]
fn a_status_says_who_is_at_fault() {
    let read = |status| after(Call::get("/x"), status, "why");
    assert!(matches!(read(403), Failure::Denied(text) if text == "GET /x: 403 why"));
    for status in [401, 403] {
        assert!(matches!(read(status), Failure::Denied(_)));
    }
    for status in [302, 400, 404, 409, 412, 422] {
        assert!(matches!(read(status), Failure::Rejected(_)), "{status}");
    }
    for status in [408, 429, 500, 502, 503, 504, 599] {
        assert!(matches!(read(status), Failure::Unavailable(_)), "{status}");
    }
}

#[test]
fn after_a_change_nobody_knows() {
    for call in [Call::put("/x"), Call::patch("/x"), Call::delete("/x"), Call::post("/x").changes("put it")] {
        for (status, body) in [(500, ""), (503, "<html>later</html>"), (200, " <!DOCTYPE HTML><p>")] {
            assert!(matches!(after(call.clone(), status, body), Failure::Uncertain(_)), "{status}");
        }
        assert!(matches!(after(call.clone(), 422, "no"), Failure::Rejected(_)));
        assert!(matches!(after(call, 429, ""), Failure::Unavailable(_)), "it said that it did nothing");
    }
    for call in [Call::post("/x"), Call::delete("/x").harmless()] {
        assert!(matches!(after(call, 500, ""), Failure::Unavailable(_)));
    }
}

#[test]
fn a_cut_line_is_uncertain_behind_a_change_alone() {
    let cut = |call: Call, error: NetError| {
        let mut sandbox = sandbox();
        sandbox.fail(error);
        let mut api = api(&mut sandbox);
        let failure = api.call(call).unwrap_err();
        (failure, api.changed())
    };
    let reset = || NetError::Unreachable("reset".into());
    let (failure, changed) = cut(Call::post("/x").changes("import it"), reset());
    assert!(matches!(failure, Failure::Uncertain(text) if text == "import it: POST /x: reset") && changed);
    let (failure, changed) = cut(Call::get("/x"), reset());
    assert!(matches!(failure, Failure::Unavailable((text, None)) if text == "GET /x: reset") && !changed);
    assert!(matches!(cut(Call::put("/x"), NetError::TooLarge(1)), (Failure::Uncertain(_), true)));
    assert!(matches!(cut(Call::get("/x"), NetError::TooLarge(1)), (Failure::Rejected(_), false)));
    assert!(matches!(cut(Call::put("/x"), NetError::Denied("no".into())), (Failure::Denied(_), false)));
    assert!(matches!(cut(Call::put("/x"), NetError::Untrusted("who".into())), (Failure::Rejected(_), false)));
}

#[test]
fn an_answer_that_cannot_be_read_is_named_and_never_shown() {
    let read = |call: Call, body: &str| {
        let mut sandbox = sandbox();
        sandbox.answer(200, body);
        let answer = api(&mut sandbox).call(call).unwrap();
        answer.json::<Vec<u32>>().unwrap_err()
    };
    let empty = read(Call::get("/x"), "");
    assert!(
        matches!(empty, Failure::Unavailable((text, _)) if text == "GET /x: answered 200 with nothing instead of JSON")
    );
    assert!(matches!(read(Call::get("/x"), "[1, 2"), Failure::Unavailable(_)));
    let token = read(Call::put("/x"), r#"{"token":"abc""#);
    assert!(matches!(token, Failure::Uncertain(text) if !text.contains("abc")));
    let mut sandbox = sandbox();
    sandbox.answer(200, "<a><b></a>");
    assert!(matches!(api(&mut sandbox).call(Call::get("/x")).unwrap().xml(), Err(Failure::Unavailable(_))));
}

#[test]
fn a_refusal_is_not_longer_than_a_line_for_people() {
    let Failure::Rejected(text) = after(Call::get("/x"), 400, &"é".repeat(5000)) else { panic!("rejected") };
    assert!(text.chars().count() < 330);
    let Failure::Denied(text) = after(Call::get("/x"), 403, "<html>a login page</html>") else {
        panic!("denied")
    };
    assert_eq!(text, "GET /x: 403 a page of HTML");
}

#[test]
fn what_is_not_there_and_what_is_there_already_is_for_the_connector() {
    let mut sandbox = sandbox();
    for status in [404, 404, 409, 200] {
        sandbox.answer(status, "");
    }
    let mut api = api(&mut sandbox);
    assert!(api.find(Call::get("/x")).unwrap().is_none());
    assert!(matches!(api.attempt(Call::post("/x").changes("make it")), Ok(Attempt::NotFound(_))));
    assert!(matches!(api.attempt(Call::post("/x").changes("make it")), Ok(Attempt::Conflict(_))));
    assert!(!api.changed(), "what was refused changed nothing");
    assert!(api.find(Call::put("/x")).unwrap().is_some());
    assert!(api.changed() && api.receipt("x", "").changed);
}

#[test]
fn a_vendor_judges_also_what_came_with_200() {
    fn judge(answer: &crate::http::Answer) -> Judged {
        let code: i64 = answer.text().parse().unwrap_or_default();
        let table = [
            (7, Verdict::NotFound),
            (8, Verdict::Misconfigured("name")),
            (9, Verdict::Denied),
            (10, Verdict::Unavailable),
        ];
        crate::http::verdict::among(&table, &code).unwrap_or_else(|| answer.by_status()).because("so it says")
    }
    let judged = |body: &str| {
        let mut sandbox = sandbox();
        sandbox.answer(200, body);
        api(&mut sandbox).judged_by(judge).call(Call::put("/x")).unwrap_err()
    };
    assert!(matches!(judged("7"), Failure::Rejected(text) if text == "PUT /x: 200 so it says"));
    assert!(matches!(judged("8"), Failure::Misconfigured(problems) if problems[0].pointer == "/name"));
    assert!(matches!(judged("9"), Failure::Denied(_)));
    assert!(matches!(judged("10"), Failure::Unavailable(_)), "it says that it did nothing");
    assert!(matches!(judged("<html>"), Failure::Uncertain(_)), "no judge takes a page for a success");
}

#[test]
fn what_a_target_repeats_of_a_session_is_hidden() {
    let mut sandbox = sandbox();
    sandbox.on(
        "GET /x",
        500,
        r#"{"cookie":"SID=0123456789abcdef","short":"SID","token":"fedcba9876543210"}"#,
    );
    let mut api = api(&mut sandbox);
    api.session_header("cookie", "SID=0123456789abcdef; path=/");
    api.session_header("authorization", "Token fedcba9876543210");
    let Failure::Unavailable((text, _)) = api.call(Call::get("/x")).unwrap_err() else { panic!() };
    assert_eq!(text, r#"GET /x: 500 {"cookie":"SID=[session]","short":"SID","token":"[session]"}"#);
}

#[test]
fn what_may_be_done_twice_is_sent_once_more_where_nobody_knows() {
    for (first, wanted) in [(500, 2), (204, 1), (403, 1), (422, 1)] {
        let mut sandbox = sandbox();
        sandbox.on("POST /save", first, "");
        sandbox.on("POST /save", 204, "");
        let ended = api(&mut sandbox).insist(Call::post("/save").changes("save"));
        assert_eq!((sandbox.lines().len(), ended.is_ok()), (wanted, wanted == 2 || first == 204), "{first}");
    }
}
