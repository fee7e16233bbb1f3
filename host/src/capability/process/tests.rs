//! What a hostile connector tries at this door, and what an honest one gets.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::io;

use super::*;
use crate::capability::document::{Encoding, Part, SecretRef};
use crate::capability::vault::tests::vault;
use crate::capability::{Names, Place};

struct NoJournal;

impl UndoLog for NoJournal {
    fn before_replace(&self, _: &Place, _: bool) -> io::Result<Names> {
        Err(io::Error::other("no file is written here"))
    }
    fn before_exec(&self, _: &[String], _: &str, _: &ExecSettings) -> io::Result<()> {
        Ok(())
    }
}

fn command(argv: &[&str]) -> Command {
    Command {
        argv: argv.iter().map(|&argument| argument.to_owned()).collect(),
        stdin: Vec::new(),
        timeout: None,
        on_rollback: Rollback::Nothing,
    }
}

fn run_with(command: &Command, settings: ExecSettings) -> Result<Output, ExecError> {
    let door = ExecDoor::new(vec![CommandLine::literal(&command.argv).unwrap()], settings);
    door.exec(command, Instant::now() + Duration::from_secs(20), &|| false, &vault(), &NoJournal)
}

fn settings() -> ExecSettings {
    ExecSettings { output_limit: 1000, ..ExecSettings::default() }
}

fn run(argv: &[&str]) -> Result<Output, ExecError> {
    run_with(&command(argv), settings())
}

fn shell(script: &str) -> Output {
    run(&["/bin/sh", "-c", script]).unwrap()
}

#[test]
fn output_and_status_come_back() {
    let output = shell("echo out; echo err >&2; exit 3");
    assert_eq!(output.status, Status::Exited(3));
    assert_eq!((output.stdout.as_slice(), output.stderr.as_slice()), (&b"out\n"[..], &b"err\n"[..]));
    assert_eq!(shell("kill -TERM $$").status, Status::Signalled(15));
}

#[test]
fn an_empty_table_denies_everything() {
    let door = ExecDoor::new(Vec::new(), settings());
    for argv in [&["/bin/true"][..], &[""], &[]] {
        let until = Instant::now() + Duration::from_secs(20);
        let ended = door.exec(&command(argv), until, &|| false, &vault(), &NoJournal);
        assert!(matches!(ended, Err(ExecError::Denied(_))), "{argv:?}: {ended:?}");
    }
}

#[test]
fn what_was_not_declared_does_not_run() {
    let door =
        ExecDoor::new(vec![CommandLine::literal(&["/bin/echo".into(), "a".into()]).unwrap()], settings());
    for argv in [
        &["/bin/echo"][..],
        &["/bin/echo", "b"],
        &["/bin/echo", "a", "b"],
        &["/bin/sh", "-c", "true"],
        &["/bin/../bin/echo", "a"],
        &["echo", "a"],
        &[],
    ] {
        let refused = door.exec(&command(argv), Instant::now(), &|| false, &vault(), &NoJournal);
        assert!(matches!(refused, Err(ExecError::Denied(_))), "{argv:?}: {refused:?}");
    }
}

#[test]
fn what_an_undo_would_run_is_declared_as_well_and_holds_no_secret() {
    let echo = |on_rollback| Command { on_rollback, ..command(&["/bin/echo", "a"]) };
    let run = |command: &Command| run_with(command, settings());
    assert!(run(&echo(Rollback::Repeat)).is_ok());
    let other = echo(Rollback::Run(vec!["/bin/echo".to_owned(), "b".to_owned()]));
    assert!(matches!(run(&other), Err(ExecError::Denied(_))));
    let sealed = Part::Sealed { secret: SecretRef::Named("password".to_owned()), encoding: Encoding::Raw };
    let sealed = Command { stdin: vec![sealed], ..echo(Rollback::Repeat) };
    assert!(matches!(run(&sealed), Err(ExecError::Denied(text)) if text.contains("sealed")));
    let long = Command { stdin: vec![Part::Text("x".repeat(70_000))], ..echo(Rollback::Repeat) };
    assert!(matches!(run(&long), Err(ExecError::Invalid(_))));
}

#[test]
fn no_shell_reads_the_arguments() {
    let output = run(&["/bin/echo", "$(id); `id` > /tmp/x *"]).unwrap();
    assert_eq!(output.stdout, b"$(id); `id` > /tmp/x *\n");
}

#[test]
fn the_environment_is_the_operators_alone() {
    assert_eq!(run(&["/usr/bin/env"]).unwrap().stdout, b"");
    let environment = BTreeMap::from([("LANG".to_owned(), "C".to_owned())]);
    let output = run_with(&command(&["/usr/bin/env"]), ExecSettings { environment, ..settings() }).unwrap();
    assert_eq!(output.stdout, b"LANG=C\n");
}

#[test]
fn a_program_that_does_not_end_is_killed_with_its_children() {
    let mut slow = command(&["/bin/sh", "-c", "sleep 300 & echo $!; wait"]);
    slow.timeout = Some(Duration::from_millis(300));
    let output = run_with(&slow, settings()).unwrap();
    assert_eq!(output.status, Status::TimedOut);
    let child = String::from_utf8(output.stdout).unwrap();
    let alive = || {
        std::fs::read_to_string(format!("/proc/{}/stat", child.trim()))
            .is_ok_and(|stat| !stat.contains(") Z "))
    };
    for _ in 0..100 {
        if !alive() {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("process {child} outlived its group");
}

#[test]
fn an_abort_ends_the_program() {
    let command = command(&["/bin/sleep", "300"]);
    let door = ExecDoor::new(vec![CommandLine::literal(&command.argv).unwrap()], settings());
    let output = door
        .exec(&command, Instant::now() + Duration::from_secs(300), &|| true, &vault(), &NoJournal)
        .unwrap();
    assert_eq!(output.status, Status::TimedOut);
}

#[test]
fn a_child_in_the_background_does_not_hold_the_deployment() {
    let begun = Instant::now();
    let output = shell("sleep 300 & echo started");
    assert_eq!(output.stdout, b"started\n");
    assert!(begun.elapsed() < Duration::from_secs(60));
}

#[test]
fn a_flood_of_output_keeps_its_tail() {
    let output = shell("yes | head -c 5000000; echo end");
    assert_eq!(output.stdout.len(), 1000);
    assert!(output.stdout.ends_with(b"end\n"));
}

#[test]
fn secrets_go_in_by_standard_input_and_do_not_come_back() {
    let mut cat = command(&["/bin/cat"]);
    cat.stdin = vec![
        Part::Text("<".into()),
        Part::Sealed { secret: SecretRef::Named("password".into()), encoding: Encoding::Base64 },
        Part::Text(">".into()),
    ];
    assert_eq!(run_with(&cat, settings()).unwrap().stdout, b"<[sealed]>");
    let mut count = cat.clone();
    count.argv = vec!["/usr/bin/wc".into(), "-c".into()];
    assert_eq!(run_with(&count, settings()).unwrap().stdout, b"22\n");
}

#[test]
fn who_left_the_group_and_writes_without_end_holds_nobody_up() {
    let begin = Instant::now();
    // The pipe's end stops them.
    let output = shell("for each in 1 2 3 4; do setsid yes & done; sleep 0.2");
    assert_eq!((output.status, output.stdout.len()), (Status::Exited(0), 1000));
    assert!(begin.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_secret_of_which_only_a_part_is_kept_is_sealed() {
    let secret = || Part::Sealed { secret: SecretRef::Named("password".into()), encoding: Encoding::Base64 };
    let mut cat = command(&["/bin/cat"]);
    for kept in 1..22 {
        // The end of the secret would be the beginning of what is kept.
        cat.stdin = vec![Part::Text("<".into()), secret(), Part::Text("x".repeat(1000 - kept))];
        let output = run_with(&cat, settings()).unwrap().stdout;
        let expected = if kept > 20 { "<[sealed]" } else { "[sealed]" };
        assert_eq!(output, format!("{expected}{}", "x".repeat(1000 - kept)).into_bytes(), "{kept}");
    }
    cat.stdin = vec![secret(), Part::Text("x".repeat(200_000))];
    assert_eq!(run_with(&cat, settings()).unwrap().stdout, vec![b'x'; 1000]);
    // The beginning of it would be the end of what was written in time.
    let mut slow = command(&["/bin/sh", "-c", "head -c 10; exec sleep 9"]);
    (slow.stdin, slow.timeout) = (vec![secret()], Some(Duration::from_millis(300)));
    let output = run_with(&slow, settings()).unwrap();
    assert_eq!((output.status, output.stdout.as_slice()), (Status::TimedOut, &b"[sealed]"[..]));
}

#[test]
fn a_large_input_that_nobody_reads_does_not_block() {
    let mut deaf = command(&["/bin/true"]);
    deaf.stdin = vec![Part::Bytes(vec![b'x'; 1 << 20])];
    assert_eq!(run_with(&deaf, settings()).unwrap().status, Status::Exited(0));
}

#[test]
fn no_descriptor_is_inherited() {
    let output = shell("ls /proc/self/fd | wc -l");
    // 0, 1, 2 and the one by which ls reads the directory.
    assert_eq!(output.stdout, b"4\n");
}

#[test]
fn run_as_changes_user_and_drops_groups() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let nobody = ExecSettings { run_as: Some("nobody".into()), ..settings() };
    let output = run_with(&command(&["/usr/bin/id"]), nobody).unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("uid=65534(nobody)") && !text.contains("(root)"), "{text}");
    let nobody_there = ExecSettings { run_as: Some("no-such-user".into()), ..settings() };
    assert!(matches!(run_with(&command(&["/usr/bin/id"]), nobody_there), Err(ExecError::Failed(_))));
}

#[test]
fn a_program_that_is_not_there_says_so() {
    assert!(matches!(run(&["/no/such/program"]), Err(ExecError::Failed(text)) if text.contains("/no/such")));
}
