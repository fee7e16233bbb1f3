//! Enqueue, claim and settle, against the least SQL that keeps the same rows.

use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;
use std::time::Duration;

use lastmile::credential::Identity;
use lastmile::outbox::{Ending, NewMessage, Receipt, Settled, SqliteStore, Store};
use lastmile::outcome::Outcome;

use crate::machine;
use crate::measure::{Side, human, in_turns, timed};
use crate::raw::Raw;
use crate::report::Report;
use crate::specimen;

/// Batch, rounds, rounds under strace.
const BATCHES: [(usize, usize, usize); 2] = [(1, 200, 100), (100, 40, 10)];

pub(crate) fn measure(report: &mut Report) {
    report.section(
        "(d) The outbox",
        "A cycle enqueues, claims and settles so many messages of as many targets, one commit for each step. *Raw* is the least SQL \
         that keeps the same rows with the same settings and no triggers (`tests/bench/raw.rs`). The fsyncs were counted by strace \
         over the same loop in a process of its own.",
    );
    for (batch, rounds, traced) in BATCHES {
        report.line(&format!("Batch {batch}:\n"));
        let (ours, raw) = (machine::on_disk(), machine::on_disk());
        let mut cycles = [Cycles::new("lastmile", ours.path()), Cycles::new("raw", raw.path())];
        let [one, other] = &mut cycles;
        let sides: Vec<Side<'_, Duration>> =
            vec![Box::new(|| one.cycle(batch)), Box::new(|| other.cycle(batch))];
        let samples = in_turns(rounds, sides);
        let spreads = report.sides(&[("lastmile", &samples[0]), ("raw", &samples[1])]);
        for (side, spread) in ["lastmile", "raw"].into_iter().zip(&spreads) {
            let rate = batch as f64 / spread.median.as_secs_f64();
            let fsyncs = fsyncs(side, batch, traced) as f64 / (traced * batch) as f64;
            report.line(&format!(
                "{side}: {rate:.0} messages/s, {} each, {fsyncs:.3} fsyncs a message\n",
                human(spread.median / u32::try_from(batch).unwrap())
            ));
        }
        let ratio = spreads[0].over(&spreads[1]);
        if batch == 1 {
            report.line(&format!("lastmile / raw: **{ratio:.2}**\n"));
        } else {
            report.ratio("lastmile / raw", ratio, "at most 2", ratio <= 2.0);
        }
    }
}

/// How many fsyncs so many rounds take, the opening of the file not counted.
fn fsyncs(side: &str, batch: usize, rounds: usize) -> usize {
    let count = |rounds: usize| {
        let room = machine::on_disk();
        let log = room.path().join("strace");
        let traced = Command::new("strace")
            .args(["-f", "-e", "trace=fsync,fdatasync", "-o"])
            .arg(&log)
            .arg(std::env::current_exe().unwrap())
            .args(["--cycles", side, &batch.to_string(), &rounds.to_string()])
            .arg(room.path())
            .status();
        assert!(traced.is_ok_and(|status| status.success()), "strace does not run here");
        let log = std::fs::read_to_string(log).unwrap();
        log.lines().filter(|line| line.contains("sync(") && !line.contains("resumed")).count()
    };
    count(rounds) - count(0)
}

/// What strace runs.
pub(crate) fn cycles_for_strace(side: &str, batch: usize, rounds: usize, path: &Path) {
    let mut cycles = Cycles::new(side, path);
    for _ in 0..rounds {
        cycles.cycle(batch);
    }
    // Closing the file checkpoints: that is no part of a cycle.
    std::process::exit(0);
}

enum Cycles {
    Ours(SqliteStore, usize),
    Raw(Raw, usize),
}

impl Cycles {
    fn new(side: &str, path: &Path) -> Self {
        let file = path.join("outbox.sqlite");
        match side {
            "lastmile" => Self::Ours(SqliteStore::open(&file).unwrap(), 0),
            "raw" => Self::Raw(Raw::open(&file), 0),
            other => panic!("no side {other}"),
        }
    }

    fn cycle(&mut self, batch: usize) -> Duration {
        let (Self::Ours(_, turn) | Self::Raw(_, turn)) = self;
        *turn += 1;
        let messages = messages(batch, *turn);
        match self {
            Self::Ours(store, _) => timed(|| cycle(store, &messages)),
            Self::Raw(raw, _) => timed(|| raw.cycle(&messages)),
        }
    }
}

fn cycle(store: &SqliteStore, messages: &[NewMessage]) {
    store.enqueue_all(messages).unwrap();
    let claims = store.claim("bench", messages.len(), Duration::from_secs(30)).unwrap();
    assert_eq!(claims.len(), messages.len());
    let receipt = |fingerprint: &str| Receipt {
        outcome: Outcome::Changed,
        changed: true,
        reference: String::new(),
        note: "note".to_owned(),
        fingerprint: fingerprint.to_owned(),
    };
    let endings: Vec<Ending> = claims
        .into_iter()
        .map(|claim| {
            let receipt = receipt(&claim.message.fingerprint);
            (claim, Ok(receipt))
        })
        .collect();
    let settled = store.settle_all(&endings).unwrap();
    assert!(settled.iter().all(|settled| *settled == Settled::Done));
}

/// One certificate for all: the database does not read it.
fn messages(batch: usize, turn: usize) -> Vec<NewMessage> {
    static ONE: LazyLock<NewMessage> =
        LazyLock::new(|| specimen::message(&Identity::generate(), "specimen", "web"));
    (0..batch)
        .map(|number| NewMessage {
            event_id: format!("{turn:08}-{number:04}-0000-0000-000000000000"),
            target: format!("web-{number}"),
            ..ONE.clone()
        })
        .collect()
}
