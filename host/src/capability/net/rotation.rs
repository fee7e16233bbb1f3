//! A target that comes to show the very certificate that it is being given: its management interface.
//!
//! Until it does, what the operator pinned is accepted, and what was deployed before. From then on the endpoint is
//! held to the new certificate. Where a deployment is taken back both count, in any order.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// A certificate's SHA-256.
type Fingerprint = [u8; 32];

/// Which certificates an endpoint may show beside those that the target's `tls` names.
#[derive(Debug)]
pub struct Rotation {
    deployed: Fingerprint,
    before: Vec<Fingerprint>,
    going_back: bool,
    /// Each endpoint with each certificate that it showed and proved to hold the key of.
    met: Mutex<BTreeSet<(String, Fingerprint)>>,
}

/// What is to be thought of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is the target's.
    Known,
    /// The endpoint was past it. Only roots can speak for it yet.
    Over,
    /// The target's `tls` decides.
    Stranger,
}

impl Rotation {
    /// For a deployment of `deployed`, where `before` were deployed earlier.
    #[must_use]
    pub fn forward(deployed: Fingerprint, before: Vec<Fingerprint>) -> Self {
        Self { deployed, before, going_back: false, met: Mutex::default() }
    }

    /// For taking it back.
    #[must_use]
    pub fn back(deployed: Fingerprint, before: Vec<Fingerprint>) -> Self {
        Self { going_back: true, ..Self::forward(deployed, before) }
    }

    /// Whether any endpoint showed the new certificate.
    #[must_use]
    pub fn happened(&self) -> bool {
        self.saw(self.deployed)
    }

    /// Whether any endpoint showed this certificate.
    #[must_use]
    pub fn saw(&self, fingerprint: Fingerprint) -> bool {
        self.all_met().iter().any(|(_, served)| *served == fingerprint)
    }

    pub(super) fn judge(&self, endpoint: &str, served: Fingerprint) -> Verdict {
        if served == self.deployed {
            Verdict::Known
        } else if !self.going_back && self.all_met().contains(&(endpoint.to_owned(), self.deployed)) {
            Verdict::Over
        } else if self.before.contains(&served) {
            Verdict::Known
        } else {
            Verdict::Stranger
        }
    }

    /// The endpoint showed this certificate and proved that it holds its key.
    pub(super) fn met(&self, endpoint: &str, served: Fingerprint) {
        self.all_met().insert((endpoint.to_owned(), served));
    }

    /// What a handshake would have told.
    #[cfg(test)]
    pub(crate) fn shown(&self, served: Fingerprint) {
        self.met("the target", served);
    }

    fn all_met(&self) -> std::sync::MutexGuard<'_, BTreeSet<(String, Fingerprint)>> {
        self.met.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_does_not_go_back_by_itself() {
        let (new, old, other) = ([1; 32], [2; 32], [3; 32]);
        let rotation = Rotation::forward(new, vec![old]);
        for (served, wanted) in [(new, Verdict::Known), (old, Verdict::Known), (other, Verdict::Stranger)] {
            assert_eq!(rotation.judge("a", served), wanted);
        }
        rotation.met("a", old);
        assert!(!rotation.happened() && rotation.saw(old));
        rotation.met("a", new);
        assert!(rotation.happened());
        assert_eq!(rotation.judge("a", new), Verdict::Known);
        assert_eq!(rotation.judge("a", old), Verdict::Over);
        assert_eq!(rotation.judge("a", other), Verdict::Over);
        assert_eq!(rotation.judge("b", old), Verdict::Known, "another interface has its own time");
    }

    #[test]
    fn on_the_way_back_both_count() {
        let (new, old) = ([1; 32], [2; 32]);
        let rotation = Rotation::back(new, vec![old]);
        rotation.met("a", new);
        assert_eq!(rotation.judge("a", old), Verdict::Known);
        assert_eq!(rotation.judge("a", new), Verdict::Known);
        assert_eq!(rotation.judge("a", [3; 32]), Verdict::Stranger);
    }
}
