//! Every hostile component of tests/guests, through the whole host: refused as written here, nothing outside the
//! grant touched, the host alive and the next deployment good.

use std::fmt::Write as _;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::symlink;

use crate::room::{Room, repository};

/// The component, its outcome, and what the refusal says.
const ATTACKS: &[(&str, &str, &str)] = &[
    ("cpu-recursion", "limit", "stack"),
    ("cpu-spin", "limit", "wall time"),
    ("exec-crooked-program", "denied", "not a command line"),
    ("exec-extra-argument", "denied", "not a command line"),
    ("exec-fewer-arguments", "denied", "not a command line"),
    ("exec-flood", "limit", ""),
    ("exec-joined", "denied", "not a command line"),
    ("exec-nothing", "denied", "not a command line"),
    ("exec-nul", "denied", "not a command line"),
    ("exec-relative-program", "denied", "not a command line"),
    ("exec-ungranted-argument", "denied", "not a command line"),
    ("exec-ungranted-program", "denied", "not a command line"),
    ("exec-unknown-secret", "rejected", "no secret `other-target`"),
    ("fs-absolute", "denied", "outside what the connector declared"),
    ("fs-bytes-bomb", "limit", "bytes-out"),
    ("fs-directory-itself", "rejected", "names a directory"),
    ("fs-dot", "denied", "`.`, `..`"),
    ("fs-double-slash", "denied", "`//`"),
    ("fs-executable", "rejected", "more than read and write"),
    ("fs-flood", "limit", ""),
    ("fs-key-readable", "denied", "lets everybody read a sealed part"),
    ("fs-long-name", "denied", "longer than"),
    ("fs-mode-overflow", "rejected", "more than read and write"),
    ("fs-nul", "denied", ""),
    ("fs-own-names", "rejected", "are the host's"),
    ("fs-parent-escape", "denied", "`.`, `..`"),
    ("fs-setuid", "rejected", "more than read and write"),
    ("fs-sibling-prefix", "denied", "outside what the connector declared"),
    ("fs-symlink", "denied", "symbolic link"),
    ("fs-symlink-directory", "denied", "symbolic link"),
    ("fs-unknown-owner", "rejected", "no user `no-such-user`"),
    ("fs-unknown-secret", "rejected", "no secret `other-target`"),
    ("fs-world-writable", "rejected", "lets everybody write"),
    ("fs-write-then-spin", "limit", "wall time"),
    ("fs-write-then-trap", "trapped", "unreachable"),
    ("memory-bomb", "limit", "memory-bytes"),
    ("net-connect", "denied", "the method CONNECT"),
    ("net-decimal-address", "denied", "no DNS name"),
    ("net-file-scheme", "denied", ""),
    ("net-handle-bomb", "limit", "handles"),
    ("net-header-crlf", "rejected", "control character"),
    ("net-host-header", "denied", "is the host's to set"),
    ("net-key-plaintext", "denied", "in the clear"),
    ("net-length-header", "denied", "is the host's to set"),
    ("net-mapped-address", "denied", "not among the endpoints"),
    ("net-metadata", "denied", "not among the endpoints"),
    ("net-other-port-path", "rejected", "the path"),
    ("net-path-crlf", "rejected", "the path"),
    ("net-ungranted-host", "denied", "not among the endpoints"),
    ("net-userinfo", "denied", ""),
    ("result-bomb", "limit", ""),
    ("result-controls", "rejected", "gone"),
    ("result-problems-bomb", "limit", ""),
    ("trap", "trapped", "unreachable"),
];

#[test]
fn every_guest_has_a_test_and_every_test_a_guest() {
    let mut guests: Vec<String> = fs::read_dir(repository().join("tests/guests/examples"))
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    guests.sort();
    let tested: Vec<&str> = ATTACKS.iter().map(|(name, ..)| *name).collect();
    assert_eq!(guests, tested);
}

#[test]
fn every_attack_is_refused_and_nothing_outside_the_grant_changes() {
    let room = Room::new();
    let pair = room.pair("new");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    prepare(&room, listener.local_addr().unwrap().port());
    let before = room.snapshot(&["tls", "outside"]);
    for (name, ..) in ATTACKS {
        room.enqueue(name, &pair);
    }
    room.ok(&["run", "--until-idle"]);

    let mut wrong = String::new();
    for (name, outcome, text) in ATTACKS {
        let history = room.history(name);
        let refused = history.first().is_some_and(|(was, note)| {
            was == outcome && note.contains(text) && !note.contains('\u{1b}') && !note.contains("PRIVATE KEY")
        });
        if !refused {
            writeln!(wrong, "{name}: wanted {outcome} with {text:?}, got {history:.400?}").unwrap();
        }
    }
    assert_eq!(wrong, "");
    assert_eq!(room.snapshot(&["tls", "outside"]), before);
    room.assert_tidy();

    room.enqueue("honest", &pair);
    room.ok(&["run", "--until-idle"]);
    assert_eq!(room.history("honest")[0].0, "changed");
}

/// Each hostile component with the same small grant, and an honest one beside them.
fn prepare(room: &Room, port: u16) {
    let p = room.path.display();
    fs::write(room.file("tls/site.pem"), "old").unwrap();
    fs::write(room.file("outside/file"), "untouched").unwrap();
    symlink(room.file("outside/file"), room.file("tls/link")).unwrap();
    symlink(room.file("outside"), room.file("tls/linked")).unwrap();
    let components = repository();
    let mut text = String::new();
    for (name, ..) in ATTACKS {
        write!(
            text,
            "[plugins.{name}]\ncomponent = \"{}/target/hostile/{name}.wasm\"\nunpinned = true\n\
             limits = {{ wall-seconds = 2 }}\n\
             [plugins.{name}.grant]\nfs.write = [\"{p}/tls/\"]\nnet.dial = [\"http://127.0.0.1:{port}\"]\n\
             process.exec = [[\"/usr/bin/true\", \"harmless\"]]\n\
             [targets.{name}]\nplugin = \"{name}\"\nconfig = {{ prefix = \"{p}/tls/\", \
             endpoint = \"http://127.0.0.1:{port}\", command = [\"/usr/bin/true\", \"harmless\"] }}\n",
            components.display()
        )
        .unwrap();
    }
    write!(
        text,
        "[plugins.haproxy]\ncomponent = \"{}/plugins/haproxy.wasm\"\nunpinned = true\n\
         [plugins.haproxy.grant]\nfs.write = [\"{p}/tls/\"]\nprocess.exec = [[\"/usr/bin/true\"]]\n\
         [targets.honest]\nplugin = \"haproxy\"\n\
         config = {{ pem = \"{p}/tls/honest.pem\", reload = [\"/usr/bin/true\"] }}\n",
        components.display()
    )
    .unwrap();
    room.configure(1, &text);
}
