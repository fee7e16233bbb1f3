//! What the connector noted for its way back, and how it is asked to go it.
//!
//! The journal keeps notes and knows no connector: whoever ends a journal brings along what asks one.

use std::io;
use std::path::Path;
use std::sync::PoisonError;

use serde::{Deserialize, Serialize};

use super::lines::Lines;
use super::record::Record;
use super::{Journal, UndoError, undo};
use crate::capability::net::NetError;
use crate::fault;

/// Whose connector it is, and what it was told of the deployment, without the private key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// The target's tenant.
    pub tenant: String,
    /// The target.
    pub target: String,
    /// The plugin that it had then; empty in a journal of before this was kept.
    #[serde(default)]
    pub plugin: String,
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
        // Known only once it is durable: who tries again after a failure must not be told that it is.
        let mut notes = open.notes.clone();
        if !notes.add(note)? {
            return Ok(());
        }
        let first = !open.records.iter().any(|record| matches!(record, Record::Told(_)));
        let told = first.then(|| Record::Told(told.clone()));
        let records = told.into_iter().chain([Record::Note { note: note.to_owned() }]).collect();
        let fault = |error: io::Error| NetError::Unreachable(format!("the undo journal: {error}"));
        self.record(&mut open, records).map_err(fault)?;
        open.notes = notes;
        Ok(())
    }
}

/// How an undo ended.
pub(super) struct Undone {
    /// What will not be as before.
    pub(super) short: Vec<String>,
    /// Whether it is over; otherwise the connector is still to be asked.
    pub(super) over: bool,
}

/// The whole undo: files, commands, and the connector's way back where somebody can ask for it. Before that the journal says
/// that only that is left, so that another try does not tell the server again.
pub(super) fn undo(path: &Path, records: &[Record], ask: Option<Ask<'_>>) -> Result<Undone, UndoError> {
    let way_back = way_back(records);
    let mut short = Vec::new();
    if !records.contains(&Record::Restored) {
        short.extend(undo::restore(records)?);
        if way_back.is_some() && records.iter().any(Record::is_local) {
            fault::point("undo.restored.before");
            let restored = [records, &[Record::Restored]].concat();
            // Anew: behind the lines that count there may be one that was torn.
            Lines::begin(path, &restored)
                .map_err(|error| UndoError::Journal { path: path.to_owned(), error })?;
            fault::point("undo.restored.after");
        }
    }
    let Some((told, notes)) = way_back else { return Ok(Undone { short, over: true }) };
    let Some(ask) = ask else { return Ok(Undone { short, over: false }) };
    fault::point("undo.network.before");
    let answer = ask(told, &notes);
    fault::point("undo.network.after");
    let target = &told.target;
    match answer {
        Ok(()) => {}
        Err(Stuck::ForGood(why)) => short.push(format!(
            "what target `{target}` was told stays told, and is to be put right by hand ({why})"
        )),
        Err(Stuck::ForNow(why)) => {
            short.push(format!("what target `{target}` was told is not taken back yet ({why})"));
            return Err(UndoError::Pending { path: path.to_owned(), text: short.join(", and ") });
        }
    }
    Ok(Undone { short, over: true })
}

/// What there is to go back by: whom to ask, and the notes, newest first.
fn way_back(records: &[Record]) -> Option<(&Told, Vec<String>)> {
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
