//! The crash matrix: SIGKILL at every durable step, of a deployment, of an undo, and of a recovery. Whatever
//! happened, the files are the old ones or the new ones, and in the end the message is settled once, the new
//! certificate is served and nothing is left.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use lastmile::fault::{DEPLOYMENT, RECOVERY_FRAME, UNDO, UNDO_FRAME};

use crate::credentials::Authority;
use crate::room::{Nginx, Pair, Room, faulty_program};

#[test]
fn a_kill_at_every_durable_step_ends_in_a_lawful_state() {
    at_each(DEPLOYMENT.to_vec(), |point| {
        let scene = Scene::new(true);
        assert!(scene.killed_at(point), "{point} was never reached");
        // A restart comes before the lease is over: it recovers, and has nothing to claim yet.
        scene.room.ok(&["run", "--until-idle"]);
        scene.ends_well(point);
    });
}

#[test]
fn a_kill_during_the_undo_of_a_failed_deployment_ends_in_the_old_state() {
    at_each([UNDO, UNDO_FRAME].concat(), |point| {
        let scene = Scene::new(false);
        assert!(scene.killed_at(point), "{point} was never reached");
        scene.repaired();
        scene.room.ok(&["run", "--until-idle"]);
        assert_lawful(scene.room, &scene.old, &scene.old, point);
        scene.ends_well(point);
    });
}

#[test]
fn a_kill_during_the_recovery_from_a_kill_ends_in_the_old_state() {
    at_each([UNDO, RECOVERY_FRAME].concat(), |point| {
        let scene = Scene::new(true);
        assert!(scene.killed_at("verify.before"));
        assert!(scene.killed_at(point), "{point} was never reached");
        scene.room.ok(&["run", "--until-idle"]);
        assert_lawful(scene.room, &scene.old, &scene.old, point);
        scene.ends_well(point);
    });
}

#[test]
fn a_kill_during_the_recovery_of_a_commit_ends_in_the_new_state() {
    at_each(
        ["recover.before", "journal.forget.step", "journal.forget.step:3", "recover.after"].to_vec(),
        |point| {
            let scene = Scene::new(true);
            assert!(scene.killed_at("journal.forget.before"));
            assert!(scene.killed_at(point), "{point} was never reached");
            scene.room.ok(&["run", "--until-idle"]);
            assert_lawful(scene.room, &scene.new, &scene.new, point);
            scene.ends_well(point);
        },
    );
}

/// Four at a time: most of it is waiting for leases to end.
pub(crate) fn at_each(points: Vec<&'static str>, try_at: impl Fn(&str) + Sync) {
    let points = Mutex::new(points.into_iter());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let Some(point) = points.lock().unwrap().next() else { return };
                    try_at(point);
                }
            });
        }
    });
}

/// A target of three files: key and certificate are there, the chain's is not yet.
struct Scene {
    room: &'static Room,
    old: Pair,
    new: Pair,
    _nginx: Nginx<'static>,
}

const CHAIN: &str = "tls/chain.pem";

impl Scene {
    fn new(verifies: bool) -> Self {
        // The nginx borrows its room; both last as long as the scene.
        let room: &'static Room = Box::leak(Box::new(Room::new()));
        let (old, new) = (room.pair("old"), Authority::new().pair(room, "new", "example.test"));
        let nginx = room.nginx(&old);
        let scene = Self { room, old, new, _nginx: nginx };
        scene.configure(if verifies { room.port } else { 1 });
        room.enqueue("web", &scene.new);
        scene
    }

    fn configure(&self, verify_port: u16) {
        let chain = format!(", chain = \"{}\"", self.room.file(CHAIN).display());
        self.room.configure_with(&chain, verify_port, "");
    }

    /// What kept the deployment from being verified is mended.
    fn repaired(&self) {
        self.configure(self.room.port);
    }

    /// Whether a worker died at this point.
    fn killed_at(&self, point: &str) -> bool {
        let mut worker = self.room.command(&faulty_program(), &["run", "--until-idle"]);
        worker.env("LASTMILE_FAULT", point).stderr(Stdio::null()).status().unwrap().signal() == Some(9)
    }

    fn ends_well(&self, point: &str) {
        let Self { room, old, new, .. } = self;
        assert_lawful(room, old, new, point);
        await_done(room);
        assert_lawful(room, new, new, point);
        room.await_served(&new.fingerprint);
        room.assert_tidy();
        let history = room.history("web");
        let successes = history.iter().filter(|(outcome, _)| outcome == "changed" || outcome == "unchanged");
        assert_eq!(successes.count(), 1, "{point}: {history:?}");
        fs::remove_dir_all(&room.path).unwrap();
    }
}

fn assert_lawful(room: &Room, one: &Pair, other: &Pair, when: &str) {
    let content = |name: &str| fs::read_to_string(room.file(name)).ok();
    let now = [content("tls/site.pem"), content("tls/site.key"), content(CHAIN)];
    let lawful = [one, other].iter().any(|pair| {
        let (certificate, key) = pair.texts();
        let (leaf, chain) = split(&certificate);
        now[0].as_deref() == Some(leaf)
            && same_key(now[1].as_deref().unwrap_or_default().as_bytes(), key.as_bytes())
            && now[2].as_deref() == (!chain.is_empty()).then_some(chain)
    });
    assert!(lawful, "{when}: half old, half new");
}

/// The leaf, and what stands behind it.
fn split(pem: &str) -> (&str, &str) {
    const END: &str = "-----END CERTIFICATE-----\n";
    pem.split_at(pem.find(END).unwrap() + END.len())
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

pub(crate) fn await_done(room: &Room) {
    let until = Instant::now() + Duration::from_secs(60);
    while room.states().iter().any(|state| state != "done" && state != "superseded") {
        assert!(Instant::now() < until, "{}", room.ok(&["--json", "outbox", "list"]));
        std::thread::sleep(Duration::from_millis(300));
        room.ok(&["run", "--until-idle"]);
    }
}
