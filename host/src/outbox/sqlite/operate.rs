//! What an operator may do to a message by hand.

use rusqlite::{Connection, OptionalExtension, params};

use super::read::now_ms;
use crate::outbox::{Result, StoreError};

struct Found {
    tenant: String,
    target: String,
    state: String,
    /// It is the lane's dead message that has its key, and nothing newer came.
    revivable: bool,
}

fn find(tx: &Connection, id: i64) -> Result<Found> {
    const SQL: &str = "
        SELECT s.tenant, s.target, s.state, IFNULL(l.dead_id = s.id, 0)
        FROM outbox_status AS s JOIN outbox_lane AS l ON l.tenant = s.tenant AND l.target = s.target
        WHERE s.id = ?1";
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Found { tenant: row.get(0)?, target: row.get(1)?, state: row.get(2)?, revivable: row.get(3)? })
    };
    tx.prepare_cached(SQL)?.query_row([id], read).optional()?.ok_or(StoreError::Missing(id))
}

/// Makes a waiting message due now, or brings a dead one back.
pub(super) fn retry(tx: &Connection, id: i64) -> Result<()> {
    const LANE: &str = "
        UPDATE outbox_lane
        SET pending_id = ?3, dead_id = NULL, run_at_ms = ?4, attempts = 0, claims = 0, note = ''
        WHERE tenant = ?1 AND target = ?2 AND running_id IS NULL AND IFNULL(pending_id, ?3) = ?3";
    const MESSAGE: &str = "
        UPDATE outbox_message
        SET state = 'pending', outcome = NULL, finished_ms = NULL, changed = NULL, note = '', attempts = 0, claims = 0
        WHERE id = ?1";
    let found = find(tx, id)?;
    match found.state.as_str() {
        "dead" if found.revivable => {
            tx.execute(MESSAGE, [id])?;
        }
        "pending" => {}
        "dead" => {
            return refuse(id, "a newer certificate for its target was enqueued since; retry that one");
        }
        "running" => return refuse(id, "it runs already"),
        state => {
            return refuse(
                id,
                &format!("it is {state} and its key was wiped; enqueue the certificate again"),
            );
        }
    }
    let ready = tx.execute(LANE, params![found.tenant, found.target, id, now_ms(tx)?])?;
    if ready == 1 {
        Ok(())
    } else {
        refuse(id, "another certificate for its target runs; this one follows by itself")
    }
}

/// Finishes a waiting or dead message.
pub(super) fn cancel(tx: &Connection, id: i64) -> Result<()> {
    const LANE: &str = "
        UPDATE outbox_lane
        SET pending_id = NULLIF(pending_id, ?3), dead_id = NULLIF(dead_id, ?3),
            attempts = CASE WHEN running_id IS NULL THEN 0 ELSE attempts END,
            claims = CASE WHEN running_id IS NULL THEN 0 ELSE claims END,
            note = CASE WHEN running_id IS NULL THEN '' ELSE note END
        WHERE tenant = ?1 AND target = ?2 AND (pending_id = ?3 OR dead_id = ?3)";
    const MESSAGE: &str = "
        UPDATE outbox_message
        SET state = 'cancelled', outcome = 'cancelled', finished_ms = ?2, note = 'cancelled by an operator',
            payload = json_set(payload, '$.key', '')
        WHERE id = ?1";
    let found = find(tx, id)?;
    match found.state.as_str() {
        "pending" | "dead" => {}
        "running" => return refuse(id, "it runs; wait for its end, or enqueue a newer certificate"),
        state => return refuse(id, &format!("it is {state} already")),
    }
    tx.execute(MESSAGE, params![id, now_ms(tx)?])?;
    // A dead message of long ago must not disturb the lane of today.
    tx.execute(LANE, params![found.tenant, found.target, id])?;
    Ok(())
}

fn refuse(id: i64, why: &str) -> Result<()> {
    Err(StoreError::Refused(format!("message {id}: {why}")))
}
