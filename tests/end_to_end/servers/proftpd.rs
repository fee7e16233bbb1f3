//! ProFTPD: each session reads the files, so that two files are a window and one is not.

use std::fs;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use super::subject::{Layout, Subject};
use super::{bad_pair, trial};
use crate::room::Room;

const SUBJECT: Subject = Subject {
    name: "proftpd",
    version: &["/usr/sbin/proftpd", "-v"],
    starttls: "ftp",
    config: |room| {
        let p = room.path.display();
        format!("pem = \"{p}/tls/site.pem\"\nconfig-file = \"{p}/proftpd.conf\"")
    },
    plugin: |_| String::new(),
    commands: |room| {
        vec![format!(r#"["/usr/sbin/proftpd", "-c", "{}/proftpd.conf", "-t"]"#, room.path.display())]
    },
    layout: Layout::CertificateFirst,
    owner: None,
    looks_by_itself: true,
    start: |room| start(room, "site.pem"),
    spoil: |room| configure(room, "site.pem", "Nonsense on"),
    dialogue: Some(("FEAT\r\n", "211 End")),
    looks: (8, 250),
};

/// With the key in a file of its own.
const TWO_FILES: Subject = Subject { layout: Layout::Pair, start: |room| start(room, "site.key"), ..SUBJECT };

fn start(room: &Room, key: &str) -> Command {
    configure(room, key, "");
    let mut command = Command::new("/usr/sbin/proftpd");
    command.arg("-n").arg("-c").arg(room.file("proftpd.conf"));
    command
}

fn configure(room: &Room, key: &str, extra: &str) {
    let (p, port) = (room.path.display(), room.port);
    let conf = format!(
        "LoadModule mod_tls.c\nServerType standalone\nDefaultAddress 127.0.0.1\nPort {port}\n\
         UseReverseDNS off\nUseIPv6 off\nUser nobody\nGroup nogroup\nAuthPAM off\nDelayEngine off\n\
         PidFile {p}/proftpd.pid\nScoreboardFile {p}/scoreboard\nSystemLog {p}/log/proftpd\n\
         TLSEngine on\nTLSLog {p}/log/tls\nTLSECCertificateFile {p}/tls/site.pem\n\
         TLSECCertificateKeyFile {p}/tls/{key}\n{extra}\n"
    );
    fs::write(room.file("proftpd.conf"), conf).unwrap();
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
fn between_two_files_no_session_begins_and_the_check_sees_nothing() {
    let room = Room::new();
    let (old, new) = (room.pair("old"), room.pair("new"));
    let _running = TWO_FILES.run(&room, &old);
    // What lies there after the first of two writes.
    fs::copy(&new.key, room.file("tls/site.key")).unwrap();
    TWO_FILES.await_served(&room, "");
    let mut check = Command::new("/usr/sbin/proftpd");
    assert!(check.arg("-t").arg("-c").arg(room.file("proftpd.conf")).status().unwrap().success());
    fs::copy(&new.certificate, room.file("tls/site.pem")).unwrap();
    TWO_FILES.await_served(&room, &new.fingerprint);
}

#[test]
fn one_file_is_replaced_without_a_session_that_fails() {
    let room = Room::new();
    let (old, new) = (room.pair("old"), room.pair("new"));
    let _running = SUBJECT.run(&room, &old);
    SUBJECT.configure(&room, &(SUBJECT.config)(&room), &(SUBJECT.commands)(&room));
    room.enqueue("it", &new);
    let deployed = AtomicBool::new(false);
    let (began, begun) = mpsc::channel();
    let seen: Vec<String> = std::thread::scope(|scope| {
        let (room, deployed) = (&room, &deployed);
        let prober = scope.spawn(move || {
            let mut seen = vec![SUBJECT.served(room)];
            began.send(()).unwrap();
            while !deployed.load(Ordering::Relaxed) {
                seen.push(SUBJECT.served(room));
            }
            seen
        });
        begun.recv().unwrap();
        room.ok(&["run", "--until-idle"]);
        deployed.store(true, Ordering::Relaxed);
        prober.join().unwrap()
    });
    assert_eq!(SUBJECT.served(&room), new.fingerprint);
    assert_eq!(seen.first(), Some(&old.fingerprint));
    let strange: Vec<&String> =
        seen.iter().filter(|served| ![&old.fingerprint, &new.fingerprint].contains(served)).collect();
    assert!(strange.is_empty(), "{} of {} sessions failed", strange.len(), seen.len());
}

#[test]
fn a_hangup_with_a_bad_file_ends_it_so_that_the_profile_sends_none() {
    let room = Room::new();
    let old = room.pair("old");
    let mut running = SUBJECT.run(&room, &old);
    fs::write(room.file("tls/site.pem"), "no certificate").unwrap();
    let number = fs::read_to_string(room.file("proftpd.pid")).unwrap();
    assert!(Command::new("kill").args(["-HUP", number.trim()]).status().unwrap().success());
    let until = Instant::now() + Duration::from_secs(20);
    while running.lives() {
        assert!(Instant::now() < until, "it lives: then the profile may say so");
        std::thread::sleep(Duration::from_millis(100));
    }
}
