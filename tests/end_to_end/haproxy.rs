//! A real HAProxy in master-worker mode: its reload says success whatever comes of it.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::process::Command;

use crate::room::{Pair, Room, repository};

/// Stops with the test.
pub(crate) struct Haproxy<'a>(&'a Room);

impl Drop for Haproxy<'_> {
    fn drop(&mut self) {
        if let Ok(pid) = fs::read_to_string(self.0.file("log/haproxy.pid")) {
            let _ = Command::new("kill").arg(pid.trim()).status();
        }
    }
}

impl Room {
    /// HAProxy, serving `old` from one file.
    pub(crate) fn haproxy(&self, port: u16, old: &Pair) -> Haproxy<'_> {
        let (certificate, key) = old.texts();
        fs::write(self.file("tls/edge.pem"), certificate + &key).unwrap();
        fs::set_permissions(self.file("tls/edge.pem"), fs::Permissions::from_mode(0o600)).unwrap();
        self.haproxy_cfg(port, "");
        let haproxy = Haproxy(self);
        let mut program = Command::new("/usr/sbin/haproxy");
        program.args(["-W", "-D", "-f"]).arg(self.file("haproxy.cfg"));
        assert!(program.arg("-p").arg(self.file("log/haproxy.pid")).status().unwrap().success());
        haproxy
    }

    pub(crate) fn haproxy_cfg(&self, port: u16, extra: &str) {
        let p = self.path.display();
        let text = format!(
            "defaults\n  mode http\n  timeout connect 5s\n  timeout client 30s\n  timeout server 30s\n\
             frontend site\n  bind 127.0.0.1:{port} ssl crt {p}/tls/edge.pem\n\
             \x20 http-request return status 200 content-type text/plain string served\n{extra}\n"
        );
        fs::write(self.file("haproxy.cfg"), text).unwrap();
    }

    /// The part of plugins.toml with the connector and a target `edge`, with the check or without.
    pub(crate) fn haproxy_toml(&self, port: u16, check: bool) -> String {
        let (p, plugins) = (self.path.display(), repository().join("plugins"));
        let test = format!("[\"/usr/sbin/haproxy\", \"-c\", \"-f\", \"{p}/haproxy.cfg\"]");
        let reload =
            format!("[\"/usr/bin/pkill\", \"-USR2\", \"-F\", \"{p}/log/haproxy.pid\", \"-x\", \"haproxy\"]");
        let checked = if check { format!("check = {test}, ") } else { String::new() };
        format!(
            "[plugins.haproxy]\ncomponent = \"{}/haproxy.wasm\"\nunpinned = true\n\
             [plugins.haproxy.grant]\nfs.write = [\"{p}/tls/\"]\nprocess.exec = [{test}, {reload}]\n\
             [targets.edge]\nplugin = \"haproxy\"\n\
             config = {{ pem = \"{p}/tls/edge.pem\", {checked}reload = {reload} }}\n\
             verify = {{ endpoint = \"127.0.0.1:{port}\", server-name = \"example.test\", attempts = 8 }}\n",
            plugins.display()
        )
    }

    fn configure_haproxy(&self, check: bool) {
        let host =
            format!("schema = 1\n[host]\nstate-dir = \"{}/state\"\nlease-seconds = 3\n", self.path.display());
        self.configure_only(&(host + &self.haproxy_toml(self.port, check)));
    }
}

/// The workers of the room's master, by number.
fn workers(room: &Room) -> String {
    let master = fs::read_to_string(room.file("log/haproxy.pid")).unwrap();
    let output = Command::new("pgrep").args(["-P", master.trim()]).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_renewed_certificate_is_served_and_the_same_again_changes_nothing() {
    let room = Room::new();
    let (old, new) = (room.pair("old"), room.pair("new"));
    let _haproxy = room.haproxy(room.port, &old);
    room.configure_haproxy(true);
    room.ok(&["check"]);
    room.enqueue("edge", &new);
    room.ok(&["run", "--until-idle"]);
    assert_eq!(room.history("edge")[0].0, "changed", "{:?}", room.history("edge"));
    room.await_served(&new.fingerprint);
    let state = || (fs::metadata(room.file("tls/edge.pem")).unwrap().ino(), workers(&room));
    let before = state();
    room.enqueue("edge", &new);
    room.ok(&["run", "--until-idle"]);
    assert_eq!(room.history("edge").pop().unwrap().0, "unchanged");
    assert_eq!(state(), before, "the file was written or HAProxy reloaded");
    room.assert_tidy();
}

#[test]
fn a_reload_that_fails_in_silence_is_found_by_the_handshake_and_undone() {
    let room = Room::new();
    let (old, new) = (room.pair("old"), room.pair("new"));
    let _haproxy = room.haproxy(room.port, &old);
    room.configure_haproxy(false);
    room.haproxy_cfg(room.port, "nonsense");
    let before = room.snapshot(&["tls"]);
    room.enqueue("edge", &new);
    room.ok(&["run", "--until-idle"]);
    let history = room.history("edge");
    assert_eq!(history[0].0, "unverified", "{history:?}");
    assert!(history[0].1.contains(&old.fingerprint), "{history:?}");
    assert_eq!(room.snapshot(&["tls"]), before);
    assert_eq!(room.served(), old.fingerprint);
    room.assert_tidy();
    // Once the configuration is mended the message that waits is delivered.
    room.haproxy_cfg(room.port, "");
    crate::crash::await_done(&room);
    room.await_served(&new.fingerprint);
}

#[test]
fn a_check_that_fails_stops_before_the_reload() {
    let room = Room::new();
    let (old, new) = (room.pair("old"), room.pair("new"));
    let _haproxy = room.haproxy(room.port, &old);
    room.configure_haproxy(true);
    room.haproxy_cfg(room.port, "nonsense");
    let (before, workers_before) = (room.snapshot(&["tls"]), workers(&room));
    room.enqueue("edge", &new);
    room.ok(&["run", "--until-idle"]);
    let history = room.history("edge");
    assert!(history[0].0 == "rejected" && history[0].1.contains("nonsense"), "{history:?}");
    assert_eq!(room.snapshot(&["tls"]), before);
    assert_eq!(workers(&room), workers_before);
    assert_eq!(room.served(), old.fingerprint);
    room.assert_tidy();
}
