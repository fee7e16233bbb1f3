//! What a transcript expects, against what was seen.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]
use super::*;

fn expected(json: &str) -> Expected {
    serde_json::from_str(json).unwrap()
}

fn deployment() -> GuestDeployment {
    GuestDeployment { target: "web".to_owned(), leaf_pem: "LEAF\n".to_owned(), ..GuestDeployment::default() }
}

fn seen() -> Seen {
    Seen {
        method: "POST".to_owned(),
        path: "/".to_owned(),
        headers: vec![("X-Op".to_owned(), "Import".to_owned())],
        body: r#"{"a": 1, "key": "«private key»"}"#.to_owned(),
    }
}

#[test]
fn what_is_not_mentioned_does_not_matter() {
    assert_eq!(expected(r#"{"method": "POST", "path": "/"}"#).difference(&seen(), &deployment()), None);
    let all = r#"{"method": "POST", "path": "/", "headers": {"x-op": "Import"},
                  "body": {"key": "«private key»", "a": 1}, "contains": ["«private key»"]}"#;
    assert_eq!(expected(all).difference(&seen(), &deployment()), None);
}

#[test]
fn every_part_can_differ() {
    for (json, text) in [
        (r#"{"method": "GET", "path": "/"}"#, "`GET /` was expected, `POST /` came"),
        (r#"{"method": "POST", "path": "/", "headers": {"x-op": "List"}}"#, "header x-op: `List`"),
        (r#"{"method": "POST", "path": "/", "headers": {"x-other": ""}}"#, "x-other is missing"),
        (r#"{"method": "POST", "path": "/", "body": {"a": 2}}"#, "another body came"),
        (r#"{"method": "POST", "path": "/", "body": "a"}"#, "another body came"),
        (r#"{"method": "POST", "path": "/", "contains": ["zzz"]}"#, "does not hold `zzz`"),
    ] {
        let difference = expected(json).difference(&seen(), &deployment()).unwrap_or_default();
        assert!(difference.contains(text), "{json}: {difference}");
    }
}

#[test]
fn a_command_can_differ_in_its_line_and_its_input() {
    let expected: ExpectedCommand = serde_json::from_str(
        r#"{"argv": ["/bin/x", "${target}"], "stdin": "a ${leaf}", "contains": ["LEAF"]}"#,
    )
    .unwrap();
    let difference = |argv: &[&str], stdin: &str| {
        let argv: Vec<String> = argv.iter().map(|&argument| argument.to_owned()).collect();
        expected.difference(&argv, stdin, &deployment()).unwrap_or_default()
    };
    assert_eq!(difference(&["/bin/x", "web"], "a LEAF\n"), "");
    assert!(difference(&["/bin/x"], "a LEAF\n").contains("was expected"));
    assert!(difference(&["/bin/x", "web"], "b").contains("something else"));
}

#[test]
fn what_was_recorded_with_one_certificate_fits_another() {
    let text = generalised("cert=LEAF\n&b64=TEVBRgo=", &deployment());
    let other = GuestDeployment { leaf_pem: "OTHER\n".to_owned(), ..GuestDeployment::default() };
    assert_eq!(filled(&text, &other), "cert=OTHER\n&b64=T1RIRVIK");

    let dated = |fingerprint: &str, not_before| {
        let fingerprint = fingerprint.repeat(32);
        GuestDeployment { fingerprint, not_before, ..GuestDeployment::default() }
    };
    let text = "site-20260101-abababab, AB:".to_owned() + &["AB"; 31].join(":");
    let text = generalised(&text, &dated("ab", 1_767_225_600));
    assert_eq!(text, "site-${version}, ${fingerprint-colons}");
    assert!(filled(&text, &dated("0c", 951_782_400)).starts_with("site-20000229-0c0c0c0c, 0C:0C:"));
}

#[test]
fn a_misspelt_transcript_is_refused() {
    assert!(matches!(Transcript::parse(r#"{"runs": []}"#), Err(TranscriptError::Empty)));
    for text in ["{}", r#"{"runs": [{"name": "a", "outcome": "done"}]}"#, r#"{"runs": [], "more": 1}"#] {
        assert!(matches!(Transcript::parse(text), Err(TranscriptError::Form(_))), "{text}");
    }
}
