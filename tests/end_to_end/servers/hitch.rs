//! Hitch: it tells a new file by its time of modification.

use std::fs;
use std::process::Command;

use super::subject::{Layout, Subject, backend};
use super::trial;
use crate::room::Room;

pub(super) const SUBJECT: Subject = Subject {
    name: "hitch",
    version: &["/usr/sbin/hitch", "--version"],
    starttls: "",
    config: |room| {
        format!(
            "pem = \"{0}/tls/site.pem\"\nconfig-file = \"{0}/hitch.conf\"\npid-file = \"{0}/hitch.pid\"",
            room.path.display()
        )
    },
    plugin: |_| String::new(),
    commands: |room| {
        let p = room.path.display();
        vec![
            format!(r#"["/usr/sbin/hitch", "-t", "--config={p}/hitch.conf"]"#),
            format!(r#"["/usr/bin/pkill", "-HUP", "-F", "{p}/hitch.pid", "-x", "hitch"]"#),
        ]
    },
    layout: Layout::CertificateFirst,
    owner: None,
    looks_by_itself: false,
    start: |room| {
        configure(room, "");
        let mut command = Command::new("/usr/sbin/hitch");
        let p = room.path.display();
        command.arg(format!("--config={p}/hitch.conf")).arg(format!("--pidfile={p}/hitch.pid"));
        command
    },
    spoil: |room| configure(room, "nonsense = on"),
    dialogue: Some(("ping\n", "pong")),
    looks: (10, 50),
};

fn configure(room: &Room, extra: &str) {
    let conf = format!(
        "frontend = {{ host = \"127.0.0.1\" port = \"{}\" }}\nbackend = \"[127.0.0.1]:{}\"\n\
         pem-file = \"{}/tls/site.pem\"\ndaemon = off\nuser = \"nobody\"\nworkers = 1\n{extra}\n",
        room.port,
        backend(),
        room.path.display()
    );
    fs::write(room.file("hitch.conf"), conf).unwrap();
}

#[test]
fn the_trial() {
    trial::hold(&SUBJECT);
}
