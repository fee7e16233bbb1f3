//! Adding messages. The triggers do the work: Rust has no more rights than any other program.

use rusqlite::{Connection, OptionalExtension, params};

use crate::outbox::{NewMessage, Result, StoreError};

/// A message as it goes into the row, made ready on the caller's thread.
pub(super) struct Prepared {
    event_id: String,
    tenant: String,
    target: String,
    generation: Option<i64>,
    fingerprint: String,
    not_after: i64,
    payload: String,
}

impl Prepared {
    pub(super) fn new(message: &NewMessage) -> Result<Self> {
        let unwritable =
            |reason: String| StoreError::Refused(format!("the payload cannot be written: {reason}"));
        Ok(Self {
            event_id: message.event_id.clone(),
            tenant: message.tenant.clone(),
            target: message.target.clone(),
            generation: message.generation,
            fingerprint: message.fingerprint.clone(),
            not_after: i64::try_from(message.payload.not_after)
                .map_err(|error| unwritable(error.to_string()))?,
            payload: serde_json::to_string(&message.payload)
                .map_err(|error| unwritable(error.to_string()))?,
        })
    }
}

/// The generation is looked up here and not left to the trigger, which would write the row twice.
const INSERT: &str = "
    INSERT INTO outbox_message (event_id, tenant, target, kind, generation, fingerprint, not_after, payload)
    VALUES (?1, ?2, ?3, 'connector.deploy',
            COALESCE(?4, (SELECT generation + 1 FROM outbox_lane WHERE tenant = ?2 AND target = ?3), 1),
            ?5, ?6, ?7)
    ON CONFLICT (event_id) DO NOTHING
    RETURNING id";

/// Inserts the message, or finds the one that its event made before.
pub(super) fn enqueue(tx: &Connection, message: &Prepared) -> Result<i64> {
    let values = params![
        message.event_id,
        message.tenant,
        message.target,
        message.generation,
        message.fingerprint,
        message.not_after,
        message.payload,
    ];
    let inserted: Option<i64> = tx.prepare_cached(INSERT)?.query_row(values, |row| row.get(0)).optional()?;
    if let Some(id) = inserted {
        return Ok(id);
    }
    let mut first = tx.prepare_cached("SELECT id FROM outbox_message WHERE event_id = ?1")?;
    Ok(first.query_row([&message.event_id], |row| row.get(0))?)
}
