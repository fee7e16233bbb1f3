//! What every server goes through.

use std::fs;
use std::io::Write as _;
use std::time::Instant;

use crate::room::{FileState, Pair, Room, repository};

use super::subject::Subject;

/// What the trial found, for the table in docs/servers.md.
#[derive(Default)]
struct Row {
    served_after_ms: u128,
    sessions_live: Option<bool>,
    lie: Option<&'static str>,
    nonsense: String,
}

/// The whole trial; panics with what went wrong.
pub(crate) fn hold(subject: &Subject) {
    go(subject, true);
}

/// The same for a server whose reload does not depend on its own configuration's being right: the new certificate
/// is served in spite of the nonsense.
pub(crate) fn hold_unheeding(subject: &Subject) {
    go(subject, false);
}

/// The first two steps alone, for a second way of laying the same server's files out.
pub(crate) fn renews(subject: &Subject) {
    let room = Room::new();
    let (old, new) = (room.pair("old"), room.pair("new"));
    let _running = subject.run(&room, &old);
    subject.configure(&room, &(subject.config)(&room), &(subject.commands)(&room));
    renew(subject, &room, &new, &mut Row::default());
    same_again(subject, &room, &new);
}

fn go(subject: &Subject, heeds_its_configuration: bool) {
    let room = Room::new();
    let (old, new, newer) = (room.pair("old"), room.pair("new"), room.pair("newer"));
    let mut running = subject.run(&room, &old);
    let (config, commands) = ((subject.config)(&room), (subject.commands)(&room));
    subject.configure(&room, &config, &commands);
    let mut row = Row::default();

    renew(subject, &room, &new, &mut row);
    same_again(subject, &room, &new);
    refuse_bad_material(subject, &room, &new, &newer);
    row.lie = lies_are_found_out(subject, &room, &new, &newer, &config, &commands);
    row.nonsense = survive_nonsense(subject, &room, &new, &newer, heeds_its_configuration);
    assert!(running.lives(), "{}: the server died", subject.name);
    room.assert_tidy();
    report(subject, &row);
}

/// The new certificate is served, and a session that was open goes on.
fn renew(subject: &Subject, room: &Room, new: &Pair, row: &mut Row) {
    let mut session = subject.dialogue.map(|_| subject.session(room));
    room.enqueue("it", new);
    let started = Instant::now();
    room.ok(&["run", "--until-idle"]);
    row.served_after_ms = started.elapsed().as_millis();
    let history = room.history("it");
    assert_eq!(history.last().map(|(outcome, _)| outcome.as_str()), Some("changed"), "{history:?}");
    // A worker that is on its way out may answer once more.
    subject.await_served(room, &new.fingerprint);
    if let (Some(session), Some((said, wanted))) = (&mut session, subject.dialogue) {
        let lives = session.answers(said, wanted);
        assert!(lives, "{}: a session did not live through the deployment", subject.name);
        row.sessions_live = Some(lives);
    }
}

/// Nothing is written and nothing reloaded: the files keep their very inodes.
fn same_again(subject: &Subject, room: &Room, new: &Pair) {
    let before = inodes(room);
    room.enqueue("it", new);
    room.ok(&["run", "--until-idle"]);
    let history = room.history("it");
    assert_eq!(
        history.last().map(|(outcome, _)| outcome.as_str()),
        Some("unchanged"),
        "{}: {history:?}",
        subject.name
    );
    assert_eq!(inodes(room), before, "{}: the same again wrote a file", subject.name);
}

fn inodes(room: &Room) -> Vec<(String, u64)> {
    use std::os::unix::fs::MetadataExt;
    let mut list: Vec<(String, u64)> = fs::read_dir(room.file("tls"))
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), entry.metadata().unwrap().ino()))
        .collect();
    list.sort();
    list
}

/// Material that this server would take, or die of, never reaches it.
fn refuse_bad_material(subject: &Subject, room: &Room, served: &Pair, other: &Pair) {
    let before = room.snapshot(&["tls"]);
    let empty = room.file("empty.pem");
    fs::write(&empty, "").unwrap();
    let (good, key) = (other.certificate.to_str().unwrap(), other.key.to_str().unwrap());
    let (foreign, empty) = (served.key.to_str().unwrap(), empty.to_str().unwrap());
    let expired = room.expired_pair("expired");
    for (certificate, key) in [
        (good, foreign),
        (empty, key),
        (good, empty),
        (expired.certificate.to_str().unwrap(), expired.key.to_str().unwrap()),
    ] {
        let refused = room.run(&["deploy", "it", "--certificate", certificate, "--key", key]);
        assert!(!refused.status.success(), "{}: {certificate} with {key} was taken", subject.name);
    }
    room.ok(&["run", "--until-idle"]);
    unharmed(subject, room, served, &before, "bad material");
}

/// A reload that reports success and does nothing is found out by the host's own look.
fn lies_are_found_out(
    subject: &Subject,
    room: &Room,
    served: &Pair,
    other: &Pair,
    config: &str,
    commands: &[String],
) -> Option<&'static str> {
    if subject.looks_by_itself {
        return None;
    }
    let lying = format!("{config}\nreload = [\"/usr/bin/true\", \"reload\"]\n");
    let granted = [commands, &[r#"["/usr/bin/true", "reload"]"#.to_owned()]].concat();
    is_found_out(subject, room, (served, other), &lying, &granted, "a reload that lies");
    subject.configure(room, config, commands);
    Some("unverified")
}

/// Deploys the second pair under a configuration that breaks the server; the host's own look undoes it.
pub(crate) fn is_found_out(
    subject: &Subject,
    room: &Room,
    (served, other): (&Pair, &Pair),
    config: &str,
    commands: &[String],
    what: &str,
) {
    subject.configure(room, config, commands);
    let before = room.snapshot(&["tls"]);
    room.enqueue("it", other);
    room.ok(&["run", "--until-idle"]);
    let history = room.history("it");
    assert!(history.iter().any(|(outcome, _)| outcome == "unverified"), "{}: {history:?}", subject.name);
    cancel_all(room);
    unharmed(subject, room, served, &before, what);
}

/// Looks where nobody listens: the deployment is undone although the server serves the new one by then, and it
/// takes the old one up again.
pub(crate) fn is_undone_when_nobody_answers(subject: &Subject) {
    let room = Room::new();
    let (old, new) = (room.pair("old"), room.pair("new"));
    let mut running = subject.run(&room, &old);
    subject.configure(&room, &(subject.config)(&room), &(subject.commands)(&room));
    let manifest = fs::read_to_string(room.file("plugins.toml")).unwrap();
    let elsewhere = manifest.replace(&format!("127.0.0.1:{}\"", room.port), "127.0.0.1:1\"");
    assert_ne!(manifest, elsewhere);
    fs::write(room.file("plugins.toml"), elsewhere).unwrap();
    let before = room.snapshot(&["tls"]);
    room.enqueue("it", &new);
    room.ok(&["run", "--until-idle"]);
    assert_eq!(room.history("it")[0].0, "unverified");
    unharmed(subject, &room, &old, &before, "an undo");
    assert!(running.lives(), "{}: the server died", subject.name);
    room.assert_tidy();
}

/// Nonsense in the server's own configuration: refused or undone, and the server lives.
fn survive_nonsense(subject: &Subject, room: &Room, served: &Pair, other: &Pair, heeds: bool) -> String {
    (subject.spoil)(room);
    let before = room.snapshot(&["tls"]);
    room.enqueue("it", other);
    room.ok(&["run", "--until-idle"]);
    let (outcome, note) = room.history("it").last().cloned().unwrap();
    if !heeds {
        assert_eq!(outcome, "changed", "{}: {note}", subject.name);
        subject.await_served(room, &other.fingerprint);
        return outcome;
    }
    assert!(outcome != "changed" && outcome != "unchanged", "{}: {outcome}: {note}", subject.name);
    cancel_all(room);
    unharmed(subject, room, served, &before, "nonsense in its configuration");
    outcome
}

fn unharmed(subject: &Subject, room: &Room, served: &Pair, before: &[FileState], after: &str) {
    assert_eq!(room.snapshot(&["tls"]), before, "{}: after {after}", subject.name);
    subject.await_served(room, &served.fingerprint);
}

/// What is to be tried again would disturb the next step.
pub(super) fn cancel_all(room: &Room) {
    let rows: serde_json::Value =
        serde_json::from_str(&room.ok(&["--json", "outbox", "list", "--state", "pending"])).unwrap();
    for row in rows.as_array().unwrap() {
        room.ok(&["outbox", "cancel", &row["id"].to_string()]);
    }
}

/// One line of JSON below target/servers, from which `make table` writes docs/servers.md.
fn report(subject: &Subject, row: &Row) {
    let directory = repository().join("target/servers");
    fs::create_dir_all(&directory).unwrap();
    let line = serde_json::json!({
        "name": subject.name, "version": subject.version(), "sessions_live": row.sessions_live,
        "served_after_ms": row.served_after_ms, "lie": row.lie, "nonsense": row.nonsense,
    });
    let mut file = fs::File::create(directory.join(format!("{}.json", subject.name))).unwrap();
    writeln!(file, "{line}").unwrap();
}
