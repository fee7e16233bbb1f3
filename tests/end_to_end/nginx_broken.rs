//! An nginx that cannot take the new certificate keeps the old one, and the files are as they were.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::process::Command;

use crate::room::{Nginx, Pair, Room};

/// Debian's `www-data`.
const WWW: u32 = 33;

#[test]
fn an_nginx_that_does_not_run_is_unavailable_and_starts_with_the_old_certificate() {
    let room = Room::new();
    let (old, new) = (room.pair("old"), room.pair("new"));
    room.place(&old);
    room.nginx_conf("");
    chown(room.file("tls/site.key"), Some(0), Some(WWW)).unwrap();
    fs::set_permissions(room.file("tls/site.key"), fs::Permissions::from_mode(0o640)).unwrap();
    room.configure(room.port, "");
    let before = room.snapshot(&["tls"]);
    room.enqueue("web", &new);
    room.ok(&["run", "--until-idle"]);
    let history = room.history("web");
    assert_eq!(history[0].0, "unavailable", "{history:?}");
    // The undo tells nginx as well, and that it cannot is told, too.
    assert!(history[0].1.contains("-s reload: exit code 1"), "{history:?}");
    assert!(history[0].1.contains("the files are as before, but"), "{history:?}");
    assert_eq!(room.snapshot(&["tls"]), before);
    let _nginx = room.start_nginx(&mut Command::new("/usr/sbin/nginx"));
    room.await_served(&old.fingerprint);
    room.assert_tidy();
    // And once it runs, the message that waits is delivered.
    crate::crash::await_done(&room);
    room.await_served(&new.fingerprint);
}

/// An nginx whose master is no root.
fn unprivileged<'a>(room: &'a Room, old: &Pair, owner: u32, mode: u32) -> Nginx<'a> {
    room.place(old);
    room.nginx_conf("");
    chown(room.file("log"), Some(WWW), Some(WWW)).unwrap();
    chown(room.file("tls/site.key"), Some(owner), Some(WWW)).unwrap();
    fs::set_permissions(room.file("tls/site.key"), fs::Permissions::from_mode(mode)).unwrap();
    let www = WWW.to_string();
    let mut setpriv = Command::new("setpriv");
    setpriv.args(["--reuid", &www, "--regid", &www, "--clear-groups", "/usr/sbin/nginx"]);
    room.start_nginx(&mut setpriv)
}

fn key_is(room: &Room, owner: u32, mode: u32) {
    let key = fs::metadata(room.file("tls/site.key")).unwrap();
    assert_eq!((key.uid(), key.gid(), key.mode() & 0o7777), (owner, WWW, mode));
}

#[test]
fn the_keys_owner_is_kept_for_a_master_that_is_not_root() {
    let room = Room::new();
    let (old, new) = (room.pair("old"), room.pair("new"));
    let _nginx = unprivileged(&room, &old, WWW, 0o600);
    room.configure(room.port, "");
    room.enqueue("web", &new);
    room.ok(&["run", "--until-idle"]);
    assert_eq!(room.history("web")[0].0, "changed", "{:?}", room.history("web"));
    room.await_served(&new.fingerprint);
    key_is(&room, WWW, 0o600);
}

#[test]
fn a_group_that_reads_the_key_is_kept_where_the_target_names_it() {
    let room = Room::new();
    let (old, new) = (room.pair("old"), room.pair("new"));
    let _nginx = unprivileged(&room, &old, 0, 0o640);
    room.configure_with(", group = \"www-data\"", room.port, "");
    room.enqueue("web", &new);
    room.ok(&["run", "--until-idle"]);
    assert_eq!(room.history("web")[0].0, "changed", "{:?}", room.history("web"));
    room.await_served(&new.fingerprint);
    key_is(&room, 0, 0o640);
}

#[test]
fn a_key_that_the_master_cannot_read_is_found_by_the_handshake_alone_and_undone() {
    let room = Room::new();
    let (old, new) = (room.pair("old"), room.pair("new"));
    // Readable by the group so far; the target does not name the group, so the new key is the owner's alone.
    let _nginx = unprivileged(&room, &old, 0, 0o640);
    room.configure(room.port, "");
    let before = room.snapshot(&["tls"]);
    room.enqueue("web", &new);
    room.ok(&["run", "--until-idle"]);
    let history = room.history("web");
    assert_eq!(history[0].0, "unverified", "nginx -t and the reload find nothing: {history:?}");
    assert_eq!(room.snapshot(&["tls"]), before);
    room.await_served(&old.fingerprint);
    room.assert_tidy();
}
