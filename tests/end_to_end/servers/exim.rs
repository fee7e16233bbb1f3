//! Exim: it watches the file, takes it up after some seconds, and reads it as a user of its own.
//!
//! Its package excludes Postfix's, so that it runs from where `tests/setup.sh mail` unpacks it.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::process::Command;

use super::subject::{Layout, Subject};
use super::{bad_pair, trial};
use crate::room::Room;

const EXIM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/debs/exim4-daemon-light/usr/sbin/exim4");

const SUBJECT: Subject = Subject {
    name: "exim",
    version: &[EXIM, "-bV"],
    starttls: "smtp",
    config: |room| {
        let p = room.path.display();
        let exim = program();
        format!("pem = \"{p}/tls/site.pem\"\nprogram = \"{exim}\"\nconfig-file = \"{p}/exim.conf\"")
    },
    plugin: |_| String::new(),
    commands: |room| vec![format!(r#"["{}", "-C", "{}/exim.conf", "-bV"]"#, program(), room.path.display())],
    layout: Layout::CertificateFirst,
    owner: Some(("root", "Debian-exim")),
    looks_by_itself: true,
    start: |room| {
        configure(room, "");
        fs::create_dir(room.file("spool")).unwrap();
        let mut chown = Command::new("chown");
        chown.arg("Debian-exim").arg(room.file("spool")).arg(room.file("log"));
        assert!(chown.status().unwrap().success());
        let mut command = Command::new(program());
        command.arg("-bdf").arg("-C").arg(room.file("exim.conf"));
        command
    },
    spoil: |room| configure(room, "nonsense = yes"),
    dialogue: Some(("NOOP\r\n", "250 OK")),
    looks: (12, 50),
};

fn program() -> String {
    let path = fs::canonicalize(EXIM).expect("run `make test`, which unpacks Exim");
    path.to_str().unwrap().to_owned()
}

fn configure(room: &Room, extra: &str) {
    let (p, port) = (room.path.display(), room.port);
    let conf = format!(
        "spool_directory = {p}/spool\nlog_file_path = {p}/log/%slog\npid_file_path = {p}/exim.pid\n\
         local_interfaces = 127.0.0.1.{port}\nprimary_hostname = example.test\nkeep_environment =\n\
         tls_advertise_hosts = *\ntls_certificate = {p}/tls/site.pem\nacl_smtp_rcpt = deny\n{extra}\n"
    );
    fs::write(room.file("exim.conf"), conf).unwrap();
}

#[test]
fn the_trial() {
    trial::hold(&SUBJECT);
}

#[test]
fn a_bad_pair_is_taken_without_a_word_and_undone_by_the_hosts_own_look() {
    bad_pair::is_taken_and_undone(&SUBJECT, |_| Vec::new());
}

#[test]
fn a_file_that_root_alone_reads_ends_tls_and_the_profiles_group_mends_it() {
    let room = Room::new();
    let (old, new) = (room.pair("old"), room.pair("new"));
    let _running = SUBJECT.run(&room, &old);
    let path = room.file("tls/site.pem");
    // Anew, as an administrator's `cp` would have it: the owner and the mode are not Exim's any more.
    fs::remove_file(&path).unwrap();
    fs::write(&path, [fs::read(&old.certificate).unwrap(), fs::read(&old.key).unwrap()].concat()).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    SUBJECT.await_served(&room, "");
    SUBJECT.configure(&room, &(SUBJECT.config)(&room), &(SUBJECT.commands)(&room));
    room.enqueue("it", &new);
    room.ok(&["run", "--until-idle"]);
    assert_eq!(SUBJECT.served(&room), new.fingerprint, "{:?}", room.history("it"));
    let metadata = fs::metadata(&path).unwrap();
    assert_eq!((metadata.mode() & 0o777, metadata.uid()), (0o640, 0));
    assert_ne!(metadata.gid(), 0);
}
