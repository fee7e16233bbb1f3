//! The crash matrix: SIGKILL at every durable step, and at random moments. Whatever happened, the files are the old
//! ones or the new ones, and in the end the message is settled once, the new certificate is served and nothing is left.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::room::{Pair, Room, faulty_program, program};

#[test]
fn a_kill_at_every_durable_step_ends_in_a_lawful_state() {
    let points = Mutex::new(lastmile::fault::ALL.iter());
    let reached = Mutex::new(0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let Some(point) = points.lock().unwrap().next() else { return };
                    *reached.lock().unwrap() += usize::from(crash_at(point));
                }
            });
        }
    });
    assert_eq!(*reached.lock().unwrap(), lastmile::fault::ALL.len(), "a fault point was never reached");
}

/// Whether the program died at this point.
fn crash_at(point: &str) -> bool {
    let room = Room::new();
    let (old, new) = (room.pair("old"), room.pair("new"));
    let _nginx = room.nginx(&old);
    room.configure(room.port, "");
    room.enqueue("web", &new);
    let mut worker = room.command(&faulty_program(), &["run", "--until-idle"]);
    let ended = worker.env("LASTMILE_FAULT", point).stderr(Stdio::null()).status().unwrap();
    let killed = ended.signal() == Some(9);
    // A restart comes before the lease is over: it recovers, and has nothing to claim yet.
    room.ok(&["run", "--until-idle"]);
    assert_lawful(&room, &old, &new, point);
    await_done(&room);
    assert_lawful(&room, &new, &new, point);
    room.await_served(&new.fingerprint);
    room.assert_tidy();
    let successes = room
        .history("web")
        .iter()
        .filter(|(outcome, _)| outcome == "changed" || outcome == "unchanged")
        .count();
    assert_eq!(successes, 1, "{point}: settled {successes} times");
    killed
}

fn assert_lawful(room: &Room, one: &Pair, other: &Pair, when: &str) {
    let content = |path: &std::path::Path| fs::read(path).unwrap();
    let now = (content(&room.file("tls/site.pem")), content(&room.file("tls/site.key")));
    let lawful = [one, other]
        .iter()
        .any(|pair| now.0 == content(&pair.certificate) && same_key(&now.1, &content(&pair.key)));
    assert!(lawful, "{when}: half old, half new");
}

/// The host writes keys in one canonical form; the test's own may differ in line breaks or optional fields.
fn same_key(one: &[u8], other: &[u8]) -> bool {
    let public = |pem: &[u8]| {
        let mut openssl = std::process::Command::new("openssl");
        openssl.args(["pkey", "-pubout"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = openssl.spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), pem).ok();
        child.wait_with_output().unwrap().stdout
    };
    one == other || (!public(one).is_empty() && public(one) == public(other))
}

fn await_done(room: &Room) {
    let until = Instant::now() + Duration::from_secs(60);
    while room.states().iter().any(|state| state != "done" && state != "superseded") {
        assert!(Instant::now() < until, "{:?}", room.states());
        std::thread::sleep(Duration::from_millis(300));
        room.ok(&["run", "--until-idle"]);
    }
}

#[test]
fn kills_at_random_moments_lose_nothing() {
    let room = Room::new();
    let old = room.pair("old");
    let _nginx = room.nginx(&old);
    room.configure(room.port, "");
    let mut last = old;
    for round in 0..12_u64 {
        let new = room.pair(&format!("new-{round}"));
        room.enqueue("web", &new);
        let mut worker = room.command(&program(), &["run"]);
        let mut worker = worker.stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(20 + round * 17));
        worker.kill().unwrap();
        worker.wait().unwrap();
        last = new;
    }
    await_done(&room);
    assert_lawful(&room, &last, &last, "in the end");
    room.await_served(&last.fingerprint);
    room.assert_tidy();
}
