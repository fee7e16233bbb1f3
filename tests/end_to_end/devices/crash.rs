//! SIGKILL of the program at every request, before and behind the device's work on it: the next run converges.

use std::process::Command;

use super::authority::Key;
use super::ward::{Bed, Ward};
use crate::room::{Pair, await_that};

/// As many as run at the same time.
const TOGETHER: usize = 16;

/// The shortest that there is: what a killed worker had claimed is waited for.
const LEASE: u32 = 3;

/// The number of kills.
pub(super) fn each(ward: &mut Ward, new: &Pair, requests: usize) -> usize {
    let cases: Vec<(&str, usize)> = ["hold-before", "hold-after"]
        .iter()
        .flat_map(|what| (1..=requests).map(move |at| (*what, at)))
        .collect();
    for together in cases.chunks(TOGETHER) {
        let beds: Vec<Bed> =
            together.iter().map(|(what, at)| ward.bed(&format!("{what}-{at}"), Key::P256)).collect();
        for (bed, (what, at)) in beds.iter().zip(together) {
            ward.fake.spoil(&ward.room, bed.device, what, *at, 1);
        }
        kill(ward, &beds, new);
    }
    cases.len()
}

fn kill(ward: &mut Ward, beds: &[Bed], new: &Pair) {
    ward.configure_leasing(beds, LEASE);
    ward.attempt_again();
    ward.enqueue(beds, new);
    let mut worker = ward.staying_worker().spawn().unwrap();
    await_that("every device holds its answer back", || {
        beds.iter().all(|bed| ward.look(bed).0["held"] == true)
    });
    worker.kill().unwrap();
    worker.wait().unwrap();
    for bed in beds {
        ward.fake.act(&ward.room, bed.device, "mend");
    }
    let mut worker = ward.staying_worker().spawn().unwrap();
    // Their claims must lapse first.
    await_that("every deployment is made again", || ward.open_messages() == 0);
    assert!(Command::new("kill").arg(worker.id().to_string()).status().unwrap().success());
    assert!(worker.wait().unwrap().success());
    let (outcomes, shown) = (ward.outcomes(), ward.authority.shown(new));
    for bed in beds {
        let (outcome, note) = outcomes.of(bed);
        assert!(["changed", "unchanged"].contains(&outcome), "{}: {outcome}: {note}", bed.target);
        ward.lasting(bed, &shown, "after the program was killed and came back");
    }
}
