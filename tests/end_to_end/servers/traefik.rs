//! Traefik: it watches its dynamic files, and reads the pair only when one of them changes.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::bad_pair::NO_COMMAND;
use super::subject::{Layout, Subject};
use super::trial;
use crate::room::{Pair, Room};

const PROGRAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/proxies/bin/traefik");

const SUBJECT: Subject = Subject {
    name: "traefik",
    version: &[PROGRAM, "version"],
    starttls: "",
    config: |room| {
        let p = room.path.display();
        format!(
            "certificate = \"{p}/tls/site.pem\"\nkey = \"{p}/tls/site.key\"\ndynamic = \"{p}/tls/dynamic/site.yml\""
        )
    },
    plugin: |_| String::new(),
    commands: |_| vec![NO_COMMAND.to_owned()],
    layout: Layout::Own(|room, pair| {
        fs::create_dir_all(room.file("tls/dynamic")).unwrap();
        place(room, pair, pair);
        dynamic(room, "by hand");
    }),
    owner: None,
    looks_by_itself: true,
    start: |room| {
        routers(
            room,
            "http: { routers: { all: { rule: \"PathPrefix(`/`)\", service: ping@internal, tls: {} } } }",
        );
        let (p, port) = (room.path.display(), room.port);
        let conf = format!(
            "global: {{ checkNewVersion: false, sendAnonymousUsage: false }}\nping: {{ manualRouting: true }}\n\
             entryPoints: {{ web: {{ address: \"127.0.0.1:{port}\" }} }}\n\
             providers: {{ file: {{ directory: \"{p}/tls/dynamic\" }} }}\n"
        );
        fs::write(room.file("traefik.yml"), conf).unwrap();
        let mut command = Command::new(PROGRAM);
        command.arg(format!("--configFile={p}/traefik.yml"));
        command
    },
    spoil: |room| routers(room, "nonsense: ["),
    dialogue: Some(("GET / HTTP/1.1\r\nHost: example.test\r\n\r\n", "OK")),
    // It gathers changes for two seconds.
    looks: (12, 50),
};

/// Another dynamic file in the same directory, the administrator's own.
fn routers(room: &Room, text: &str) {
    fs::write(room.file("tls/dynamic/routers.yml"), text).unwrap();
}

/// The certificate of one and the key of another.
fn place(room: &Room, certificate: &Pair, key: &Pair) {
    rename_in(room, &key.key, "tls/site.key");
    rename_in(room, &certificate.certificate, "tls/site.pem");
}

fn rename_in(room: &Room, from: &Path, to: &str) {
    fs::copy(from, room.file("outside/part")).unwrap();
    fs::rename(room.file("outside/part"), room.file(to)).unwrap();
}

fn dynamic(room: &Room, comment: &str) {
    let p = room.path.display();
    let text = format!(
        "# {comment}\ntls: {{ certificates: [{{ certFile: \"{p}/tls/site.pem\", keyFile: \"{p}/tls/site.key\" }}] }}\n"
    );
    fs::write(room.file("outside/part"), text).unwrap();
    fs::rename(room.file("outside/part"), room.file("tls/dynamic/site.yml")).unwrap();
}

#[test]
fn the_trial() {
    trial::hold(&SUBJECT);
}

/// Why the connector writes a dynamic file last: a new pair beside it is never read.
#[test]
fn a_new_pair_is_not_seen_until_a_dynamic_file_changes() {
    let room = Room::new();
    let (old, new) = (room.pair("old"), room.pair("new"));
    let _running = SUBJECT.run(&room, &old);
    place(&room, &new, &new);
    // Longer than it gathers changes.
    std::thread::sleep(std::time::Duration::from_secs(4));
    assert_eq!(SUBJECT.served(&room), old.fingerprint);
    dynamic(&room, "touched");
    SUBJECT.await_served(&room, &new.fingerprint);
}

/// Why the README keeps the pair out of the watched directory: there the first half is an event already.
#[test]
fn a_pair_within_the_watched_directory_is_read_by_half() {
    let room = Room::new();
    let (old, new) = (room.pair("old"), room.pair("new"));
    let watched = Subject {
        start: |room| {
            let command = (SUBJECT.start)(room);
            let conf = fs::read_to_string(room.file("traefik.yml")).unwrap();
            fs::rename(room.file("tls/dynamic/routers.yml"), room.file("tls/routers.yml")).unwrap();
            fs::rename(room.file("tls/dynamic/site.yml"), room.file("tls/site.yml")).unwrap();
            fs::write(room.file("traefik.yml"), conf.replace("/tls/dynamic", "/tls")).unwrap();
            command
        },
        ..SUBJECT
    };
    let _running = watched.run(&room, &old);
    rename_in(&room, &new.key, "tls/site.key");
    crate::room::await_that("Traefik serves neither", || {
        let served = watched.served(&room);
        !served.is_empty() && served != old.fingerprint
    });
    rename_in(&room, &new.certificate, "tls/site.pem");
    watched.await_served(&room, &new.fingerprint);
}

/// A pair that does not fit is taken without a word to anybody: a certificate of Traefik's own is served.
#[test]
fn a_mismatched_pair_makes_it_serve_a_certificate_of_its_own() {
    let room = Room::new();
    let (old, new) = (room.pair("old"), room.pair("new"));
    let mut running = SUBJECT.run(&room, &old);
    place(&room, &new, &old);
    dynamic(&room, "half");
    crate::room::await_that("Traefik serves something else", || {
        let served = SUBJECT.served(&room);
        !served.is_empty() && served != old.fingerprint
    });
    assert_ne!(SUBJECT.served(&room), new.fingerprint);
    place(&room, &old, &old);
    dynamic(&room, "whole");
    SUBJECT.await_served(&room, &old.fingerprint);
    assert!(running.lives());
}

/// The pair goes back before the dynamic file that points at it: otherwise Traefik would read the new one again,
/// and no event would ever tell it of the old one.
#[test]
fn an_undo_is_seen_as_a_whole() {
    trial::is_undone_when_nobody_answers(&SUBJECT);
}
