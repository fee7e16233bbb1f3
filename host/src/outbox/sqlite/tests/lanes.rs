//! One at a time per target, the newest wins, tenants in turn.

use super::*;
use crate::outbox::{Filter, Settled, StoreError};

#[test]
fn a_lane_runs_one_message_at_a_time() {
    let outbox = Outbox::new();
    let first = outbox.add("default", "web", None);
    let running = outbox.claim_one();
    assert_eq!((running.message.id, running.fence, running.attempt, running.claims), (first, 1, 1, 1));
    let second = outbox.add("default", "web", None);
    assert!(outbox.claim(9).is_empty());
    assert_eq!(outbox.row(first).state, "running");
    assert_eq!(outbox.store.settle(&running, &receipt()).unwrap(), Settled::Done);
    let next = outbox.claim_one();
    assert_eq!((next.message.id, next.fence, next.attempt), (second, 2, 1));
}

#[test]
fn targets_and_tenants_have_lanes_of_their_own() {
    let outbox = Outbox::new();
    for (tenant, target) in [("a", "web"), ("b", "web"), ("a", "mail")] {
        outbox.add(tenant, target, None);
    }
    assert_eq!(outbox.claim(9).len(), 3);
}

#[test]
fn the_newest_generation_supersedes_what_waits() {
    let outbox = Outbox::new();
    let ids: Vec<i64> = (0..3).map(|_| outbox.add("default", "web", None)).collect();
    assert_eq!(outbox.row(ids[0]).outcome, Some(Outcome::Superseded));
    assert_eq!(outbox.row(ids[1]).state, "superseded");
    let claim = outbox.claim_one();
    assert_eq!((claim.message.id, claim.message.generation), (ids[2], 3));
}

#[test]
fn an_older_generation_is_superseded_at_once() {
    let outbox = Outbox::new();
    let newer = outbox.add("default", "web", Some(5));
    let older = outbox.add("default", "web", Some(4));
    assert_eq!(outbox.row(older).state, "superseded");
    assert_eq!(outbox.claim_one().message.id, newer);
    let even_older = outbox.add("default", "web", Some(3));
    assert_eq!(outbox.row(even_older).state, "superseded");
    assert_eq!(outbox.row(newer).state, "running");
}

#[test]
fn a_failure_is_not_retried_when_a_newer_certificate_waits() {
    let outbox = Outbox::new();
    let older = outbox.add("default", "web", None);
    let claim = outbox.claim_one();
    let newer = outbox.add("default", "web", None);
    assert_eq!(outbox.store.fail(&claim, &failure(Outcome::Unavailable)).unwrap(), Settled::Done);
    assert_eq!(outbox.row(older).state, "superseded");
    assert_eq!(outbox.store.history("web").unwrap()[0].outcome, Outcome::Unavailable);
    assert_eq!(outbox.claim_one().message.id, newer);
}

#[test]
fn a_tenant_with_a_long_queue_does_not_hold_up_another() {
    let outbox = Outbox::new();
    let many: Vec<NewMessage> =
        (0..50).map(|n| NewMessage { tenant: "noisy".to_owned(), ..message(&format!("t{n}")) }).collect();
    outbox.store.enqueue_all(&many).unwrap();
    outbox.add("quiet", "one", None);
    outbox.add("a-third", "one", None);
    let served: Vec<String> = (0..4).map(|_| outbox.claim(1)[0].message.tenant.clone()).collect();
    assert_eq!(served, ["a-third", "noisy", "quiet", "noisy"]);
    assert_eq!(outbox.claim(100).len(), 48, "an idle tenant leaves its share to the others");
}

#[test]
fn the_lane_that_waited_longest_comes_first() {
    let outbox = Outbox::new();
    for target in ["z", "a", "m"] {
        outbox.add("default", target, None);
        std::thread::sleep(Duration::from_millis(3));
    }
    outbox.add("default", "z", None);
    let order: Vec<String> = outbox.claim(3).into_iter().map(|claim| claim.message.target).collect();
    assert_eq!(order, ["z", "a", "m"], "superseding keeps the place in the queue");
}

#[test]
fn the_same_event_is_one_message() {
    let outbox = Outbox::new();
    let event = message("web");
    let id = outbox.store.enqueue(&event).unwrap();
    assert_eq!(outbox.store.enqueue(&event).unwrap(), id);
    assert_eq!(outbox.store.enqueue_all(&[event.clone(), event.clone()]).unwrap(), [id, id]);
    outbox.store.settle(&outbox.claim_one(), &receipt()).unwrap();
    assert_eq!(outbox.store.enqueue(&event).unwrap(), id);
    assert!(outbox.claim(1).is_empty());
}

#[test]
fn cancel_takes_back_what_waits_and_only_that() {
    let outbox = Outbox::new();
    let id = outbox.add("default", "web", None);
    outbox.store.cancel(id).unwrap();
    assert_eq!(outbox.row(id).outcome, Some(Outcome::Cancelled));
    assert!(outbox.claim(1).is_empty());
    assert!(matches!(outbox.store.cancel(id), Err(StoreError::Refused(_))));
    assert!(matches!(outbox.store.retry(id), Err(StoreError::Refused(_))));
    assert!(matches!(outbox.store.cancel(99), Err(StoreError::Missing(99))));
    let running = outbox.add("default", "web", None);
    let claim = outbox.claim_one();
    assert!(matches!(outbox.store.cancel(running), Err(StoreError::Refused(_))));
    assert_eq!(outbox.store.settle(&claim, &receipt()).unwrap(), Settled::Done);
}

#[test]
fn list_filters_by_target_and_state() {
    let outbox = Outbox::new();
    let web = outbox.add("default", "web", None);
    let mail = outbox.add("default", "mail", None);
    outbox.store.settle(&outbox.claim(1)[0], &receipt()).unwrap();
    let ids = |target: Option<&str>, state: Option<&str>, limit| {
        let filter = Filter { target: target.map(str::to_owned), state: state.map(str::to_owned), limit };
        outbox.store.list(&filter).unwrap().iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert_eq!(ids(None, None, 9), [mail, web]);
    assert_eq!(ids(None, None, 1), [mail]);
    assert_eq!(ids(Some("web"), None, 9), [web]);
    assert_eq!(ids(None, Some("done"), 9).len(), 1);
    assert_eq!(ids(None, Some("pending"), 9).len(), 1);
}
