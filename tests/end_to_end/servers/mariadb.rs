//! MariaDB: two commands that sound alike, of which one keeps the certificate.

use std::fs;
use std::process::Command;

use super::place::{as_user, directory, done};
use super::subject::{Layout, Subject};
use super::trap::{Trap, spring};
use super::trial;
use crate::room::Room;

pub(super) const SUBJECT: Subject = Subject {
    name: "mariadb",
    version: &["/usr/sbin/mariadbd", "--version"],
    starttls: "mysql",
    config: |room| {
        let p = room.path.display();
        format!(
            "certificate = \"{p}/tls/site.pem\"\nkey = \"{p}/tls/site.key\"\ndefaults-file = \"{p}/my.cnf\""
        )
    },
    plugin: |_| String::new(),
    commands: |room| vec![admin(room, "flush-ssl")],
    layout: Layout::Pair,
    owner: Some(("root", "mysql")),
    looks_by_itself: false,
    start: |room| start(room, "site.key"),
    spoil: |room| configure(room, "site.key", "nonsense = yes"),
    // A client that nobody knows: the server's words to it are an answer like any other.
    dialogue: Some((LOGIN, "Access denied for user 'stranger'")),
    looks: (10, 50),
};

/// The packet that follows openssl's request for TLS, whose capabilities hold: a user, no password, the method, no
/// attributes.
const LOGIN: &str = "\u{41}\0\0\u{2}\0\u{a}\u{8}\0\0\0\0\u{1}\u{21}\
    \0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0stranger\0\0mysql_native_password\0\0";

const ONE_FILE: Subject = Subject {
    config: |room| {
        let p = room.path.display();
        format!("pem = \"{p}/tls/site.pem\"\ndefaults-file = \"{p}/my.cnf\"")
    },
    layout: Layout::CertificateFirst,
    start: |room| start(room, "site.pem"),
    ..SUBJECT
};

fn admin(room: &Room, what: &str) -> String {
    format!(r#"["/usr/bin/mariadb-admin", "--defaults-file={}/my.cnf", "{what}"]"#, room.path.display())
}

fn start(room: &Room, key: &str) -> Command {
    directory(room, "data", "mysql");
    let mut install = as_user("mysql", "/usr/bin/mariadb-install-db");
    install.args(["--no-defaults", "--skip-test-db", "--auth-root-authentication-method=socket"]);
    // Separated by a space, the directory would be ignored.
    done(install.arg(format!("--datadir={}/data", room.path.display())));
    configure(room, key, "");
    let mut command = as_user("mysql", "/usr/sbin/mariadbd");
    command.arg(format!("--defaults-file={}/my.cnf", room.path.display()));
    command
}

fn configure(room: &Room, key: &str, extra: &str) {
    let p = room.path.display();
    let conf = format!(
        "[client]\nsocket = {p}/data/mysqld.sock\nuser = root\n[mariadbd]\ndatadir = {p}/data\n\
         socket = {p}/data/mysqld.sock\npid-file = {p}/data/mysqld.pid\nbind-address = 127.0.0.1\nport = {}\n\
         connect_timeout = 600\nssl-cert = {p}/tls/site.pem\nssl-key = {p}/tls/{key}\n{extra}\n",
        room.port
    );
    fs::write(room.file("my.cnf"), conf).unwrap();
}

#[test]
fn the_trial() {
    trial::hold_unheeding(&SUBJECT);
}

#[test]
fn one_file_holds_certificate_and_key() {
    trial::renews(&ONE_FILE);
}

#[test]
fn the_command_that_reloads_grants_alone_is_found_out() {
    let trap = Trap {
        config: |room| format!("reload = {}", admin(room, "reload")),
        commands: |room| vec![admin(room, "reload")],
        outcome: "unverified",
    };
    spring(&SUBJECT, &trap);
}

#[test]
fn a_key_that_its_user_cannot_read_is_told_at_once() {
    let trap =
        Trap { config: |_| "owner = \"root\"".to_owned(), commands: |_| vec![], outcome: "unavailable" };
    let note = spring(&SUBJECT, &trap);
    assert!(note.contains("Failed to refresh SSL"), "{note}");
}
