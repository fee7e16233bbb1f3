//! Mosquitto: it reads the files as its own user, and takes half of what it cannot read.

use std::fs;
use std::process::Command;

use super::place::directory;
use super::subject::{Layout, Subject};
use super::trap::{Trap, spring};
use super::trial;
use crate::room::Room;

pub(super) const SUBJECT: Subject = Subject {
    name: "mosquitto",
    version: &["/usr/sbin/mosquitto", "-h"],
    starttls: "",
    config: |room| {
        let p = room.path.display();
        format!(
            "certificate = \"{p}/tls/site.pem\"\nkey = \"{p}/tls/site.key\"\npid-file = \"{p}/data/mosquitto.pid\""
        )
    },
    plugin: |_| String::new(),
    commands: |room| {
        vec![format!(
            r#"["/usr/bin/pkill", "-HUP", "-F", "{}/data/mosquitto.pid", "-x", "mosquitto"]"#,
            room.path.display()
        )]
    },
    layout: Layout::Pair,
    owner: Some(("root", "mosquitto")),
    looks_by_itself: false,
    start: |room| {
        directory(room, "data", "mosquitto");
        configure(room, "");
        let mut command = Command::new("/usr/sbin/mosquitto");
        command.arg("-c").arg(room.file("mosquitto.conf"));
        command
    },
    spoil: |room| configure(room, "nonsense yes"),
    // CONNECT of MQTT 3.1.1, client `t`, a new session; then CONNACK: accepted.
    dialogue: Some(("\u{10}\u{d}\0\u{4}MQTT\u{4}\u{2}\u{1}\u{2c}\0\u{1}t", " \u{2}\0\0")),
    looks: (10, 50),
};

fn configure(room: &Room, extra: &str) {
    let p = room.path.display();
    let conf = format!(
        "listener {} 127.0.0.1\nuser mosquitto\npid_file {p}/data/mosquitto.pid\nlog_dest stdout\n\
         allow_anonymous true\ncertfile {p}/tls/site.pem\nkeyfile {p}/tls/site.key\n{extra}\n",
        room.port
    );
    fs::write(room.file("mosquitto.conf"), conf).unwrap();
}

#[test]
fn the_trial() {
    trial::hold_unheeding(&SUBJECT);
}

/// No handshake succeeds after such a reload until the old files are back and it is told once more.
#[test]
fn a_key_that_its_user_cannot_read_is_found_out() {
    let trap =
        Trap { config: |_| "group = \"root\"".to_owned(), commands: |_| vec![], outcome: "unverified" };
    let note = spring(&SUBJECT, &trap);
    assert!(note.contains("serves no certificate"), "{note}");
}
