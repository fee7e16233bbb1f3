//! Apache: a pair that its check finds good kills it at `graceful`, which ends with 0.

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::subject::{Layout, Subject};
use super::{bad_pair, trial};
use crate::room::Room;

const SUBJECT: Subject = Subject {
    name: "apache",
    version: &["/usr/sbin/apache2", "-v"],
    starttls: "",
    config: |room| {
        let p = room.path.display();
        format!(
            "certificate = \"{p}/tls/site.pem\"\nkey = \"{p}/tls/site.key\"\n\
             arguments = [\"-d\", \"{p}\", \"-f\", \"{p}/httpd.conf\"]"
        )
    },
    plugin: |_| String::new(),
    commands: |room| {
        let p = room.path.display();
        let apache = format!(r#""/usr/sbin/apache2", "-d", "{p}", "-f", "{p}/httpd.conf""#);
        vec![format!(r#"[{apache}, "-t"]"#), format!(r#"[{apache}, "-k", "graceful"]"#)]
    },
    layout: Layout::Pair,
    owner: None,
    looks_by_itself: false,
    start: |room| {
        configure(room, "");
        fs::create_dir(room.file("www")).unwrap();
        fs::write(room.file("www/big"), vec![b'x'; BIG]).unwrap();
        let mut command = apache(room);
        command.arg("-DFOREGROUND");
        command
    },
    spoil: |room| configure(room, "Nonsense on"),
    dialogue: Some(("HEAD /big HTTP/1.1\r\nHost: example.test\r\n\r\n", "200 OK")),
    looks: (8, 250),
};

const BIG: usize = 24 << 20;

fn apache(room: &Room) -> Command {
    let mut command = Command::new("/usr/sbin/apache2");
    command.arg("-d").arg(&room.path).arg("-f").arg(room.file("httpd.conf"));
    command
}

fn configure(room: &Room, extra: &str) {
    let (p, port) = (room.path.display(), room.port);
    let modules: String = ["mpm_event", "authz_core", "ssl"]
        .map(|name| format!("LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"))
        .concat();
    let conf = format!(
        "{modules}Listen 127.0.0.1:{port}\nServerName example.test\nMutex file:{p} default\n\
         PidFile {p}/httpd.pid\nErrorLog {p}/log/apache\nUser nobody\nGroup nogroup\n\
         DocumentRoot {p}/www\nSSLSessionCache none\nSSLEngine on\n\
         SSLCertificateFile {p}/tls/site.pem\nSSLCertificateKeyFile {p}/tls/site.key\n{extra}\n"
    );
    fs::write(room.file("httpd.conf"), conf).unwrap();
}

#[test]
fn the_trial() {
    trial::hold(&SUBJECT);
}

#[test]
fn a_bad_pair_passes_its_check_and_kills_it_at_graceful_but_never_gets_there_through_lastmile() {
    let room = Room::new();
    let (old, new) = (room.pair("old"), room.pair("new"));
    let mut running = SUBJECT.run(&room, &old);
    SUBJECT.configure(&room, &(SUBJECT.config)(&room), &(SUBJECT.commands)(&room));
    let before = room.snapshot(&["tls"]);
    let (certificate, key) = (new.certificate.to_str().unwrap(), old.key.to_str().unwrap());
    assert!(!room.run(&["deploy", "it", "--certificate", certificate, "--key", key]).status.success());
    room.ok(&["run", "--until-idle"]);
    assert!(room.history("it").is_empty(), "nothing was tried");
    assert_eq!(room.snapshot(&["tls"]), before);
    assert_eq!(SUBJECT.served(&room), old.fingerprint);

    // The same by hand.
    SUBJECT.install(&room, &bad_pair::mismatched(&new, &old));
    assert!(apache(&room).arg("-t").status().unwrap().success());
    assert!(running.lives());
    assert!(apache(&room).args(["-k", "graceful"]).status().unwrap().success());
    SUBJECT.await_served(&room, "");
    let until = Instant::now() + Duration::from_secs(20);
    while running.lives() {
        assert!(Instant::now() < until, "it lives: then the profile may say so");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn a_transfer_in_flight_lives_through_the_renewal() {
    let room = Room::new();
    let (old, new) = (room.pair("old"), room.pair("new"));
    let _running = SUBJECT.run(&room, &old);
    SUBJECT.configure(&room, &(SUBJECT.config)(&room), &(SUBJECT.commands)(&room));
    let mut curl = Command::new("curl");
    curl.args(["-sSk", "--limit-rate", "4M", "--max-time", "60", "-o"]).arg(room.file("got"));
    curl.arg(format!("https://127.0.0.1:{}/big", room.port)).stdin(Stdio::null());
    let mut transfer = curl.spawn().unwrap();
    room.enqueue("it", &new);
    room.ok(&["run", "--until-idle"]);
    assert_eq!(SUBJECT.served(&room), new.fingerprint);
    assert!(transfer.try_wait().unwrap().is_none(), "the transfer was over too early to prove anything");
    assert!(transfer.wait().unwrap().success());
    assert_eq!(fs::metadata(room.file("got")).unwrap().len(), BIG as u64);
}
