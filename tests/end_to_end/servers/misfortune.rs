//! Six misfortunes that are no server's own doing, one after another on each of twelve real servers. Whatever
//! befell it, its old files are in place, byte for byte, and it serves the old certificate.

use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::process::Stdio;

use super::mount::Mount;
use super::subject::{Layout, Running, Subject};
use super::trial::cancel_all;
use super::{
    bind, caddy, dovecot, hitch, lighttpd, mariadb, mosquitto, postgresql, redis, slapd, squid, stunnel,
};
use crate::credentials::Authority;
use crate::room::{Pair, Room, faulty_program};

macro_rules! befall {
    ($($server:ident),+) => {
        $(#[test]
        fn $server() {
            befall(&$server::SUBJECT);
        })+
    };
}

befall!(bind, caddy, dovecot, hitch, lighttpd, mariadb, mosquitto, postgresql, redis, slapd, squid, stunnel);

fn befall(subject: &Subject) {
    let room = Room::new();
    let (old, new) = (room.pair("old"), room.pair("new"));
    let mount = Mount::over(&room.file("tls"));
    let running = subject.run(&room, &old);
    let mut scene = Scene { subject, room: &room, old, new, running };
    scene.configure();
    if let Some(mount) = &mount {
        scene.disk_is_full(mount);
        scene.disk_is_read_only(mount);
    }
    scene.certificate_is_for_another_name();
    scene.check_is_missing();
    scene.server_is_stopped();
    scene.host_is_killed();
}

struct Scene<'a> {
    subject: &'a Subject,
    room: &'a Room,
    old: Pair,
    new: Pair,
    running: Running,
}

impl Scene<'_> {
    fn configure(&self) {
        let (config, commands) = ((self.subject.config)(self.room), (self.subject.commands)(self.room));
        self.subject.configure(self.room, &config, &commands);
    }

    /// There is room for all files but the last.
    fn disk_is_full(&self, mount: &Mount) {
        let files = if matches!(self.subject.layout, Layout::Pair) { 2 } else { 1 };
        mount.fill_but(files - 1);
        self.ends_as_it_began("a full disk", &self.new, &["unavailable"], "No space left");
        mount.empty();
    }

    fn disk_is_read_only(&self, mount: &Mount) {
        mount.allow("ro");
        self.ends_as_it_began("a read-only disk", &self.new, &["unavailable"], "Read-only file system");
        mount.allow("rw");
    }

    /// Enqueued before the operator wrote the name down, so that the host itself has to see it.
    fn certificate_is_for_another_name(&self) {
        let elsewhere = Authority::new().pair(self.room, "elsewhere", "elsewhere.test");
        let file = self.room.file("plugins.toml");
        let named = fs::read_to_string(&file).unwrap();
        let unnamed = named.replace("server-name = \"example.test\", ", "");
        assert_ne!(named, unnamed);
        let before = self.room.snapshot(&["tls"]);
        fs::write(&file, unnamed).unwrap();
        self.room.enqueue("it", &elsewhere);
        fs::write(&file, named).unwrap();
        self.ended("another name", &["rejected"], "is for elsewhere.test, not for example.test");
        assert_eq!(self.room.snapshot(&["tls"]), before, "{}: another name", self.subject.name);
        self.subject.await_served(self.room, &self.old.fingerprint);
    }

    /// It was there when the operator granted it.
    fn check_is_missing(&self) {
        let check = self.room.file("check");
        fs::copy("/usr/bin/true", &check).unwrap();
        let argv = format!("[\"{}\"]", check.display());
        let config = format!("{}\ncheck = {argv}", (self.subject.config)(self.room));
        let commands = [(self.subject.commands)(self.room), vec![argv]].concat();
        self.subject.configure(self.room, &config, &commands);
        fs::remove_file(&check).unwrap();
        self.ends_as_it_began("a missing check", &self.new, &["rejected"], "No such file");
        self.configure();
    }

    /// Some checks ask the server, and some reloads tell nobody.
    fn server_is_stopped(&mut self) {
        self.running.stop();
        let before = self.room.snapshot(&["tls"]);
        self.room.enqueue("it", &self.new);
        self.ended("a stopped server", &["unavailable", "rejected", "unverified"], "");
        assert_eq!(self.room.snapshot(&["tls"]), before, "{}: stopped", self.subject.name);
        self.running.start_again();
        self.subject.await_served(self.room, &self.old.fingerprint);
    }

    /// Everything is written and the server told; the next start of the host puts the old state back.
    fn host_is_killed(&mut self) {
        let before = self.room.snapshot(&["tls"]);
        self.room.enqueue("it", &self.new);
        let mut worker = self.room.command(&faulty_program(), &["run", "--until-idle"]);
        let ended = worker.env("LASTMILE_FAULT", "verify.before").stderr(Stdio::null()).status().unwrap();
        assert_eq!(ended.signal(), Some(9), "{}: it was not killed", self.subject.name);
        assert_ne!(self.room.snapshot(&["tls"]), before, "{}: nothing was written yet", self.subject.name);
        self.room.ok(&["run", "--until-idle"]);
        assert_eq!(self.room.snapshot(&["tls"]), before, "{}: killed", self.subject.name);
        if self.subject.name == "hitch" {
            // It reads only what is newer than what it has, and the old file has its old time: see its profile.
            assert_eq!(
                self.subject.served(self.room),
                self.new.fingerprint,
                "hitch takes an undo up: say so"
            );
            self.running.stop();
            self.running.start_again();
        }
        self.subject.await_served(self.room, &self.old.fingerprint);
        self.room.assert_tidy();
        assert!(self.running.lives(), "{}: the server died", self.subject.name);
    }

    fn ends_as_it_began(&self, what: &str, pair: &Pair, outcomes: &[&str], says: &str) {
        let before = self.room.snapshot(&["tls"]);
        self.room.enqueue("it", pair);
        self.ended(what, outcomes, says);
        assert_eq!(self.room.snapshot(&["tls"]), before, "{}: {what}", self.subject.name);
        self.subject.await_served(self.room, &self.old.fingerprint);
    }

    /// Delivers what was enqueued: it ends so, and leaves nothing behind.
    fn ended(&self, what: &str, outcomes: &[&str], says: &str) {
        self.room.ok(&["run", "--until-idle"]);
        let (outcome, note) = self.room.history("it").last().cloned().unwrap();
        let name = self.subject.name;
        assert!(
            outcomes.contains(&outcome.as_str()) && note.contains(says),
            "{name}: {what}: {outcome}: {note}"
        );
        cancel_all(self.room);
        self.room.assert_tidy();
    }
}
