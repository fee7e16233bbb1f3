//! How long a busy target is waited for.

/// The longest that a target may ask for to be waited for within the deployment; beyond it the next attempt is better.
const LONGEST_SECONDS: u32 = 30;

/// How often a call that met a busy target is sent in all, and the first pause; each next pause is twice as long, unless
/// the target says how long.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// How often in all; 1 never waits.
    pub tries: u32,
    /// The first pause in milliseconds.
    pub first_ms: u32,
}

impl Default for Patience {
    /// Five times within 15 seconds.
    fn default() -> Self {
        Self { tries: 5, first_ms: 1000 }
    }
}

impl Patience {
    /// The pause after the `sent`th time (from 1), where another one is worth it.
    pub(crate) fn pause(self, sent: u32, retry_after: Option<u32>) -> Option<u32> {
        if sent >= self.tries || retry_after.is_some_and(|seconds| seconds > LONGEST_SECONDS) {
            return None;
        }
        let own = self.first_ms.saturating_mul(1 << sent.saturating_sub(1).min(16));
        Some(retry_after.map_or(own, |seconds| seconds.saturating_mul(1000).max(100)))
    }
}
