//! Squid: it closes its listening socket for a moment when it reads its configuration again.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use super::subject::{Layout, Subject};
use super::trial;
use crate::room::Room;

pub(super) const SUBJECT: Subject = Subject {
    name: "squid",
    version: &["/usr/sbin/squid", "-v"],
    starttls: "",
    config: |room| {
        let p = room.path.display();
        format!(
            "certificate = \"{p}/tls/site.pem\"\nkey = \"{p}/tls/site.key\"\nconfig-file = \"{p}/squid.conf\"\n\
             arguments = [\"-n\", \"{}\"]",
            service(room)
        )
    },
    plugin: |_| String::new(),
    commands: |room| {
        let command = |action: &str| {
            let (p, name) = (room.path.display(), service(room));
            format!(r#"["/usr/sbin/squid", "-k", "{action}", "-f", "{p}/squid.conf", "-n", "{name}"]"#)
        };
        vec![command("parse"), command("reconfigure")]
    },
    layout: Layout::Pair,
    owner: None,
    looks_by_itself: false,
    start: |room| {
        configure(room, "");
        // Squid writes as its own user.
        fs::set_permissions(room.file("log"), fs::Permissions::from_mode(0o777)).unwrap();
        let mut command = Command::new("/usr/sbin/squid");
        command.arg("-N").arg("-f").arg(room.file("squid.conf")).args(["-n", &service(room)]);
        command
    },
    spoil: |room| configure(room, "acl nonsense perhaps all"),
    dialogue: Some(("GET http://127.0.0.1:1/ HTTP/1.0\r\n\r\n", "HTTP/1.1")),
    looks: (9, 100),
};

/// Squid names its shared memory by this.
fn service(room: &Room) -> String {
    format!("lm{}", room.port)
}

fn configure(room: &Room, extra: &str) {
    let p = room.path.display();
    let conf = format!(
        "https_port 127.0.0.1:{} tls-cert={p}/tls/site.pem tls-key={p}/tls/site.key\nhttp_access allow all\n\
         pid_filename {p}/log/squid.pid\ncache_log {p}/log/squid\naccess_log none\ncoredump_dir {p}/log\n\
         shutdown_lifetime 1 second\nvisible_hostname example.test\n{extra}\n",
        room.port
    );
    fs::write(room.file("squid.conf"), conf).unwrap();
}

#[test]
fn the_trial() {
    trial::hold(&SUBJECT);
}
