//! lighttpd: `-tt` sees what `-t` does not, and SIGUSR1 with a bad pair would end the server.

use std::fs;
use std::process::Command;

use super::subject::{Layout, Subject};
use super::trial;
use crate::room::Room;

pub(super) const SUBJECT: Subject = Subject {
    name: "lighttpd",
    version: &["/usr/sbin/lighttpd", "-v"],
    starttls: "",
    config: |room| {
        let p = room.path.display();
        format!(
            "certificate = \"{p}/tls/site.pem\"\nkey = \"{p}/tls/site.key\"\nconfig-file = \"{p}/lighttpd.conf\"\n\
             pid-file = \"{p}/lighttpd.pid\""
        )
    },
    plugin: |_| String::new(),
    commands: |room| {
        let p = room.path.display();
        vec![
            format!(r#"["/usr/sbin/lighttpd", "-tt", "-f", "{p}/lighttpd.conf"]"#),
            format!(r#"["/usr/bin/pkill", "-USR1", "-F", "{p}/lighttpd.pid", "-x", "lighttpd"]"#),
        ]
    },
    layout: Layout::Pair,
    owner: None,
    looks_by_itself: false,
    start: |room| {
        configure(room, "");
        let mut command = Command::new("/usr/sbin/lighttpd");
        command.arg("-D").arg("-f").arg(room.file("lighttpd.conf"));
        command
    },
    spoil: |room| configure(room, "$HTTP[ nonsense"),
    // An idle connection is closed by a graceful restart; a request in flight would keep the listener shut.
    dialogue: None,
    looks: (9, 100),
};

fn configure(room: &Room, extra: &str) {
    let p = room.path.display();
    let conf = format!(
        "server.modules = (\"mod_openssl\")\nserver.document-root = \"{p}/outside\"\nserver.port = {}\n\
         server.bind = \"127.0.0.1\"\nserver.pid-file = \"{p}/lighttpd.pid\"\nserver.errorlog = \"{p}/log/lighttpd\"\n\
         ssl.engine = \"enable\"\nssl.pemfile = \"{p}/tls/site.pem\"\nssl.privkey = \"{p}/tls/site.key\"\n{extra}\n",
        room.port
    );
    fs::write(room.file("lighttpd.conf"), conf).unwrap();
}

#[test]
fn the_trial() {
    trial::hold(&SUBJECT);
}

/// What the check is for: the weaker one lets a mismatched pair pass.
#[test]
fn only_the_stronger_check_sees_a_mismatched_pair() {
    let room = Room::new();
    let (old, other) = (room.pair("old"), room.pair("other"));
    SUBJECT.install(&room, &old);
    fs::copy(&other.key, room.file("tls/site.key")).unwrap();
    configure(&room, "");
    let says = |option: &str| {
        let mut check = Command::new("/usr/sbin/lighttpd");
        check.arg(option).arg("-f").arg(room.file("lighttpd.conf"));
        check.output().unwrap().status.success()
    };
    assert!(says("-t"));
    assert!(!says("-tt"));
}
