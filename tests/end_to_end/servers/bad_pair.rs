//! What a key that is not the certificate's does to a server that takes it without a word, and that the host
//! undoes it.

use std::fs;
use std::process::Command;

use super::subject::{Layout, Subject};
use super::trial;
use crate::room::{Pair, Room};

/// A component that can run commands is not linked without a grant for one, whether its target needs it or not.
pub(crate) const NO_COMMAND: &str = "[\"/usr/bin/true\"]";

/// The certificate of one and the key of another.
pub(crate) fn mismatched(certificate: &Pair, key: &Pair) -> Pair {
    Pair {
        certificate: certificate.certificate.clone(),
        key: key.key.clone(),
        fingerprint: certificate.fingerprint.clone(),
    }
}

/// First by hand: the server says that all is well and serves no TLS any more. Then the same through lastmile,
/// past the host's own proof of the pair by the `custom` profile: the host's look finds out, puts the old files
/// back and tells the server once more. `reload` is a command line; empty where the server looks by itself.
pub(crate) fn is_taken_and_undone(subject: &Subject, reload: fn(&Room) -> Vec<String>) {
    let room = Room::new();
    let (old, new) = (room.pair("old"), room.pair("new"));
    let mut running = subject.run(&room, &old);
    let reload = reload(&room);

    subject.install(&room, &mismatched(&new, &old));
    tell(&reload);
    subject.await_served(&room, "");
    assert!(running.lives(), "{}: it died of a bad pair", subject.name);
    subject.install(&room, &old);
    tell(&reload);
    subject.await_served(&room, &old.fingerprint);

    let custom = Subject { name: "server", ..*subject };
    let (config, commands) = written_by_hand(subject, &room, &old, &reload);
    trial::is_found_out(&custom, &room, (&old, &new), &config, &commands, "a bad pair");
    assert!(running.lives(), "{}: it died of a bad pair", subject.name);
    room.assert_tidy();
}

fn tell(reload: &[String]) {
    if let [program, arguments @ ..] = reload {
        let ended = Command::new(program).args(arguments).output().unwrap();
        assert!(ended.status.success(), "{reload:?}: {ended:?}");
    }
}

/// The `custom` profile with another's key, and the command lines it needs.
pub(crate) fn written_by_hand(
    subject: &Subject,
    room: &Room,
    stranger: &Pair,
    reload: &[String],
) -> (String, Vec<String>) {
    let key = format!("{{ text = {:?} }}", fs::read_to_string(&stranger.key).unwrap());
    let file = |name: &str, content: &str| {
        format!("{{ path = \"{}\", content = [{content}] }}", room.file(name).display())
    };
    let files = match subject.layout {
        Layout::Pair => [file("tls/site.key", &key), file("tls/site.pem", "\"full-chain\"")].join(", "),
        Layout::CertificateFirst => file("tls/site.pem", &format!("\"full-chain\", {key}")),
        Layout::KeyFirst => file("tls/site.pem", &format!("{key}, \"full-chain\"")),
        Layout::Own(_) => panic!("{}: only its own connector knows how its files lie", subject.name),
    };
    let reload = format!("{reload:?}");
    let granted = if reload == "[]" { NO_COMMAND.to_owned() } else { reload.clone() };
    (format!("profile = \"custom\"\nfiles = [{files}]\nreload = {reload}"), vec![granted])
}
