//! What an operator may write, and the words that tell him what to write instead.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail by panicking")]

use lastmile_sdk::Problem;
use lastmile_sdk::config::{Fields, NameRule};

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

#[test]
fn a_host_is_a_name_or_an_address_alone_and_a_port_is_one() {
    let read = |host: &str, port: &str| {
        let mut fields = Fields::parse(&format!(r#"{{ "host": "{host}", "port": {port} }}"#)).unwrap();
        (fields.endpoint("host", "port", 443), fields.problems())
    };
    for (host, wanted) in [
        ("it-1.example_x.test", "https://it-1.example_x.test:8443"),
        ("2001:db8::1", "https://[2001:db8::1]:8443"),
        ("[2001:db8::1]", "https://[2001:db8::1]:8443"),
    ] {
        assert_eq!(read(host, "8443"), (Some(wanted.to_string()), vec![]));
    }
    let alone = "write the name or address of the host alone, without scheme, port and path";
    for wrong in ["", "[]", "https://it.test", "it.test/x", "a b"] {
        let (endpoint, problems) = read(wrong, "1");
        assert_eq!((endpoint, told(&problems)), (None, vec![("/host", alone)]), "{wrong}");
    }
    for wrong in ["0", "65536", "\"443\""] {
        assert_eq!(read("it.test", wrong).1[0].pointer, "/port", "{wrong}");
    }
    let mut bare = Fields::parse(r#"{ "host": "it.test" }"#).unwrap();
    assert_eq!(bare.endpoint("host", "port", 443).as_deref(), Some("https://it.test:443"));
    let mut nothing = Fields::parse("{}").unwrap();
    assert_eq!(nothing.endpoint("host", "port", 443), None);
    assert_eq!(nothing.problems()[0].pointer, "/host");
}

#[test]
fn an_endpoint_of_ones_own_has_scheme_and_port() {
    let read = |endpoint: &str| {
        let mut fields = Fields::parse(&format!(r#"{{ "at": "{endpoint}" }}"#)).unwrap();
        (fields.optional_endpoint("at"), fields.problems().len())
    };
    for good in ["https://it.test:8200", "http://127.0.0.1:80"] {
        assert_eq!(read(good), (Some(good.to_string()), 0));
    }
    for wrong in ["it.test:8200", "https://it.test", "https://it.test:0", "ftp://it.test:21"] {
        assert_eq!(read(wrong), (None, 1), "{wrong}");
    }
    assert_eq!(Fields::parse("{}").unwrap().optional_endpoint("at"), None);
}

#[test]
fn a_name_keeps_the_rule_of_its_target() {
    const RULE: NameRule = NameRule { allows: |c| c.is_ascii_lowercase(), said: "small letters", at_most: 3 };
    let read = |name: &str| {
        let mut fields = Fields::parse(&format!(r#"{{ "a": "{name}", "b": "{name}" }}"#)).unwrap();
        let names = (fields.name("a", "a name", &RULE), fields.optional_name("b", "a name", &RULE));
        assert_eq!(names.0, names.1);
        (names.0, fields.problems())
    };
    for good in ["a", "abc"] {
        assert_eq!(read(good), (Some(good.to_string()), vec![]));
    }
    for wrong in ["", "abcd", "A"] {
        let message = "write a name of 1 to 3 characters: small letters";
        let (name, problems) = read(wrong);
        assert_eq!((name, told(&problems)), (None, vec![("/a", message), ("/b", message)]), "{wrong}");
    }
}
