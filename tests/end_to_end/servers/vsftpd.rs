//! vsftpd: it reads the certificate at its start only, has no check, and does not start with a bad pair.
//!
//! So the operator restarts it, and looks before whether a second one would start. Its package excludes
//! ProFTPD's, so that it runs from where `tests/setup.sh mail` unpacks it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::time::Duration;

use super::subject::{Layout, Subject};
use super::{bad_pair, trial};
use crate::room::{Room, free_port};

const VSFTPD: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/debs/vsftpd/usr/sbin/vsftpd");

const SUBJECT: Subject = Subject {
    name: "vsftpd",
    // It prints its version to its standard input.
    version: &["/bin/sh", "-c", "exec \"$0\" -v 0>&1", VSFTPD],
    starttls: "ftp",
    config: |room| {
        let p = room.path.display();
        format!("pem = \"{p}/tls/site.pem\"\ncheck = [\"{p}/try\"]\nreload = [\"{p}/restart\"]")
    },
    plugin: |_| String::new(),
    commands: |room| ["try", "restart"].map(|name| format!("[{:?}]", room.file(name))).to_vec(),
    layout: Layout::CertificateFirst,
    owner: None,
    looks_by_itself: true,
    start: |room| {
        configure(room, "");
        fs::create_dir(room.file("empty")).unwrap();
        let vsftpd = fs::canonicalize(VSFTPD).expect("run `make test`, which unpacks vsftpd");
        let (vsftpd, p) = (vsftpd.display(), room.path.display());
        let spare = free_port();
        // A service manager in a line: what ends is started again.
        script(
            room,
            "manager",
            &format!(
                "while :; do {vsftpd} {p}/vsftpd.conf & echo $! >{p}/vsftpd.pid; wait $!; sleep 0.1; done"
            ),
        );
        script(
            room,
            "try",
            &format!(
                "timeout 1 {vsftpd} {p}/vsftpd.conf -olisten_port={spare}; [ $? -eq 124 ] && exit 0\n\
                 echo it would not start >&2; exit 1"
            ),
        );
        // What has ended already is being started again.
        script(room, "restart", &format!("kill $(cat {p}/vsftpd.pid) 2>/dev/null; exit 0"));
        Command::new(room.file("manager"))
    },
    spoil: |room| configure(room, "nonsense=YES"),
    dialogue: None,
    looks: (8, 250),
};

fn script(room: &Room, name: &str, text: &str) {
    fs::write(room.file(name), format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(room.file(name), fs::Permissions::from_mode(0o755)).unwrap();
}

fn configure(room: &Room, extra: &str) {
    let (p, port) = (room.path.display(), room.port);
    let conf = format!(
        "listen=YES\nlisten_address=127.0.0.1\nlisten_port={port}\nbackground=NO\nanonymous_enable=YES\n\
         ftp_username=nobody\nnopriv_user=nobody\nsecure_chroot_dir={p}/empty\nseccomp_sandbox=NO\n\
         ssl_enable=YES\nallow_anon_ssl=YES\nforce_anon_logins_ssl=NO\nforce_anon_data_ssl=NO\n\
         rsa_cert_file={p}/tls/site.pem\n{extra}\n"
    );
    fs::write(room.file("vsftpd.conf"), conf).unwrap();
}

fn restart(room: &Room) -> Vec<String> {
    vec![room.file("restart").display().to_string()]
}

#[test]
fn the_trial() {
    trial::hold(&SUBJECT);
}

#[test]
fn nothing_but_a_restart_makes_it_read_the_certificate() {
    let room = Room::new();
    let (old, new) = (room.pair("old"), room.pair("new"));
    let _running = SUBJECT.run(&room, &old);
    SUBJECT.install(&room, &new);
    let number = fs::read_to_string(room.file("vsftpd.pid")).unwrap();
    assert!(Command::new("kill").args(["-HUP", number.trim()]).status().unwrap().success());
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(SUBJECT.served(&room), old.fingerprint);
    assert_eq!(fs::read_to_string(room.file("vsftpd.pid")).unwrap(), number, "it ended");
    SUBJECT.install(&room, &old);
    let config = format!("pem = {:?}\nreload = [\"/usr/bin/true\"]", room.file("tls/site.pem"));
    let commands = [r#"["/usr/bin/true"]"#.to_owned()];
    trial::is_found_out(&SUBJECT, &room, (&old, &new), &config, &commands, "no restart");
}

#[test]
fn a_bad_pair_ends_it_at_the_restart_and_is_undone_by_the_hosts_own_look() {
    bad_pair::is_taken_and_undone(&SUBJECT, restart);
}

#[test]
fn an_operators_check_keeps_it_from_being_restarted_on_a_bad_pair() {
    let room = Room::new();
    let (old, new) = (room.pair("old"), room.pair("new"));
    let _running = SUBJECT.run(&room, &old);
    let custom = Subject { name: "server", ..SUBJECT };
    let (config, commands) = bad_pair::written_by_hand(&SUBJECT, &room, &old, &restart(&room));
    let check = format!("[{:?}]", room.file("try"));
    custom.configure(&room, &format!("{config}\ncheck = {check}"), &[commands, vec![check]].concat());
    let before = room.snapshot(&["tls"]);
    let number = fs::read_to_string(room.file("vsftpd.pid")).unwrap();
    room.enqueue("it", &new);
    room.ok(&["run", "--until-idle"]);
    let (outcome, note) = room.history("it").last().cloned().unwrap();
    assert!(outcome == "rejected" && note.contains("it would not start"), "{outcome}: {note}");
    assert_eq!(room.snapshot(&["tls"]), before);
    assert_eq!(SUBJECT.served(&room), old.fingerprint);
    assert_eq!(fs::read_to_string(room.file("vsftpd.pid")).unwrap(), number, "it was restarted");
}
