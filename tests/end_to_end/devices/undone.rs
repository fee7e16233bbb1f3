//! A verification that fails: the old binding is back, and saved; a fault on the way back is made up for by the next run.

use std::ops::RangeInclusive;

use super::authority::Key;
use super::ward::{Bed, Ward};
use crate::room::Pair;

/// Faults on the way back. Each leaves the device in the middle unless somebody comes again.
const FAULTS: &[&str] = &["status", "html-503", "cut-before", "cut-after", "expired"];

/// The number of requests that going back takes; going there takes so many.
pub(super) fn goes_back(ward: &mut Ward, new: &Pair, requests: usize) -> usize {
    let stale = ward.fake.stale(&ward.room, &ward.old);
    let plain = Bed { verify: stale, ..ward.bed("undone", Key::P256) };
    let all = unverified(ward, std::slice::from_ref(&plain), new);
    let old = ward.authority.shown(&ward.old);
    ward.lasting(&plain, &old, "after it was taken back");
    for fault in FAULTS {
        faulty(ward, new, stale, fault, requests + 1..=all);
    }
    all - requests
}

/// Deploys in vain; how many requests the first of them took.
fn unverified(ward: &mut Ward, beds: &[Bed], new: &Pair) -> usize {
    ward.configure(beds);
    let outcomes = ward.deploy(beds, new);
    for bed in beds {
        let (outcome, note) = outcomes.of(bed);
        assert!(outcome == "unverified", "{}: {outcome}: {note}", bed.target);
    }
    ward.look(&beds[0]).count()
}

/// The fault at each request of the way back, then a deployment that verifies.
fn faulty(ward: &mut Ward, new: &Pair, stale: u16, fault: &str, way_back: RangeInclusive<usize>) {
    if !ward.fake.faults.iter().any(|known| known == fault) {
        return;
    }
    let mut beds = Vec::new();
    for at in way_back {
        let bed = ward.bed(&format!("undone-{fault}-{at}"), Key::P256);
        ward.fake.spoil(&ward.room, bed.device, fault, at, 1);
        beds.push(Bed { verify: stale, ..bed });
    }
    ward.configure(&beds);
    ward.deploy(&beds, new);
    for bed in &mut beds {
        ward.fake.act(&ward.room, bed.device, "mend");
        bed.verify = bed.device.main;
    }
    ward.configure(&beds);
    let outcomes = ward.deploy(&beds, new);
    let shown = ward.authority.shown(new);
    for bed in &beds {
        let (outcome, note) = outcomes.of(bed);
        assert!(["changed", "unchanged"].contains(&outcome), "{}: {outcome}: {note}", bed.target);
        ward.lasting(bed, &shown, "after a fault on the way back");
    }
}
