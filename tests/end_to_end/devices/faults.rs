//! Every fault at every request of a deployment: the outcome is one of those that may be, what is served agrees with it,
//! and the next deployment brings all to its end.

use super::authority::Key;
use super::ward::{Bed, Ward};
use crate::room::Pair;

/// What may come of a deployment that met this fault once. `changed` is no lie anywhere: what is served is looked at.
/// `uncertain` is allowed where the answer to a change was lost.
const ALLOWED: &[(&str, &[&str])] = &[
    ("status", &["changed", "unavailable", "uncertain", "rejected"]),
    ("echo", &["changed", "unavailable", "uncertain", "rejected"]),
    ("failed-200", &["changed", "unavailable", "uncertain", "rejected", "denied"]),
    ("html-200", &["changed", "unavailable", "uncertain"]),
    ("html-503", &["changed", "unavailable", "uncertain"]),
    ("truncated", &["changed", "unavailable", "uncertain"]),
    ("half", &["changed", "unavailable", "uncertain"]),
    ("cut-before", &["changed", "unavailable", "uncertain"]),
    ("cut-after", &["changed", "unavailable", "uncertain"]),
    ("busy", &["changed", "unavailable"]),
    ("denied", &["changed", "denied"]),
    ("standby", &["changed", "unavailable", "rejected"]),
    ("slow", &["changed"]),
    ("expired", &["changed"]),
];
/// How often in a row a device says that it is busy.
const BUSY: usize = 2;

/// One device that meets one fault.
struct Case {
    fault: &'static str,
    at: usize,
    bed: Bed,
}

/// The number of faults that were met.
pub(super) fn each(ward: &mut Ward, new: &Pair, requests: usize) -> usize {
    let known: Vec<_> =
        ALLOWED.iter().filter(|(fault, _)| ward.fake.faults.iter().any(|known| known == fault)).collect();
    let mut met = 0;
    for (fault, allowed) in known {
        let cases: Vec<Case> = (1..=requests)
            .map(|at| Case { fault, at, bed: ward.bed(&format!("{fault}-{at}"), Key::P256) })
            .collect();
        met += cases.len();
        meet(ward, new, cases, allowed);
    }
    met
}

fn meet(ward: &mut Ward, new: &Pair, cases: Vec<Case>, allowed: &[&str]) {
    for case in &cases {
        let times = if case.fault == "busy" { BUSY } else { 1 };
        ward.fake.spoil(&ward.room, case.bed.device, case.fault, case.at, times);
    }
    let mut beds: Vec<Bed> = cases.into_iter().map(|case| case.bed).collect();
    ward.configure(&beds);
    let first = ward.deploy(&beds, new);
    for bed in &mut beds {
        // A role that may not clean up leaves what it made; people must read of it.
        bed.untidy = first.of(bed).1.contains("left in");
        struck(ward, bed, first.of(bed), allowed, new);
        ward.fake.act(&ward.room, bed.device, "mend");
        ward.fake.act(&ward.room, bed.device, "forget");
    }
    // Those that got through were looked at; whether the same again changes nothing is asked elsewhere.
    beds.retain(|bed| first.of(bed).0 != "changed");
    let second = ward.deploy(&beds, new);
    let shown = ward.authority.shown(new);
    for bed in &beds {
        let (outcome, note) = second.of(bed);
        assert!(["changed", "unchanged"].contains(&outcome), "{}, again: {outcome}: {note}", bed.target);
        let changes = ward.look(bed).requests("change");
        assert!(outcome == "changed" || changes.is_empty(), "{}: unchanged, and yet {changes:?}", bed.target);
        ward.lasting(bed, &shown, "after the deployment that followed");
    }
}

/// Right behind the fault: the outcome may be, and what is served agrees with it.
fn struck(ward: &mut Ward, bed: &Bed, (outcome, note): (&str, &str), allowed: &[&str], new: &Pair) {
    let state = ward.look(bed);
    let what = format!("{}: {outcome}: {note}\n{:#}", bed.target, state.0);
    assert_ne!(state.0["struck"], serde_json::json!([]), "the fault did not happen: {what}");
    assert!(allowed.contains(&outcome), "{what}");
    let (old, new) = (ward.authority.shown(&ward.old), ward.authority.shown(new));
    match outcome {
        "changed" => ward.lasting(bed, &new, "after a fault"),
        "uncertain" => assert!(state.serves(&old) || state.serves(&new), "{what}"),
        _ if ward.subject.goes_back => {
            assert!(state.serves(&old), "it failed, and the old certificate is not back: {what}");
            assert_eq!(state.0["unsaved"], false, "what was put back was not saved: {what}");
        }
        _ => assert!(state.serves(&old) || state.serves(&new), "{what}"),
    }
}
