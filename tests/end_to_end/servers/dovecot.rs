//! Dovecot: its check does not look at the files, and its reload takes any pair.

use std::fs;
use std::process::Command;

use super::subject::{Layout, Subject};
use super::{bad_pair, trial};
use crate::room::Room;

pub(super) const SUBJECT: Subject = Subject {
    name: "dovecot",
    version: &["/usr/sbin/dovecot", "--version"],
    starttls: "",
    config: |room| {
        let p = room.path.display();
        format!(
            "certificate = \"{p}/tls/site.pem\"\nkey = \"{p}/tls/site.key\"\nconfig-file = \"{p}/dovecot.conf\""
        )
    },
    plugin: |_| String::new(),
    commands: |room| {
        let file = format!("\"-c\", \"{}/dovecot.conf\"", room.path.display());
        vec![
            format!(r#"["/usr/bin/doveconf", {file}, "-n"]"#),
            format!(r#"["/usr/bin/doveadm", {file}, "reload"]"#),
        ]
    },
    layout: Layout::Pair,
    owner: None,
    looks_by_itself: false,
    start: |room| {
        configure(room, "");
        let mut command = Command::new("/usr/sbin/dovecot");
        command.arg("-F").arg("-c").arg(room.file("dovecot.conf"));
        command
    },
    spoil: |room| configure(room, "nonsense = yes"),
    dialogue: Some(("a NOOP\r\n", "a OK")),
    looks: (8, 250),
};

fn configure(room: &Room, extra: &str) {
    let (p, port) = (room.path.display(), room.port);
    let conf = format!(
        "base_dir = {p}/run\nstate_dir = {p}/run\nlog_path = {p}/log/dovecot\nprotocols = imap\n\
         listen = 127.0.0.1\nssl = yes\nssl_cert = <{p}/tls/site.pem\nssl_key = <{p}/tls/site.key\n\
         passdb {{\n  driver = static\n  args = password=secret\n}}\n\
         service imap-login {{\n  inet_listener imap {{\n    port = 0\n  }}\n\
         \x20 inet_listener imaps {{\n    port = {port}\n    ssl = yes\n  }}\n}}\n{extra}\n"
    );
    fs::write(room.file("dovecot.conf"), conf).unwrap();
}

fn doveadm(room: &Room) -> Vec<String> {
    let conf = room.file("dovecot.conf").display().to_string();
    ["/usr/bin/doveadm", "-c", &conf, "reload"].map(str::to_owned).to_vec()
}

#[test]
fn the_trial() {
    trial::hold(&SUBJECT);
}

#[test]
fn a_bad_pair_is_taken_without_a_word_and_undone_by_the_hosts_own_look() {
    bad_pair::is_taken_and_undone(&SUBJECT, doveadm);
}

#[test]
fn its_check_sees_neither_a_bad_pair_nor_a_missing_file() {
    let room = Room::new();
    let (old, new) = (room.pair("old"), room.pair("new"));
    configure(&room, "");
    let check = || {
        let conf = room.file("dovecot.conf");
        Command::new("/usr/bin/doveconf").arg("-c").arg(conf).arg("-n").output().unwrap().status.success()
    };
    SUBJECT.install(&room, &bad_pair::mismatched(&new, &old));
    assert!(check());
    fs::remove_file(room.file("tls/site.key")).unwrap();
    assert!(check());
}
