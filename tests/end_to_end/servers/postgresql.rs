//! PostgreSQL: a reload that always succeeds, and a key that must belong to the right user with the right mode.

use std::fs::OpenOptions;
use std::io::Write;
use std::process::Command;

use super::place::{as_user, directory, done};
use super::subject::{Layout, Subject};
use super::trap::{Trap, spring};
use super::trial;
use crate::room::Room;

pub(super) const SUBJECT: Subject = Subject {
    name: "postgresql",
    version: &["/usr/lib/postgresql/15/bin/postgres", "--version"],
    starttls: "postgres",
    config: |room| {
        let p = room.path.display();
        format!("certificate = \"{p}/tls/site.pem\"\nkey = \"{p}/tls/site.key\"\ndata = \"{p}/data\"")
    },
    plugin: |_| "run-as = \"postgres\"".to_owned(),
    commands: |room| {
        vec![format!(
            r#"["/usr/lib/postgresql/15/bin/pg_ctl", "-D", "{}/data", "reload"]"#,
            room.path.display()
        )]
    },
    layout: Layout::Pair,
    // As an administrator may have it; lastmile writes it for postgres with 0600.
    owner: Some(("root", "postgres")),
    looks_by_itself: false,
    start,
    spoil: |room| configure(room, "nonsense"),
    // The startup message of protocol 3.0.
    dialogue: Some(("\0\0\0\u{17}\0\u{3}\0\0user\0postgres\0\0", "server_version")),
    looks: (10, 100),
};

/// The key stays root's.
const KEY_OF_ROOT: Subject = Subject {
    config: |room| format!("{}\nowner = \"root\"\ngroup = \"postgres\"", (SUBJECT.config)(room)),
    ..SUBJECT
};

fn start(room: &Room) -> Command {
    directory(room, "data", "postgres");
    let data = room.file("data");
    let mut initdb = as_user("postgres", "/usr/lib/postgresql/15/bin/initdb");
    done(initdb.args(["--no-sync", "-A", "trust", "-U", "postgres", "-D"]).arg(&data));
    let p = room.path.display();
    configure(
        room,
        &format!(
            "listen_addresses = '127.0.0.1'\nport = {}\nunix_socket_directories = '{p}/data'\nfsync = off\n\
             authentication_timeout = 600\nssl = on\nssl_cert_file = '{p}/tls/site.pem'\n\
             ssl_key_file = '{p}/tls/site.key'",
            room.port
        ),
    );
    let mut command = as_user("postgres", "/usr/lib/postgresql/15/bin/postgres");
    command.arg("-D").arg(data);
    command
}

fn configure(room: &Room, lines: &str) {
    let mut file = OpenOptions::new().append(true).open(room.file("data/postgresql.conf")).unwrap();
    writeln!(file, "{lines}").unwrap();
}

#[test]
fn the_trial() {
    trial::hold_unheeding(&SUBJECT);
}

#[test]
fn a_key_of_root_that_its_group_may_read_is_taken() {
    trial::renews(&KEY_OF_ROOT);
}

/// Only its log tells: what the host sees through STARTTLS is the remedy.
#[test]
fn a_key_of_another_user_is_found_out() {
    spring(
        &SUBJECT,
        &Trap { config: |_| "owner = \"root\"".to_owned(), commands: |_| vec![], outcome: "unverified" },
    );
}

#[test]
fn a_key_of_its_own_that_a_group_may_read_is_found_out() {
    spring(
        &SUBJECT,
        &Trap { config: |_| "group = \"postgres\"".to_owned(), commands: |_| vec![], outcome: "unverified" },
    );
}

/// pg_ctl refuses root, for the undo as well. Nothing was told to the server, and the files are as before.
#[test]
fn without_run_as_nothing_happens() {
    let as_root = Subject { plugin: |_| String::new(), ..SUBJECT };
    let trap = Trap { config: |_| String::new(), commands: |_| vec![], outcome: "unavailable" };
    let note = spring(&as_root, &trap);
    assert!(note.contains("cannot be run as root"), "{note}");
}
