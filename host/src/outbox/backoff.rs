//! Pauses between attempts: exponential, capped, with full jitter.

use std::time::Duration;

/// A target cannot ask to be left alone for longer than this.
const LONGEST_ASKED: Duration = Duration::from_secs(24 * 60 * 60);

/// How long to wait after a failure. By default the ceilings are 1 s, 4 s, 16 s … 1 h: quick for a hiccup,
/// and eight attempts span more than an hour of outage.
#[derive(Clone, Copy, Debug)]
pub struct Backoff {
    /// The ceiling after the first failure.
    pub first: Duration,
    /// What the ceiling grows by with each further failure.
    pub factor: u32,
    /// The highest ceiling.
    pub cap: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { first: Duration::from_secs(1), factor: 4, cap: Duration::from_secs(60 * 60) }
    }
}

impl Backoff {
    /// The longest pause after so many failures.
    #[must_use]
    pub fn ceiling(&self, failures: u32) -> Duration {
        let growth = self.factor.saturating_pow(failures.saturating_sub(1));
        self.first.saturating_mul(growth).min(self.cap)
    }

    /// A pause after so many failures: anything up to the ceiling, so that targets which failed together do
    /// not come back together; but not before the target's own `asked`.
    #[must_use]
    pub fn pause(&self, failures: u32, asked: Option<Duration>) -> Duration {
        let ceiling = u64::try_from(self.ceiling(failures).as_millis()).unwrap_or(u64::MAX);
        // Without randomness the ceiling itself is a correct pause, only a less polite one.
        let jittered = getrandom::u64().map_or(ceiling, |random| random % ceiling.saturating_add(1).max(1));
        Duration::from_millis(jittered).max(asked.unwrap_or_default().min(LONGEST_ASKED))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_to_its_cap() {
        let backoff = Backoff::default();
        let seconds: Vec<u64> = (1..=8).map(|failures| backoff.ceiling(failures).as_secs()).collect();
        assert_eq!(seconds, [1, 4, 16, 64, 256, 1024, 3600, 3600]);
        assert_eq!(backoff.ceiling(u32::MAX).as_secs(), 3600);
    }

    #[test]
    fn jitters_over_the_whole_range() {
        let backoff = Backoff::default();
        let pauses: Vec<Duration> = (0..200).map(|_| backoff.pause(4, None)).collect();
        assert!(pauses.iter().all(|pause| *pause <= backoff.ceiling(4)));
        assert!(pauses.iter().any(|pause| *pause < backoff.ceiling(4) / 2));
        assert!(pauses.iter().any(|pause| *pause > backoff.ceiling(4) / 2));
    }

    #[test]
    fn waits_as_long_as_the_target_asks_but_a_day_at_most() {
        let backoff = Backoff::default();
        assert!(backoff.pause(1, Some(Duration::from_secs(90))) >= Duration::from_secs(90));
        assert!(backoff.pause(1, Some(Duration::from_secs(1 << 40))) <= LONGEST_ASKED);
    }
}
