//! A real nginx: what is served, and what stays when something is broken.

use std::fs;
use std::os::unix::fs::MetadataExt;

use crate::room::Room;

#[test]
fn a_renewed_certificate_is_served_and_the_same_again_changes_nothing() {
    let room = Room::new();
    let (old, new) = (room.pair("old"), room.pair("new"));
    let _nginx = room.nginx(&old);
    room.configure(room.port, "");
    room.ok(&["check"]);
    room.enqueue("web", &new);
    room.ok(&["run", "--until-idle"]);
    room.await_served(&new.fingerprint);
    assert_eq!(room.history("web")[0].0, "changed");
    let inode = fs::metadata(room.file("tls/site.pem")).unwrap().ino();
    room.enqueue("web", &new);
    room.ok(&["run", "--until-idle"]);
    assert!(room.history("web").iter().any(|(outcome, _)| outcome == "unchanged"));
    assert_eq!(fs::metadata(room.file("tls/site.pem")).unwrap().ino(), inode);
    room.assert_tidy();
}

#[test]
fn a_broken_nginx_configuration_leaves_everything_as_it_was() {
    let room = Room::new();
    let (old, new) = (room.pair("old"), room.pair("new"));
    let _nginx = room.nginx(&old);
    room.configure(room.port, "");
    room.nginx_conf("nonsense;");
    let before = room.snapshot(&["tls"]);
    room.enqueue("web", &new);
    room.ok(&["run", "--until-idle"]);
    let history = room.history("web");
    assert!(history[0].0 == "rejected" && history[0].1.contains("nonsense"), "{history:?}");
    assert_eq!(room.snapshot(&["tls"]), before);
    assert_eq!(room.served(), old.fingerprint);
    room.assert_tidy();
}

#[test]
fn what_is_not_served_is_undone_and_nginx_is_told() {
    let room = Room::new();
    let (old, new) = (room.pair("old"), room.pair("new"));
    let _nginx = room.nginx(&old);
    // Nothing listens on the port next to it: the verification fails whatever nginx does.
    room.configure(1, "");
    let before = room.snapshot(&["tls"]);
    room.enqueue("web", &new);
    room.ok(&["run", "--until-idle"]);
    assert_eq!(room.history("web")[0].0, "unverified");
    assert_eq!(room.snapshot(&["tls"]), before);
    room.await_served(&old.fingerprint);
    room.assert_tidy();
}

#[test]
fn a_dry_run_says_what_it_would_do_and_does_nothing() {
    let room = Room::new();
    let (old, new) = (room.pair("old"), room.pair("new"));
    let _nginx = room.nginx(&old);
    room.configure(room.port, "");
    let before = room.snapshot(&["tls"]);
    let (certificate, key) = (new.certificate.to_str().unwrap(), new.key.to_str().unwrap());
    let plan = room.ok(&["deploy", "web", "--certificate", certificate, "--key", key, "--dry-run"]);
    assert!(plan.contains("site.key") && plan.contains("reload") && plan.contains("private key"), "{plan}");
    assert!(!plan.contains("PRIVATE KEY"));
    assert_eq!(room.snapshot(&["tls"]), before);
    assert!(room.states().is_empty());
}
