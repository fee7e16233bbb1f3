//! What every device goes through.

use std::fs;
use std::time::Instant;

use serde_json::json;

use super::authority::Key;
use super::subject::Subject;
use super::ward::{Bed, Ward};
use super::{crash, faults, hidden, undone};
use crate::room::{Pair, repository};

/// The whole trial; panics with what went wrong.
pub(crate) fn hold(subject: &Subject) {
    let began = Instant::now();
    let mut ward = Ward::open(subject);
    let beds: Vec<Bed> = Key::ALL.iter().map(|key| ward.bed(key.name(), *key)).collect();
    ward.configure(&beds);
    ward.check();
    let new = renews(&mut ward, &beds);
    let requests = same_again(&mut ward, &beds, &new);
    let struck = faults::each(&mut ward, &new[0], requests);
    let killed = crash::each(&mut ward, &new[0], requests);
    let undone = subject.goes_back.then(|| undone::goes_back(&mut ward, &new[0], requests));
    hidden::nowhere(&mut ward, &new);
    let report = json!({
        "name": subject.name, "requests": requests, "faults": struck, "kills": killed, "undone": undone,
        "keys": Key::ALL.iter().filter(|key| !subject.refuses.contains(key)).map(|key| key.name()).collect::<Vec<_>>(),
        "milliseconds": u64::try_from(began.elapsed().as_millis()).unwrap(),
    });
    let directory = repository().join("target/devices");
    fs::create_dir_all(&directory).unwrap();
    fs::write(directory.join(format!("{}.json", subject.name)), format!("{report}\n")).unwrap();
}

/// Every kind of key is deployed, or refused before anything is changed; in the chattiest log no secret is seen.
fn renews(ward: &mut Ward, beds: &[Bed]) -> Vec<Pair> {
    let mut all = Vec::new();
    for (bed, key) in beds.iter().zip(Key::ALL) {
        let new = ward.authority.pair(&ward.room, &format!("new-{}", key.name()), key);
        ward.enqueue(std::slice::from_ref(bed), &new);
        all.push(new);
    }
    assert!(ward.worker("trace").status().unwrap().success());
    let outcomes = ward.outcomes();
    for ((bed, key), new) in beds.iter().zip(Key::ALL).zip(&all) {
        let (outcome, note) = outcomes.of(bed);
        if ward.subject.refuses.contains(&key) {
            assert!(["rejected", "misconfigured"].contains(&outcome), "{}: {outcome}: {note}", bed.target);
            assert_eq!(ward.look(bed).requests("change"), Vec::<String>::new(), "{}", bed.target);
            continue;
        }
        assert_eq!(outcome, "changed", "{}: {note}", bed.target);
        let shown = ward.authority.shown(new);
        ward.lasting(bed, &shown, "after the first deployment");
    }
    all
}

/// Looks and changes nothing. Says how many requests the first deployment took.
fn same_again(ward: &mut Ward, beds: &[Bed], new: &[Pair]) -> usize {
    let first = ward.look(&beds[0]).count();
    let taken: Vec<(&Bed, &Pair)> = beds
        .iter()
        .zip(new)
        .zip(Key::ALL)
        .filter(|(_, key)| !ward.subject.refuses.contains(key))
        .map(|(pair, _)| pair)
        .collect();
    for (bed, pair) in &taken {
        ward.fake.act(&ward.room, bed.device, "forget");
        ward.enqueue(std::slice::from_ref(*bed), pair);
    }
    assert!(ward.worker("debug").status().unwrap().success());
    let outcomes = ward.outcomes();
    for (bed, pair) in &taken {
        let (outcome, note) = outcomes.of(bed);
        assert_eq!(outcome, "unchanged", "{}: {note}", bed.target);
        let changes = ward.look(bed).requests("change");
        assert_eq!(changes, Vec::<String>::new(), "{}: the same again changes something", bed.target);
        let shown = ward.authority.shown(pair);
        ward.lasting(bed, &shown, "after the same again");
    }
    first
}
