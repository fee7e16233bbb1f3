//! BIND, DNS over TLS: it tells of what it cannot take, at once, and goes on as before.

use std::fs;
use std::process::Command;

use super::place::directory;
use super::subject::{Layout, Subject};
use super::trap::{Trap, spring};
use super::trial;
use crate::room::{Room, free_port};

pub(super) const SUBJECT: Subject = Subject {
    name: "bind",
    version: &["/usr/sbin/named", "-v"],
    starttls: "",
    config: |room| {
        let p = room.path.display();
        format!(
            "certificate = \"{p}/tls/site.pem\"\nkey = \"{p}/tls/site.key\"\nrndc-config = \"{p}/rndc.conf\"\n\
             config-file = \"{p}/named.conf\""
        )
    },
    plugin: |_| String::new(),
    commands: |room| {
        let p = room.path.display();
        vec![
            format!(r#"["/usr/bin/named-checkconf", "{p}/named.conf"]"#),
            format!(r#"["/usr/sbin/rndc", "-c", "{p}/rndc.conf", "reconfig"]"#),
        ]
    },
    layout: Layout::Pair,
    owner: Some(("root", "bind")),
    looks_by_itself: false,
    start,
    spoil: |room| {
        let conf = fs::read_to_string(room.file("named.conf")).unwrap();
        fs::write(room.file("named.conf"), format!("{conf}nonsense yes;\n")).unwrap();
    },
    // version.bind, class CH, type TXT.
    dialogue: Some((
        "\0\u{1e}\u{12}\u{34}\u{1}\0\0\u{1}\0\0\0\0\0\0\u{7}version\u{4}bind\0\0\u{10}\0\u{3}",
        "it is alive",
    )),
    looks: (10, 50),
};

fn start(room: &Room) -> Command {
    directory(room, "data", "bind");
    let (p, control) = (room.path.display(), free_port());
    let key = "key rndc { algorithm hmac-sha256; secret \"dGhlIHRlc3QncyBvd24ga2V5\"; };";
    let conf = format!(
        "options {{ directory \"{p}/data\"; pid-file \"{p}/data/pid\"; session-keyfile none; recursion no;\n\
         dnssec-validation no; version \"it is alive\"; tcp-initial-timeout 1200; listen-on-v6 {{ none; }};\n\
         listen-on port {} tls site {{ 127.0.0.1; }}; }};\n\
         tls site {{ cert-file \"{p}/tls/site.pem\"; key-file \"{p}/tls/site.key\"; }};\n\
         {key}\ncontrols {{ inet 127.0.0.1 port {control} allow {{ 127.0.0.1; }} keys {{ rndc; }}; }};\n",
        room.port
    );
    fs::write(room.file("named.conf"), conf).unwrap();
    let rndc = format!(
        "{key}\noptions {{ default-key rndc; default-server 127.0.0.1; default-port {control}; }};\n"
    );
    fs::write(room.file("rndc.conf"), rndc).unwrap();
    let mut command = Command::new("/usr/sbin/named");
    command.args(["-g", "-n", "1", "-u", "bind", "-c"]).arg(room.file("named.conf"));
    command
}

#[test]
fn the_trial() {
    trial::hold(&SUBJECT);
}

#[test]
fn a_key_that_its_user_cannot_read_is_told_at_once() {
    let trap =
        Trap { config: |_| "group = \"root\"".to_owned(), commands: |_| vec![], outcome: "unavailable" };
    let note = spring(&SUBJECT, &trap);
    assert!(note.contains("'reconfig' failed"), "{note}");
}
