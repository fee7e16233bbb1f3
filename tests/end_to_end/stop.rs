//! How a worker stops, and what it does not start on.

use std::time::{Duration, Instant};

use crate::room::{Room, await_that};
use crate::two_hosts::Host;

fn under_way(room: &Room) -> Host {
    room.configure_scripted(&["web"], "go");
    room.enqueue("web", &room.pair("new"));
    let host = Host::start(room, "host");
    await_that("the check runs", || room.touched("web") == ["check begin"]);
    host
}

#[test]
fn sigterm_lets_the_deployment_finish() {
    let room = Room::new();
    let mut host = under_way(&room);
    // What is enqueued after it is told to stop is not begun.
    host.signal("-TERM");
    room.enqueue("web", &room.pair("newer"));
    std::thread::sleep(Duration::from_millis(500));
    assert!(host.0.try_wait().unwrap().is_none(), "it did not wait for what runs");
    std::fs::write(room.file("go"), "").unwrap();
    assert!(host.0.wait().unwrap().success());
    assert_eq!(room.history("web")[0].0, "changed");
    assert_eq!(room.states(), ["pending", "done"]);
    assert_eq!(room.touched("web"), ["check begin", "check end", "reload begin", "reload end"]);
    room.assert_tidy();
}

#[test]
fn a_second_sigterm_ends_it_at_once_and_the_next_start_puts_things_right() {
    let room = Room::new();
    let mut host = under_way(&room);
    host.signal("-TERM");
    std::thread::sleep(Duration::from_millis(200));
    let asked = Instant::now();
    host.signal("-TERM");
    assert_eq!(host.0.wait().unwrap().code(), Some(1));
    assert!(asked.elapsed() < Duration::from_secs(2));
    std::fs::write(room.file("go"), "").unwrap();
    room.ok(&["run", "--until-idle"]);
    assert!(!room.file("tls/web.pem").exists(), "half of a deployment was left");
    room.assert_tidy();
    crate::crash::await_done(&room);
    assert!(room.file("tls/web.pem").exists());
}

#[test]
fn no_state_directory_no_worker() {
    let room = Room::new();
    room.configure(1, "");
    std::fs::remove_dir_all(room.file("state")).unwrap();
    let refused = room.run(&["run"]);
    let error = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(1), "{error}");
    assert!(error.contains("lastmile init") && error.contains("state/identity.age"), "{error}");
    assert!(!room.file("state").exists(), "it made one by itself");
}
