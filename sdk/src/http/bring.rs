//! Read, compare, write, read back.

use alloc::format;
use alloc::string::ToString;

use crate::http::api::Api;
use crate::{Connection, Failure};

/// Looks after a change that was accepted: some stores show the old for a moment.
const LOOKS: u32 = 4;
const PAUSE_MS: u32 = 1000;

impl<C: Connection> Api<C> {
    /// Looks; changes only where the new state is not there; looks again.
    ///
    /// `look` finds the new state, or `None`. After a change that is [`Failure::Uncertain`] it decides: the new state is success, the
    /// old one `unavailable` (the next attempt of the deployment begins by looking), and where the look fails too, it stays uncertain.
    /// What was accepted and is not there when read back is `rejected`.
    ///
    /// # Errors
    ///
    /// Those of `look` and `change`, and as above.
    pub fn bring<T>(
        &mut self,
        mut look: impl FnMut(&mut Self) -> Result<Option<T>, Failure>,
        change: impl FnOnce(&mut Self) -> Result<(), Failure>,
    ) -> Result<T, Failure> {
        if let Some(found) = look(self)? {
            return Ok(found);
        }
        match change(self) {
            Ok(()) => self.read_back(look),
            Err(failure) => self.settle(failure, look),
        }
    }

    /// What became of a change that failed, where it is uncertain: `look` decides, as in [`Api::bring`].
    ///
    /// # Errors
    ///
    /// The failure itself where it is certain; `unavailable` where the old state is there.
    pub fn settle<T>(
        &mut self,
        failure: Failure,
        look: impl FnOnce(&mut Self) -> Result<Option<T>, Failure>,
    ) -> Result<T, Failure> {
        let Failure::Uncertain(text) = failure else { return Err(failure) };
        match look(self) {
            Ok(Some(found)) => Ok(found),
            Ok(None) => Err(Failure::Unavailable((format!("{text}; the old state is there"), None))),
            Err(_) => Err(Failure::Uncertain(text)),
        }
    }

    /// Looks, with a little patience, for what was accepted. A target that answers nobody for a moment, as one that restarts does,
    /// is looked at again like one that shows the old.
    ///
    /// # Errors
    ///
    /// Those of `look`, a target that stays unavailable as `uncertain`; what is not there is `rejected`.
    pub fn read_back<T>(
        &mut self,
        mut look: impl FnMut(&mut Self) -> Result<Option<T>, Failure>,
    ) -> Result<T, Failure> {
        for round in 1..=LOOKS {
            if round > 1 {
                self.connection.wait(PAUSE_MS)?;
            }
            match look(self) {
                Ok(Some(found)) => return Ok(found),
                Ok(None) => {}
                Err(Failure::Unavailable(_)) if round < LOOKS && !self.expired => {}
                Err(Failure::Unavailable((text, _))) => return Err(Failure::Uncertain(text)),
                Err(failure) => return Err(failure),
            }
        }
        Err(Failure::Rejected(
            "the target accepted the certificate, and does not show it when it is read back".to_string(),
        ))
    }
}
