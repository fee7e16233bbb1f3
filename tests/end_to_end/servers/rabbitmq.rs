//! RabbitMQ: Erlang remembers the files, and its answer to being told is `ok` whatever they hold.

use std::fs;
use std::process::Command;

use super::place::{as_user, directory};
use super::subject::{Layout, Subject};
use super::trap::{Trap, spring};
use super::trial;
use crate::room::{Room, free_port};

const SUBJECT: Subject = Subject {
    name: "rabbitmq",
    version: &["/usr/bin/dpkg-query", "-W", "rabbitmq-server"],
    starttls: "",
    config: |room| {
        let p = room.path.display();
        format!("certificate = \"{p}/tls/site.pem\"\nkey = \"{p}/tls/site.key\"\nnode = \"{}\"", node(room))
    },
    plugin: |room| {
        let port = fs::read_to_string(room.file("epmd-port")).unwrap();
        format!("environment = {{ ERL_EPMD_PORT = \"{port}\" }}")
    },
    commands: |room| {
        vec![format!(
            r#"["/usr/sbin/rabbitmqctl", "-n", "{}", "eval", "ssl:clear_pem_cache()."]"#,
            node(room)
        )]
    },
    layout: Layout::Pair,
    owner: Some(("root", "rabbitmq")),
    looks_by_itself: false,
    start: |room| start(room, "site.key"),
    spoil: |room| configure(room, "site.key", "nonsense = yes"),
    // The header of AMQP 0-9-1; the server's product is in what it begins with.
    dialogue: Some(("AMQP\0\0\u{9}\u{1}", "RabbitMQ")),
    looks: (10, 100),
};

const ONE_FILE: Subject = Subject {
    config: |room| format!("pem = \"{}/tls/site.pem\"\nnode = \"{}\"", room.path.display(), node(room)),
    layout: Layout::CertificateFirst,
    start: |room| start(room, "site.pem"),
    ..SUBJECT
};

fn node(room: &Room) -> String {
    format!("t{}@localhost", room.port)
}

/// The port mapper runs in the same process group, so that it ends with the server. The cookie is that of
/// Debian's user rabbitmq, as Debian's rabbitmqctl uses it.
fn start(room: &Room, key: &str) -> Command {
    directory(room, "data", "rabbitmq");
    configure(room, key, "");
    let epmd = free_port().to_string();
    fs::write(room.file("epmd-port"), &epmd).unwrap();
    let mut command = as_user("rabbitmq", "/bin/sh");
    command.args(["-c", "epmd -address 127.0.0.1 & exec /usr/lib/rabbitmq/bin/rabbitmq-server"]);
    command.current_dir(room.file("data"));
    command.env("HOME", "/var/lib/rabbitmq").env("ERL_EPMD_PORT", epmd);
    command.env("RABBITMQ_NODENAME", node(room)).env("RABBITMQ_DIST_PORT", free_port().to_string());
    command.env("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "-kernel inet_dist_use_interface {127,0,0,1}");
    command.env("RABBITMQ_CONFIG_FILE", room.file("rabbitmq.conf"));
    for (name, file) in [
        ("MNESIA_BASE", "mnesia"),
        ("LOG_BASE", "log"),
        ("ENABLED_PLUGINS_FILE", "plugins"),
        ("CONF_ENV_FILE", "env"),
        ("GENERATED_CONFIG_DIR", "generated"),
    ] {
        command.env(format!("RABBITMQ_{name}"), room.file("data").join(file));
    }
    command
}

fn configure(room: &Room, key: &str, extra: &str) {
    let p = room.path.display();
    let conf = format!(
        "listeners.tcp = none\nlisteners.ssl.1 = 127.0.0.1:{}\nhandshake_timeout = 600000\n\
         ssl_options.certfile = {p}/tls/site.pem\nssl_options.keyfile = {p}/tls/{key}\n\
         ssl_options.verify = verify_none\n{extra}\n",
        room.port
    );
    fs::write(room.file("rabbitmq.conf"), conf).unwrap();
}

/// A reload that does not clear the cache (the trial's lie) leaves the old certificate served.
#[test]
fn the_trial() {
    trial::hold_unheeding(&SUBJECT);
}

#[test]
fn one_file_holds_certificate_and_key() {
    trial::renews(&ONE_FILE);
}

/// The answer is `ok`, and every handshake fails until the old files are back and the cache is cleared again.
#[test]
fn a_key_that_its_user_cannot_read_is_found_out() {
    let trap =
        Trap { config: |_| "owner = \"root\"".to_owned(), commands: |_| vec![], outcome: "unverified" };
    let note = spring(&SUBJECT, &trap);
    assert!(note.contains("serves no certificate"), "{note}");
}
