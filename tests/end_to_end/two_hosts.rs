//! Two hosts on one state directory: nothing is deployed twice at the same time, and a host that was stopped past its
//! lease does not touch what another one was promised.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::room::{Pair, Room, await_that, program};

/// A worker that is ended with the test.
pub(crate) struct Host(pub(crate) Child);

impl Host {
    pub(crate) fn start(room: &Room, log: &str) -> Self {
        let file = fs::File::create(room.file(&format!("log/{log}"))).unwrap();
        Self(room.command(&program(), &["run"]).stdout(Stdio::null()).stderr(file).spawn().unwrap())
    }

    pub(crate) fn signal(&self, name: &str) {
        assert!(Command::new("kill").args([name, &self.0.id().to_string()]).status().unwrap().success());
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn holds(room: &Room, target: &str, pair: &Pair) -> bool {
    let held = fs::read_to_string(room.file(&format!("tls/{target}.pem"))).unwrap_or_default();
    held.starts_with(&pair.texts().0)
}

fn all_done(room: &Room) -> bool {
    room.states().iter().all(|state| state == "done" || state == "superseded")
}

#[test]
fn deployments_to_one_target_never_overlap() {
    const TARGETS: [&str; 3] = ["one", "two", "three"];
    let room = Room::new();
    room.configure_scripted(&TARGETS, "0.05");
    let _hosts = [Host::start(&room, "a"), Host::start(&room, "b")];
    let mut last = Vec::new();
    for round in 0..8 {
        last = TARGETS.iter().map(|target| room.pair(&format!("{target}-{round}"))).collect();
        for (target, pair) in TARGETS.iter().zip(&last) {
            room.enqueue(target, pair);
        }
        std::thread::sleep(Duration::from_millis(60));
    }
    await_that("everything is delivered", || all_done(&room));
    let mut runs = 0;
    for (target, pair) in TARGETS.iter().zip(&last) {
        let touched = room.touched(target);
        for steps in touched.chunks(4) {
            assert_eq!(
                steps,
                ["check begin", "check end", "reload begin", "reload end"],
                "{target}: {touched:?}"
            );
            runs += 1;
        }
        assert!(holds(&room, target, pair), "{target} does not hold the newest");
        assert!(
            room.history(target).iter().all(|(outcome, _)| outcome == "changed"),
            "{:?}",
            room.history(target)
        );
    }
    assert!(runs >= 6, "only {runs} deployments: too few to have met");
    room.assert_tidy();
}

#[test]
fn a_host_that_was_stopped_past_its_lease_does_not_go_on() {
    let room = Room::new();
    let (old, new) = (room.pair("old"), room.pair("new"));
    room.configure_scripted(&["web"], "go");
    let before = old.texts().0;
    fs::write(room.file("tls/web.pem"), &before).unwrap();
    room.enqueue("web", &new);
    let stale = Host::start(&room, "stale");
    await_that("the check runs", || room.touched("web") == ["check begin"]);
    stale.signal("-STOP");
    fs::write(room.file("go"), "").unwrap();
    await_that("the check is over", || room.touched("web") == ["check begin", "check end"]);

    let _fresh = Host::start(&room, "fresh");
    await_that("the lane is taken over", || {
        room.history("web")
            .iter()
            .any(|(outcome, note)| outcome == "unavailable" && note.contains("another host"))
    });
    assert_eq!(room.touched("web").len(), 2, "the one that took over must wait until the target is free");

    stale.signal("-CONT");
    await_that("it is delivered", || all_done(&room));
    // One deployment that was given up after its check, and one from its beginning to its end.
    let whole = ["check begin", "check end", "reload begin", "reload end"];
    assert_eq!(room.touched("web"), [&whole[..2], &whole].concat());
    assert!(holds(&room, "web", &new));
    let history = room.history("web");
    assert_eq!(history.iter().filter(|(outcome, _)| outcome == "changed").count(), 1, "{history:?}");
    let log = fs::read_to_string(room.file("log/stale")).unwrap();
    assert!(log.contains("lost its claim") && log.contains("Stale"), "{log}");
    room.assert_tidy();
}
