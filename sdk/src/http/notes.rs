//! What a rollback will need, written down before the change.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::http::api::Api;
use crate::{Connection, Failure};

impl<C: Connection> Api<C> {
    /// Notes, before a change, what [`Reversible::rollback`](crate::Reversible::rollback) needs to take it back. Durable when this returns.
    ///
    /// # Errors
    ///
    /// The host's refusal: too many notes, or a component that does not export its rollback.
    pub fn note<T: Serialize>(&mut self, note: &T) -> Result<(), Failure> {
        let note = serde_json::to_string(note)
            .map_err(|error| Failure::Rejected(format!("a note for the rollback: {error}")))?;
        Ok(self.connection.on_rollback(&note)?)
    }
}

/// The notes as [`Api::note`] took them, newest first.
///
/// # Errors
///
/// A note that this connector, perhaps in an older version, did not write: `rejected`.
pub fn parse_notes<T: DeserializeOwned>(notes: &[String]) -> Result<Vec<T>, Failure> {
    let parse = |note: &String| {
        serde_json::from_str(note).map_err(|error| {
            Failure::Rejected(format!("a note of another version of the connector: {error}"))
        })
    };
    notes.iter().map(parse).collect()
}
