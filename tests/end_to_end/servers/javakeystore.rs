//! A Java keystore, read back with keytool and by a small Java program that serves what is in it.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::subject::{Layout, Subject};
use super::trap::{Trap, spring};
use super::{javastore, trial};
use crate::room::Room;

const SUBJECT: Subject = Subject {
    name: "javakeystore",
    version: &["/usr/bin/java", "-version"],
    starttls: "",
    config: |room| format!("keystore = \"{}/tls/site.p12\"", room.path.display()),
    plugin: javastore::secret,
    commands: |room| vec![keytool(room, "p12", "site")],
    layout: Layout::Pair,
    owner: None,
    looks_by_itself: true,
    start: |room| {
        javastore::pkcs12(room, "site", "root");
        start(room, "PKCS12", "p12")
    },
    spoil: |room| fs::write(room.file("server.properties"), "nonsense").unwrap(),
    dialogue: Some(("ping\n", "pong")),
    looks: (9, 50),
};

const JKS: Subject = Subject {
    config: |room| format!("keystore = \"{}/tls/site.jks\"\ntype = \"jks\"", room.path.display()),
    commands: |room| vec![keytool(room, "jks", "site")],
    start: |room| {
        javastore::jks(room, "site", "root");
        start(room, "JKS", "jks")
    },
    ..SUBJECT
};

/// The ciphers of old.
const LEGACY: Subject =
    Subject { config: |room| format!("{}\ntype = \"pkcs12-legacy\"", (SUBJECT.config)(room)), ..SUBJECT };

fn keytool(room: &Room, suffix: &str, alias: &str) -> String {
    let store = room.file("tls/site").with_extension(suffix);
    format!(r#"["/usr/bin/keytool", "-list", "-keystore", "{}", "-alias", "{alias}"]"#, store.display())
}

fn start(room: &Room, kind: &str, suffix: &str) -> Command {
    let settings = format!(
        "port={}\ntype={kind}\nkeystore={}\nalias=site\npassword={}\n",
        room.port,
        room.file("tls/site").with_extension(suffix).display(),
        javastore::PASSWORD
    );
    fs::write(room.file("server.properties"), settings).unwrap();
    let source = "end_to_end/servers/javakeystore/Server.java";
    let mut command = Command::new("/usr/bin/java");
    command.arg(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(source)).arg(room.file("server.properties"));
    command
}

#[test]
fn the_trial() {
    trial::hold_unheeding(&SUBJECT);
}

#[test]
fn jks_and_the_ciphers_of_old_are_read() {
    trial::renews(&JKS);
    trial::renews(&LEGACY);
}

/// keytool finds the entry, the program looks for another: the host's own look finds out.
#[test]
fn a_wrong_alias_is_found_out() {
    let trap = Trap {
        config: |_| "alias = \"another\"".to_owned(),
        commands: |room| vec![keytool(room, "p12", "another")],
        outcome: "unverified",
    };
    spring(&SUBJECT, &trap);
}

/// A check by the operator's own keytool with a password that is not the store's: refused, and never served.
#[test]
fn a_store_that_keytool_does_not_open_is_refused() {
    fn check(room: &Room) -> String {
        keytool(room, "p12", "site").replace(
            "\"-alias\"",
            &format!("\"-storepass:file\", \"{}/other\", \"-alias\"", room.path.display()),
        )
    }
    let trap = Trap {
        config: |room| {
            fs::write(room.file("other"), "not-the-password").unwrap();
            format!("check = {}", check(room))
        },
        commands: |room| vec![check(room)],
        outcome: "rejected",
    };
    let note = spring(&SUBJECT, &trap);
    assert!(note.contains("password was incorrect"), "{note}");
}
