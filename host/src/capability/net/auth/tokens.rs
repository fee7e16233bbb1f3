//! A target's token between deployments: kept in this process alone, and renewed before it ends.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use super::Credentials;

/// The longest time before its end at which a token is renewed. A short-lived one gets a tenth of its life.
const SKEW: Duration = Duration::from_secs(300);

/// Credentials as they were issued.
pub(super) struct Issued {
    pub(super) credentials: Credentials,
    /// None for what is at hand anyway, and made anew for each request.
    pub(super) end: Option<SystemTime>,
}

impl Issued {
    pub(super) const fn at_hand(credentials: Credentials) -> Self {
        Self { credentials, end: None }
    }
}

/// The tokens of one target.
#[derive(Clone, Default)]
pub struct Tokens(Arc<Mutex<Option<Held>>>);

#[derive(Clone)]
pub(super) struct Held {
    pub(super) credentials: Arc<Credentials>,
    renew: SystemTime,
    end: SystemTime,
}

impl Held {
    /// Whether nothing speaks for another one yet.
    pub(super) fn is_fresh(&self, now: SystemTime) -> bool {
        now < self.renew
    }

    pub(super) fn is_valid(&self, now: SystemTime) -> bool {
        now < self.end
    }
}

impl Tokens {
    pub(super) fn held(&self) -> Option<Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps what has an end.
    pub(super) fn keep(&self, issued: Issued, now: SystemTime) -> Arc<Credentials> {
        let credentials = Arc::new(issued.credentials);
        if let Some(end) = issued.end {
            let life = end.duration_since(now).unwrap_or_default();
            let renew = end.checked_sub(SKEW.min(life / 10)).unwrap_or(now);
            let held = Held { credentials: Arc::clone(&credentials), renew, end };
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(held);
        }
        credentials
    }

    /// Drops it, unless another one took its place.
    pub(super) fn forget(&self, used: &Arc<Credentials>) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.as_ref().is_some_and(|held| Arc::ptr_eq(&held.credentials, used)) {
            *held = None;
        }
    }
}
