//! Caddy: without `--force` a reload of an unchanged Caddyfile succeeds and does nothing.

use std::fs;
use std::process::Command;

use super::subject::{Layout, Subject};
use super::trial;
use crate::room::{Room, free_port};

pub(super) const SUBJECT: Subject = Subject {
    name: "caddy",
    version: &["/usr/bin/caddy", "version"],
    starttls: "",
    config: |room| {
        let p = room.path.display();
        format!(
            "certificate = \"{p}/tls/site.pem\"\nkey = \"{p}/tls/site.key\"\nconfig-file = \"{p}/Caddyfile\"\n\
             address = \"{}\"",
            admin(room)
        )
    },
    plugin: |room| format!("environment = {{ HOME = \"{}/log\" }}", room.path.display()),
    commands: |room| {
        let (p, admin) = (room.path.display(), admin(room));
        let common = format!(r#""--config", "{p}/Caddyfile", "--adapter", "caddyfile""#);
        vec![
            format!(r#"["/usr/bin/caddy", "validate", {common}]"#),
            format!(r#"["/usr/bin/caddy", "reload", {common}, "--address", "{admin}", "--force"]"#),
        ]
    },
    layout: Layout::Pair,
    owner: None,
    looks_by_itself: false,
    start: |room| {
        let port = free_port();
        fs::write(room.file("admin"), format!("127.0.0.1:{port}")).unwrap();
        configure(room, "");
        let mut command = Command::new("/usr/bin/caddy");
        command.args(["run", "--adapter", "caddyfile", "--config"]).arg(room.file("Caddyfile"));
        command.env("HOME", room.file("log"));
        command
    },
    spoil: |room| configure(room, "nonsense"),
    dialogue: Some(("GET / HTTP/1.0\r\nHost: example.test\r\n\r\n", "pong")),
    looks: (9, 50),
};

fn admin(room: &Room) -> String {
    fs::read_to_string(room.file("admin")).unwrap()
}

fn configure(room: &Room, extra: &str) {
    let (p, port, admin) = (room.path.display(), room.port, admin(room));
    // One address alone: of two, Caddy orders what it makes of them by chance, and any reload may then find a change.
    let conf = format!(
        "{{\n  admin {admin}\n  auto_https off\n}}\n{extra}\nhttps://example.test:{port} {{\n  \
         bind 127.0.0.1\n  tls {p}/tls/site.pem {p}/tls/site.key\n  respond \"pong\"\n}}\n"
    );
    fs::write(room.file("Caddyfile"), conf).unwrap();
}

#[test]
fn the_trial() {
    trial::hold(&SUBJECT);
}

/// The remedy is the profile's `--force`: without it the host finds the old certificate served, and undoes.
#[test]
fn a_reload_without_force_does_nothing_and_is_found_out() {
    let room = Room::new();
    let (old, new) = (room.pair("old"), room.pair("new"));
    let _running = SUBJECT.run(&room, &old);
    let weak = (SUBJECT.commands)(&room)[1].replace(", \"--force\"", "");
    let commands = [(SUBJECT.commands)(&room), vec![weak.clone()]].concat();
    SUBJECT.configure(&room, &format!("{}\nreload = {weak}", (SUBJECT.config)(&room)), &commands);
    let before = room.snapshot(&["tls"]);
    room.enqueue("it", &new);
    room.ok(&["run", "--until-idle"]);
    assert_eq!(room.history("it")[0].0, "unverified");
    assert_eq!(room.snapshot(&["tls"]), before);
    SUBJECT.await_served(&room, &old.fingerprint);
}
