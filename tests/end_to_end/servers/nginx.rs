//! nginx: it parses its whole configuration before it signals the master, and tells.

use std::fs;
use std::process::Command;

use super::subject::{Layout, Subject};
use super::trial;
use crate::room::Room;

const SUBJECT: Subject = Subject {
    name: "nginx",
    version: &["/usr/sbin/nginx", "-v"],
    starttls: "",
    config: |room| {
        let p = room.path.display();
        format!(
            "certificate = \"{p}/tls/site.pem\"\nkey = \"{p}/tls/site.key\"\nconfig-file = \"{p}/nginx.conf\"\n\
             error-log = \"{p}/log/error.log\""
        )
    },
    plugin: |_| String::new(),
    commands: |room| {
        let p = room.path.display();
        let nginx = format!(r#""/usr/sbin/nginx", "-c", "{p}/nginx.conf", "-e", "{p}/log/error.log""#);
        vec![format!(r#"[{nginx}, "-t"]"#), format!(r#"[{nginx}, "-s", "reload"]"#)]
    },
    layout: Layout::Pair,
    owner: None,
    // The connector takes no reload of the operator's own.
    looks_by_itself: true,
    start: |room| {
        room.nginx_conf("");
        let p = room.path.display();
        let mut command = Command::new("/usr/sbin/nginx");
        command.args([
            "-c",
            &format!("{p}/nginx.conf"),
            "-e",
            &format!("{p}/log/error.log"),
            "-g",
            "daemon off;",
        ]);
        command
    },
    spoil: |room| room.nginx_conf("nonsense;"),
    dialogue: Some(("GET / HTTP/1.0\r\n\r\n", "HTTP/1.1")),
    looks: (9, 50),
};

#[test]
fn the_trial() {
    trial::hold(&SUBJECT);
}

/// What the check is for: this very version refuses a pair that does not fit.
#[test]
fn the_check_sees_a_mismatched_pair() {
    let room = Room::new();
    let (old, other) = (room.pair("old"), room.pair("other"));
    SUBJECT.install(&room, &old);
    room.nginx_conf("");
    let accepted = || {
        let mut check = Command::new("/usr/sbin/nginx");
        check.arg("-t").arg("-c").arg(room.file("nginx.conf")).arg("-e").arg(room.file("log/error.log"));
        check.output().unwrap().status.success()
    };
    assert!(accepted());
    fs::copy(&other.key, room.file("tls/site.key")).unwrap();
    assert!(!accepted());
}
