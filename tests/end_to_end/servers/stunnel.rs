//! stunnel: no check, and a reload that fails is in its log alone.

use std::fs;
use std::process::Command;

use super::subject::{Layout, Subject, backend};
use super::trial;
use crate::room::Room;

pub(super) const SUBJECT: Subject = Subject {
    name: "stunnel",
    version: &["/usr/bin/stunnel4", "-version"],
    starttls: "",
    config: |room| {
        let p = room.path.display();
        format!(
            "certificate = \"{p}/tls/site.pem\"\nkey = \"{p}/tls/site.key\"\npid-file = \"{p}/stunnel.pid\""
        )
    },
    plugin: |_| String::new(),
    commands: |room| {
        let p = room.path.display();
        vec![format!(r#"["/usr/bin/pkill", "-HUP", "-F", "{p}/stunnel.pid", "-x", "stunnel4"]"#)]
    },
    layout: Layout::Pair,
    owner: None,
    looks_by_itself: false,
    start: |room| {
        configure(room, "");
        let mut command = Command::new("/usr/bin/stunnel4");
        command.arg(room.file("stunnel.conf"));
        command
    },
    spoil: |room| configure(room, "nonsense = yes"),
    dialogue: Some(("ping\n", "pong")),
    looks: (10, 50),
};

fn configure(room: &Room, extra: &str) {
    let p = room.path.display();
    let conf = format!(
        "foreground = yes\npid = {p}/stunnel.pid\noutput = {p}/log/stunnel\n{extra}\n[test]\n\
         accept = 127.0.0.1:{}\nconnect = 127.0.0.1:{}\ncert = {p}/tls/site.pem\nkey = {p}/tls/site.key\n",
        room.port,
        backend()
    );
    fs::write(room.file("stunnel.conf"), conf).unwrap();
}

#[test]
fn the_trial() {
    trial::hold(&SUBJECT);
}
