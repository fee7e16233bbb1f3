//! Redis: told by its own client, whose exit code says nothing without `-e`.

use std::fs;

use super::place::{as_user, directory};
use super::subject::{Layout, Subject};
use super::trap::{Trap, spring};
use super::trial;
use crate::room::Room;

pub(super) const SUBJECT: Subject = Subject {
    name: "redis",
    version: &["/usr/bin/redis-server", "--version"],
    starttls: "",
    config: |room| {
        let p = room.path.display();
        format!(
            "certificate = \"{p}/tls/site.pem\"\nkey = \"{p}/tls/site.key\"\narguments = [\"-s\", \"{p}/data/redis.sock\"]"
        )
    },
    plugin: |_| String::new(),
    commands: |room| vec![command(room, "-e", "site.pem", "site.key")],
    layout: Layout::Pair,
    owner: Some(("root", "redis")),
    looks_by_itself: false,
    start: |room| {
        directory(room, "data", "redis");
        configure(room, "site.key", "");
        let mut command = as_user("redis", "/usr/bin/redis-server");
        command.arg(room.file("redis.conf"));
        command
    },
    spoil: |room| configure(room, "site.key", "nonsense yes"),
    dialogue: Some(("PING\r\n", "+PONG")),
    looks: (10, 50),
};

const ONE_FILE: Subject = Subject {
    config: |room| {
        let p = room.path.display();
        format!("pem = \"{p}/tls/site.pem\"\narguments = [\"-s\", \"{p}/data/redis.sock\"]")
    },
    commands: |room| vec![command(room, "-e", "site.pem", "site.pem")],
    layout: Layout::CertificateFirst,
    start: |room| {
        let command = (SUBJECT.start)(room);
        configure(room, "site.pem", "");
        command
    },
    ..SUBJECT
};

fn command(room: &Room, options: &str, certificate: &str, key: &str) -> String {
    let p = room.path.display();
    let options = if options.is_empty() { String::new() } else { format!("\"{options}\", ") };
    format!(
        "[\"/usr/bin/redis-cli\", {options}\"-s\", \"{p}/data/redis.sock\", \"CONFIG\", \"SET\", \
         \"tls-cert-file\", \"{p}/tls/{certificate}\", \"tls-key-file\", \"{p}/tls/{key}\"]"
    )
}

fn configure(room: &Room, key: &str, extra: &str) {
    let p = room.path.display();
    let conf = format!(
        "bind 127.0.0.1\nport 0\ntls-port {}\nunixsocket {p}/data/redis.sock\ndir {p}/data\nsave \"\"\n\
         tls-auth-clients no\ntls-cert-file {p}/tls/site.pem\ntls-key-file {p}/tls/{key}\n{extra}\n",
        room.port
    );
    fs::write(room.file("redis.conf"), conf).unwrap();
}

#[test]
fn the_trial() {
    trial::hold_unheeding(&SUBJECT);
}

#[test]
fn one_file_holds_certificate_and_key() {
    trial::renews(&ONE_FILE);
}

#[test]
fn what_it_refuses_is_told_at_once() {
    let trap =
        Trap { config: |_| "owner = \"root\"".to_owned(), commands: |_| vec![], outcome: "unavailable" };
    let note = spring(&SUBJECT, &trap);
    assert!(note.contains("Unable to update TLS") && !note.contains("exit code 0"), "{note}");
}

/// The same command line without `-e` ends with 0, and only the host's own look tells.
#[test]
fn its_client_lies_without_an_option() {
    let trap = Trap {
        config: |room| format!("owner = \"root\"\nreload = {}", command(room, "", "site.pem", "site.key")),
        commands: |room| vec![command(room, "", "site.pem", "site.key")],
        outcome: "unverified",
    };
    spring(&SUBJECT, &trap);
}
