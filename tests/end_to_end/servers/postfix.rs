//! Postfix: one file, the key first, read by every new smtpd process without being asked.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

use super::subject::{Layout, Subject};
use super::{bad_pair, trial};
use crate::room::Room;

const SUBJECT: Subject = Subject {
    name: "postfix",
    version: &["/usr/sbin/postconf", "mail_version"],
    starttls: "smtp",
    config: |room| {
        let p = room.path.display();
        format!("pem = \"{p}/tls/site.pem\"\nconfig-directory = \"{p}/etc\"")
    },
    plugin: |_| String::new(),
    commands: |room| {
        let postfix = format!(r#""/usr/sbin/postfix", "-c", "{}/etc""#, room.path.display());
        vec![format!(r#"[{postfix}, "check"]"#), format!(r#"[{postfix}, "reload"]"#)]
    },
    layout: Layout::KeyFirst,
    owner: None,
    looks_by_itself: true,
    start: |room| start(room, ""),
    spoil: |room| configure(room, "nonsense"),
    dialogue: Some(("NOOP\r\n", "2.0.0 Ok")),
    looks: (8, 250),
};

/// With a process for each connection, as a busy server has many new ones.
const BUSY: Subject = Subject { start: |room| start(room, "max_use = 1"), ..SUBJECT };

fn start(room: &Room, extra: &str) -> Command {
    for directory in ["etc", "queue", "data"] {
        fs::create_dir(room.file(directory)).unwrap();
    }
    assert!(Command::new("chown").arg("postfix").arg(room.file("data")).status().unwrap().success());
    configure(room, extra);
    // `check` makes the queue; `master -d` is what `start` comes to, but stays in the test's process group.
    let check = Command::new("/usr/sbin/postfix").arg("-c").arg(room.file("etc")).arg("check").output();
    let check = check.unwrap();
    assert!(check.status.success(), "{check:?}");
    let mut command = Command::new("/usr/lib/postfix/sbin/master");
    command.arg("-d").arg("-c").arg(room.file("etc"));
    command
}

fn configure(room: &Room, extra: &str) {
    let (p, port) = (room.path.display(), room.port);
    let main = format!(
        "compatibility_level = 3.6\nqueue_directory = {p}/queue\ndata_directory = {p}/data\n\
         maillog_file = {p}/log/postfix\nmaillog_file_prefixes = {p}\n\
         smtpd_tls_chain_files = {p}/tls/site.pem\nsmtpd_tls_security_level = may\n\
         inet_interfaces = 127.0.0.1\nmyhostname = example.test\nmydestination = example.test\n\
         alias_maps =\nalias_database =\nlocal_recipient_maps =\n{extra}\n"
    );
    let master = format!(
        "127.0.0.1:{port} inet n - n - - smtpd\npostlog unix-dgram n - n - 1 postlogd\n\
         tlsmgr unix - - n 1000? 1 tlsmgr\nanvil unix - - n - 1 anvil\n\
         cleanup unix n - n - 0 cleanup\nrewrite unix - - n - - trivial-rewrite\n"
    );
    fs::write(room.file("etc/main.cf"), main).unwrap();
    fs::write(room.file("etc/master.cf"), master).unwrap();
}

/// What a sender hears who would like TLS: the answers to EHLO, STARTTLS and, still in clear text, MAIL FROM.
fn opportunistic_sender(room: &Room) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", room.port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
    let mut heard = String::new();
    for said in ["", "EHLO sender.test\r\n", "STARTTLS\r\n", "MAIL FROM:<a@sender.test>\r\n"] {
        stream.write_all(said.as_bytes()).unwrap();
        loop {
            let line = lines.next().expect("the server answers").unwrap();
            heard += &format!("{line}\n");
            if line.as_bytes().get(3) == Some(&b' ') {
                break;
            }
        }
    }
    heard
}

#[test]
fn the_trial() {
    trial::hold(&SUBJECT);
}

#[test]
fn the_certificate_first_switches_tls_off_and_the_profile_has_the_key_first() {
    let room = Room::new();
    let (old, new) = (room.pair("old"), room.pair("new"));
    let _running = BUSY.run(&room, &old);
    // The order of other servers: written by hand, and then by `custom` through lastmile, it ends TLS.
    let other_order = Subject { layout: Layout::CertificateFirst, name: "server", ..BUSY };
    other_order.install(&room, &new);
    BUSY.await_served(&room, "");
    BUSY.install(&room, &old);
    BUSY.await_served(&room, &old.fingerprint);
    let path = room.file("tls/site.pem");
    let config = format!(
        "profile = \"custom\"\nfiles = [{{ path = \"{}\", content = [\"full-chain\", \"key\"] }}]",
        path.display()
    );
    trial::is_found_out(
        &other_order,
        &room,
        (&old, &new),
        &config,
        &[bad_pair::NO_COMMAND.to_owned()],
        "the certificate first",
    );
    // The profile writes the key first.
    BUSY.configure(&room, &(SUBJECT.config)(&room), &(SUBJECT.commands)(&room));
    room.enqueue("it", &new);
    room.ok(&["run", "--until-idle"]);
    assert_eq!(BUSY.served(&room), new.fingerprint);
    assert!(fs::read_to_string(path).unwrap().starts_with("-----BEGIN PRIVATE KEY-----"));
}

#[test]
fn a_new_file_is_read_without_a_reload_and_a_bad_one_makes_senders_go_on_in_clear_text() {
    let room = Room::new();
    let (old, new) = (room.pair("old"), room.pair("new"));
    let _running = BUSY.run(&room, &old);
    BUSY.install(&room, &new);
    BUSY.await_served(&room, &new.fingerprint);
    BUSY.install(&room, &bad_pair::mismatched(&new, &old));
    BUSY.await_served(&room, "");
    let heard = opportunistic_sender(&room);
    assert!(heard.contains("250-STARTTLS"), "{heard}");
    assert!(heard.contains("\n454 4.7.0 TLS not available"), "{heard}");
    assert!(heard.contains("\n250 2.1.0 Ok"), "{heard}");
}

#[test]
fn a_bad_pair_is_taken_without_a_word_and_undone_by_the_hosts_own_look() {
    bad_pair::is_taken_and_undone(&SUBJECT, |room| {
        let etc = room.file("etc").display().to_string();
        ["/usr/sbin/postfix", "-c", &etc, "reload"].map(str::to_owned).to_vec()
    });
}
