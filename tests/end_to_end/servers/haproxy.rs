//! HAProxy's runtime API: the certificate is replaced in memory, and an undo reloads.

use std::fs;
use std::process::Command;

use super::subject::{Layout, Subject};
use super::trial;
use crate::room::Room;

const SUBJECT: Subject = Subject {
    name: "haproxy",
    version: &["/usr/sbin/haproxy", "-v"],
    starttls: "",
    config: |room| {
        let p = room.path.display();
        format!(
            "pem = \"{p}/tls/site.pem\"\nruntime = \"{p}/admin.sock\"\n\
             check = [\"/usr/sbin/haproxy\", \"-c\", \"-f\", \"{p}/haproxy.cfg\"]\n\
             reload = [\"/usr/bin/pkill\", \"-USR2\", \"-F\", \"{p}/haproxy.pid\", \"-x\", \"haproxy\"]"
        )
    },
    plugin: |_| String::new(),
    commands: |room| {
        let p = room.path.display();
        vec![
            format!(r#"["/usr/sbin/haproxy", "-c", "-f", "{p}/haproxy.cfg"]"#),
            format!(r#"["/usr/bin/pkill", "-USR2", "-F", "{p}/haproxy.pid", "-x", "haproxy"]"#),
            format!(r#"["/usr/bin/socat", "-t5", "-", "UNIX-CONNECT:{p}/admin.sock"]"#),
        ]
    },
    layout: Layout::CertificateFirst,
    owner: None,
    // Its reload is the operator's own.
    looks_by_itself: true,
    start: |room| {
        configure(room, "");
        let mut command = Command::new("/usr/sbin/haproxy");
        let p = room.path.display();
        command.args(["-W", "-db", "-f", &format!("{p}/haproxy.cfg"), "-p", &format!("{p}/haproxy.pid")]);
        command
    },
    spoil: |room| configure(room, "nonsense"),
    dialogue: Some(("GET / HTTP/1.0\r\n\r\n", "pong")),
    looks: (9, 50),
};

fn configure(room: &Room, extra: &str) {
    let (p, port) = (room.path.display(), room.port);
    let conf = format!(
        "global\n  stats socket {p}/admin.sock mode 600 level admin expose-fd listeners\n{extra}\n\
         defaults\n  mode http\n  timeout client 20s\n  timeout server 20s\n  timeout connect 5s\n\
         frontend test\n  bind 127.0.0.1:{port} ssl crt {p}/tls/site.pem\n  \
         http-request return status 200 content-type text/plain string pong\n"
    );
    fs::write(room.file("haproxy.cfg"), conf).unwrap();
}

#[test]
fn the_trial() {
    trial::hold(&SUBJECT);
}

/// What was pushed into the running process goes back by the reload that stands in its place.
#[test]
fn an_undo_reloads_what_was_pushed_into_memory() {
    trial::is_undone_when_nobody_answers(&SUBJECT);
}
