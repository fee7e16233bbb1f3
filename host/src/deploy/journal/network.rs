//! What the connector noted for its way back, and how it is asked to go it.
//!
//! The journal keeps notes and knows no connector: whoever ends a journal brings along what asks one.

use std::io;
use std::sync::PoisonError;

use serde::{Deserialize, Serialize};

use super::Journal;
use super::record::Record;
use crate::capability::net::NetError;

/// Whose connector it is, and what it was told of the deployment, without the private key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// The target's tenant.
    pub tenant: String,
    /// The target.
    pub target: String,
    /// Its configuration as it was then, a JSON object.
    pub config: String,
    /// SHA-256 of the leaf's DER, lower-case hex.
    pub fingerprint: String,
    /// The leaf.
    pub leaf: String,
    /// The intermediates.
    pub chain: String,
    /// From 1.
    pub attempt: u32,
}

/// The connector did not go back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stuck {
    /// Another try may end differently.
    ForNow(String),
    /// It would end the same.
    ForGood(String),
}

/// Asks the connector to go back by these notes, newest first.
pub type Ask<'a> = &'a dyn Fn(&Told, &[String]) -> Result<(), Stuck>;

impl Journal {
    /// Notes, durably, what a rollback of the connector will need.
    ///
    /// # Errors
    ///
    /// [`NetError::Invalid`] for too much of it; [`NetError::Unreachable`] where the journal cannot be written. Nothing
    /// must be changed then.
    pub fn note(&self, told: &Told, note: &str) -> Result<(), NetError> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if !open.notes.add(note)? {
            return Ok(());
        }
        let first = !open.records.iter().any(|record| matches!(record, Record::Told(_)));
        let told = first.then(|| Record::Told(told.clone()));
        let records = told.into_iter().chain([Record::Note { note: note.to_owned() }]).collect();
        let fault = |error: io::Error| NetError::Unreachable(format!("the undo journal: {error}"));
        self.record(&mut open, records).map_err(fault)
    }
}

/// What there is to go back by: whom to ask, and the notes, newest first.
pub(super) fn way_back(records: &[Record]) -> Option<(&Told, Vec<String>)> {
    let told = records.iter().find_map(|record| match record {
        Record::Told(told) => Some(told),
        _ => None,
    })?;
    let notes = records.iter().rev().filter_map(|record| match record {
        Record::Note { note } => Some(note.clone()),
        _ => None,
    });
    Some((told, notes.collect()))
}
