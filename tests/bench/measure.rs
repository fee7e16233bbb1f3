//! Taking turns, and what came of it.

use std::time::{Duration, Instant};

/// One side of a comparison; it measures itself, so that what it prepares does not count.
pub(crate) type Side<'a, T> = Box<dyn FnMut() -> T + 'a>;

/// Runs every side once a round, each round beginning with another one; the samples of each side.
pub(crate) fn in_turns<T>(rounds: usize, mut sides: Vec<Side<'_, T>>) -> Vec<Vec<T>> {
    let count = sides.len();
    let mut samples: Vec<Vec<T>> = sides.iter().map(|_| Vec::with_capacity(rounds)).collect();
    for round in 0..rounds {
        for turn in 0..count {
            let side = (round + turn) % count;
            samples[side].push(sides[side]());
        }
    }
    samples
}

pub(crate) fn timed(work: impl FnOnce()) -> Duration {
    let started = Instant::now();
    work();
    started.elapsed()
}

/// The middle of a side's samples, and how far they spread.
#[derive(Clone, Copy)]
pub(crate) struct Spread {
    pub(crate) p10: Duration,
    pub(crate) median: Duration,
    pub(crate) p90: Duration,
}

impl Spread {
    pub(crate) fn of(samples: &[Duration]) -> Self {
        let mut sorted = samples.to_vec();
        sorted.sort();
        let at = |percent: usize| sorted[(sorted.len() - 1) * percent / 100];
        Self { p10: at(10), median: at(50), p90: at(90) }
    }

    pub(crate) fn over(&self, other: &Self) -> f64 {
        self.median.as_secs_f64() / other.median.as_secs_f64()
    }
}

/// With three digits that mean something.
pub(crate) fn human(duration: Duration) -> String {
    let micros = duration.as_secs_f64() * 1e6;
    match micros {
        m if m < 100.0 => format!("{m:.1} µs"),
        m if m < 1000.0 => format!("{m:.0} µs"),
        m if m < 10_000.0 => format!("{:.2} ms", m / 1e3),
        m if m < 1e6 => format!("{:.1} ms", m / 1e3),
        m => format!("{:.2} s", m / 1e6),
    }
}
