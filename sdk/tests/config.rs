//! What an operator may write, and the words that tell him what to write instead.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail by panicking")]

use lastmile_sdk::Problem;
use lastmile_sdk::config::Fields;

fn told(problems: &[Problem]) -> Vec<(&str, &str)> {
    problems.iter().map(|problem| (problem.pointer.as_str(), problem.message.as_str())).collect()
}

#[test]
fn a_configuration_is_a_table() {
    let list = Fields::parse("[]").unwrap_err();
    assert_eq!(told(&list), [("", "the configuration must be a table")]);
    let broken = Fields::parse("{").unwrap_err();
    assert!(broken[0].pointer.is_empty() && broken[0].message.starts_with("no JSON: "), "{broken:?}");
}

#[test]
fn what_is_there_is_taken_once() {
    let mut fields = Fields::parse(r#"{ "a": "x", "b": 7 }"#).unwrap();
    assert!(fields.has("a") && !fields.has("c"));
    assert_eq!(fields.required::<String>("a", "a text"), Some("x".to_string()));
    assert!(!fields.has("a"));
    assert_eq!(fields.optional::<u32>("b", "a number"), Some(7));
    assert_eq!(fields.optional::<u32>("c", "a number"), None);
    assert_eq!(fields.finish(), Ok(()));
}

#[test]
fn each_fault_is_told_once_with_what_to_write() {
    let mut fields = Fields::parse(r#"{ "b": 7, "d/e": 1 }"#).unwrap();
    assert_eq!(fields.required::<String>("a", "a text"), None);
    assert_eq!(fields.required::<String>("b", "a text"), None);
    fields.fault("f~g", "nonsense");
    fields.fault_at("/list/0", "nonsense");
    let problems = fields.finish().unwrap_err();
    let wrong_type = "invalid type: integer `7`, expected a string; write a text";
    assert_eq!(
        told(&problems),
        [
            ("/a", "missing: write a text"),
            ("/b", wrong_type),
            ("/f~0g", "nonsense"),
            ("/list/0", "nonsense"),
            ("/d~1e", "there is no such key; write one of a, b"),
        ]
    );
}

/// A fault of another key does not stand for the one that is missing.
#[test]
fn what_is_missing_behind_another_fault_is_told_as_well() {
    let mut fields = Fields::parse(r#"{ "a": 7 }"#).unwrap();
    fields.required::<String>("a", "a text");
    fields.required::<String>("b", "a text");
    let problems = fields.problems();
    assert_eq!(problems[1].pointer, "/b");
    assert_eq!(problems.len(), 2);
}

#[test]
fn a_path_is_that_of_a_file_and_absolute() {
    let read = |path: &str| {
        let mut fields = Fields::parse(&format!(r#"{{ "a": "{path}", "b": "{path}" }}"#)).unwrap();
        let paths = (fields.path("a", "a path"), fields.optional_path("b", "a path"));
        assert_eq!(paths.0, paths.1);
        (paths.0, fields.problems())
    };
    assert_eq!(read("/etc/x"), (Some("/etc/x".to_string()), vec![]));
    for wrong in ["x", "x/", "/etc/", ""] {
        let (path, problems) = read(wrong);
        assert_eq!(path, None);
        let message = "write the absolute path of a file";
        assert_eq!(told(&problems), [("/a", message), ("/b", message)], "{wrong}");
    }
    let mut nothing = Fields::parse("{}").unwrap();
    assert_eq!(nothing.optional_path("b", "a path"), None);
    assert_eq!(nothing.path("a", "a path"), None);
    assert_eq!(told(&nothing.problems()), [("/a", "missing: write a path")]);
}

#[test]
fn a_command_begins_with_an_absolute_program_or_is_none() {
    let read = |line: &str| {
        let mut fields = Fields::parse(&format!(r#"{{ "run": {line} }}"#)).unwrap();
        (fields.optional_command("run"), fields.problems())
    };
    assert_eq!(read(r#"["/bin/x", "y"]"#), (Some(vec!["/bin/x".to_string(), "y".to_string()]), vec![]));
    assert_eq!(read("[]"), (Some(vec![]), vec![]));
    let (command, problems) = read(r#"["x", "/y"]"#);
    assert_eq!(command, None);
    assert_eq!(problems[0].pointer, "/run");
    assert!(problems[0].message.starts_with("the program must be an absolute path; write a command line"));
}
