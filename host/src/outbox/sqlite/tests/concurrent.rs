//! Many callers, several stores on one file, and nothing done twice.

use std::collections::BTreeSet;
use std::sync::Mutex;

use super::*;
use crate::outbox::Settled;

#[test]
fn waiting_callers_share_a_commit() {
    let outbox = Outbox::new();
    let before = outbox.store.commits();
    std::thread::scope(|scope| {
        for thread in 0..16 {
            let store = &outbox.store;
            scope.spawn(move || {
                for n in 0..20 {
                    store.enqueue(&message(&format!("t{thread}-{n}"))).unwrap();
                }
            });
        }
    });
    let commits = outbox.store.commits() - before;
    assert!(commits < 320, "320 messages in {commits} commits");
    assert_eq!(outbox.claim(1000).len(), 320);
}

#[test]
fn a_refused_operation_takes_nothing_else_with_it() {
    let outbox = Outbox::new();
    std::thread::scope(|scope| {
        for n in 0..8 {
            let store = &outbox.store;
            scope.spawn(move || {
                for round in 0..10 {
                    let mut message = message(&format!("t{n}-{round}"));
                    if n % 2 == 0 {
                        message.fingerprint.clear();
                    }
                    assert_eq!(store.enqueue(&message).is_ok(), n % 2 == 1);
                }
            });
        }
    });
    assert_eq!(outbox.claim(1000).len(), 40);
}

#[test]
fn two_stores_on_one_file_never_hand_out_a_lane_twice() {
    let outbox = Outbox::new();
    let other = SqliteStore::open(&outbox.path).unwrap();
    let messages: Vec<NewMessage> = (0..200).map(|n| message(&format!("t{n}"))).collect();
    outbox.store.enqueue_all(&messages).unwrap();
    let seen = Mutex::new(BTreeSet::new());
    std::thread::scope(|scope| {
        for (store, name) in [(&outbox.store, "a"), (&other, "b"), (&outbox.store, "c"), (&other, "d")] {
            let seen = &seen;
            scope.spawn(move || {
                loop {
                    let claims = store.claim(name, 3, LEASE).unwrap();
                    if claims.is_empty() {
                        return;
                    }
                    for claim in &claims {
                        assert!(seen.lock().unwrap().insert(claim.message.id), "claimed twice");
                        assert_eq!(store.settle(claim, &receipt()).unwrap(), Settled::Done);
                    }
                }
            });
        }
    });
    assert_eq!(seen.lock().unwrap().len(), 200);
}

#[test]
fn many_may_open_a_new_file_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("outbox.db");
    std::thread::scope(|scope| {
        for n in 0..8 {
            let path = &path;
            scope
                .spawn(move || SqliteStore::open(path).unwrap().enqueue(&message(&format!("t{n}"))).unwrap());
        }
    });
    assert_eq!(SqliteStore::open(&path).unwrap().claim("w", 99, LEASE).unwrap().len(), 8);
}

#[test]
fn the_lanes_stay_whole_under_expiring_leases_and_arrivals() {
    let outbox = Outbox::new();
    let other = SqliteStore::open(&outbox.path).unwrap();
    std::thread::scope(|scope| {
        for (store, name) in [(&outbox.store, "a"), (&other, "b")] {
            scope.spawn(move || {
                for n in 0..60 {
                    store.enqueue(&message(&format!("t{}", n % 5))).unwrap();
                    store.reap().unwrap();
                    for claim in store.claim(name, 2, Duration::from_millis(1)).unwrap() {
                        std::thread::sleep(Duration::from_millis(n % 3));
                        store.settle(&claim, &receipt()).unwrap();
                    }
                }
            });
        }
    });
    std::thread::sleep(Duration::from_millis(3));
    while outbox.store.reap().unwrap() > 0 {}
    loop {
        let claims = outbox.claim(100);
        if claims.is_empty()
            && sql(&outbox.path, "SELECT count(*) FROM outbox_status WHERE state = 'pending'").unwrap() == "0"
        {
            break;
        }
        claims
            .iter()
            .for_each(|claim| assert_eq!(outbox.store.settle(claim, &receipt()).unwrap(), Settled::Done));
    }
    let newest_done = "SELECT count(*) FROM outbox_lane AS l WHERE l.generation <> (SELECT MAX(m.generation)
        FROM outbox_message AS m WHERE m.target = l.target AND m.state = 'done')";
    assert_eq!(sql(&outbox.path, newest_done).unwrap(), "0");
    assert_eq!(sql(&outbox.path, "PRAGMA integrity_check; PRAGMA foreign_key_check;").unwrap(), "ok");
}
