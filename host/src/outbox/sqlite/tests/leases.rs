//! Leases, fences, retries and what is dead.

use super::*;
use crate::outbox::{Settled, StoreError};

#[test]
fn a_claim_whose_lease_was_reaped_changes_nothing_any_more() {
    let outbox = Outbox::new();
    let id = outbox.add("default", "web", None);
    let old = outbox.claim_one();
    assert_eq!(outbox.store.reap().unwrap(), 0);
    outbox.expire();
    assert_eq!(outbox.store.reap().unwrap(), 1);
    let new = outbox.claim_one();
    assert_eq!((new.message.id, new.attempt, new.claims), (id, 1, 2), "a crash is no attempt");
    assert!(new.fence > old.fence);
    assert_eq!(outbox.store.settle(&old, &receipt()).unwrap(), Settled::Stale);
    assert_eq!(outbox.store.fail(&old, &failure(Outcome::Denied)).unwrap(), Settled::Stale);
    outbox.store.release(&old).unwrap();
    let held = [(id, old.fence), (id, new.fence)];
    assert_eq!(outbox.store.heartbeat(&held[..1], LEASE).unwrap(), [id]);
    assert_eq!(outbox.store.heartbeat(&held[1..], LEASE).unwrap(), [0_i64; 0]);
    assert_eq!(outbox.row(id).state, "running");
    assert_eq!(outbox.store.settle(&new, &receipt()).unwrap(), Settled::Done);
    assert_eq!(outbox.store.settle(&new, &receipt()).unwrap(), Settled::Stale, "reported twice");
    let outcomes: Vec<Outcome> = outbox.store.history("web").unwrap().iter().map(|a| a.outcome).collect();
    assert_eq!(outcomes, [Outcome::Internal, Outcome::Changed]);
}

#[test]
fn a_lease_ends_by_the_clock_and_a_heartbeat_extends_it() {
    let outbox = Outbox::new();
    let id = outbox.add("default", "web", None);
    let claim = outbox.store.claim("worker", 1, Duration::from_millis(30)).unwrap().remove(0);
    assert!(outbox.store.heartbeat(&[(id, claim.fence)], LEASE).unwrap().is_empty());
    std::thread::sleep(Duration::from_millis(40));
    assert_eq!(outbox.store.reap().unwrap(), 0);
    let lease_until = "SELECT lease_until_ms FROM outbox_lane";
    let extended: i64 = sql(&outbox.path, lease_until).unwrap().parse().unwrap();
    assert!(extended > claim.lease_until);
    assert!(extended <= claim.lease_until + 19 * 30, "not beyond the deadline");
    std::thread::sleep(Duration::from_millis(20 * 30));
    assert_eq!(outbox.store.heartbeat(&[(id, claim.fence)], LEASE).unwrap(), [id]);
    assert_eq!(outbox.store.reap().unwrap(), 1);
}

#[test]
fn a_message_is_retried_until_it_is_dead() {
    let outbox = Outbox::new();
    let id = outbox.add("default", "web", None);
    for attempt in 1..=8 {
        let claim = outbox.claim_one();
        assert_eq!(claim.attempt, attempt);
        let settled = outbox.store.fail(&claim, &failure(Outcome::Unavailable)).unwrap();
        assert_eq!(matches!(settled, Settled::Retry { .. }), attempt < 8, "{settled:?}");
        assert_eq!(outbox.row(id).outcome.is_some(), attempt == 8);
        assert_eq!((outbox.row(id).attempts, outbox.row(id).note.as_str()), (attempt, "it was unavailable"));
    }
    assert_eq!((outbox.row(id).state.as_str(), outbox.row(id).outcome), ("dead", Some(Outcome::Unavailable)));
    assert!(outbox.claim(1).is_empty());
    outbox.store.retry(id).unwrap();
    let again = outbox.claim_one();
    assert_eq!((again.message.id, again.attempt, again.message.payload.key.as_str()), (id, 1, KEY));
    assert_eq!(outbox.store.history("web").unwrap().len(), 8);
}

#[test]
fn what_cannot_end_differently_is_not_tried_again() {
    for outcome in [Outcome::Denied, Outcome::Misconfigured, Outcome::Rejected] {
        let outbox = Outbox::new();
        let id = outbox.add("default", "web", None);
        assert_eq!(outbox.store.fail(&outbox.claim_one(), &failure(outcome)).unwrap(), Settled::Dead);
        assert_eq!(outbox.row(id).outcome, Some(outcome));
    }
}

#[test]
fn a_message_that_ends_its_worker_is_dead_in_the_end() {
    let outbox = Outbox::new();
    let id = outbox.add("default", "web", None);
    for claims in 1..=12 {
        assert_eq!(outbox.claim_one().claims, claims);
        outbox.expire();
        outbox.store.reap().unwrap();
    }
    let row = outbox.row(id);
    assert_eq!((row.state.as_str(), row.attempts, row.claims), ("dead", 0, 12));
    assert!(row.note.contains("claimed 12 times"), "{}", row.note);
    outbox.add("default", "web", None);
    assert_eq!(outbox.claim_one().claims, 1, "the lane is free for a newer certificate");
    assert!(matches!(outbox.store.retry(id), Err(StoreError::Refused(_))));
}

#[test]
fn retries_wait_and_honour_what_the_target_asks_for() {
    let outbox = Outbox::with(Policy::default());
    let id = outbox.add("default", "web", None);
    let claim = outbox.claim_one();
    let busy = Failure { retry_after: Some(Duration::from_secs(90)), ..failure(Outcome::Unavailable) };
    let before = outbox.row(id).created_ms;
    let Settled::Retry { at } = outbox.store.fail(&claim, &busy).unwrap() else { panic!("not retried") };
    assert!(at >= before + 90_000);
    assert_eq!(outbox.row(id).due_ms, Some(at));
    assert!(outbox.claim(1).is_empty());
    outbox.store.retry(id).unwrap();
    assert_eq!(outbox.claim_one().attempt, 1);
}

#[test]
fn a_newer_certificate_does_not_wait_for_the_back_off_of_the_older() {
    let outbox = Outbox::with(Policy::default());
    outbox.add("default", "web", None);
    let busy = Failure { retry_after: Some(Duration::from_secs(90)), ..failure(Outcome::Unavailable) };
    outbox.store.fail(&outbox.claim_one(), &busy).unwrap();
    let newer = outbox.add("default", "web", None);
    let claim = outbox.claim_one();
    assert_eq!((claim.message.id, claim.attempt, claim.claims), (newer, 1, 1));
}

#[test]
fn release_charges_nothing() {
    let outbox = Outbox::new();
    outbox.add("default", "web", None);
    for _ in 0..20 {
        let claim = outbox.claim_one();
        assert_eq!((claim.attempt, claim.claims), (1, 1));
        outbox.store.release(&claim).unwrap();
    }
    assert!(outbox.store.history("web").unwrap().is_empty());
}

#[test]
fn many_are_settled_in_one_write() {
    let outbox = Outbox::new();
    let messages: Vec<NewMessage> = (0..20).map(|n| message(&format!("t{n}"))).collect();
    let before = outbox.store.commits();
    outbox.store.enqueue_all(&messages).unwrap();
    let endings: Vec<_> = outbox
        .claim(20)
        .into_iter()
        .enumerate()
        .map(|(n, claim)| (claim, if n == 7 { Err(failure(Outcome::Denied)) } else { Ok(receipt()) }))
        .collect();
    let settled = outbox.store.settle_all(&endings).unwrap();
    assert_eq!(outbox.store.commits() - before, 3);
    assert_eq!(settled.iter().filter(|settled| **settled == Settled::Done).count(), 19);
    assert_eq!(settled[7], Settled::Dead);
}
