//! Reading, on a connection of its own: readers never wait for the writer.

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::Error as LabelError;

use crate::outbox::{Attempt, Filter, Row};
use crate::outcome::Outcome;

/// The database's clock. Not `unixepoch('subsec')`: the triggers must agree with this, and the SQLite of
/// other programs (3.40 in Debian 12) does not know that.
const NOW: &str = "SELECT CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)";

pub(super) fn now_ms(connection: &Connection) -> rusqlite::Result<i64> {
    connection.prepare_cached(NOW)?.query_row([], |row| row.get(0))
}

pub(super) fn anything_due(connection: &Connection) -> rusqlite::Result<bool> {
    const SQL: &str = "
        SELECT EXISTS (SELECT 1 FROM outbox_lane
                       WHERE running_id IS NULL AND pending_id IS NOT NULL AND run_at_ms <= ?1)";
    let now = now_ms(connection)?;
    connection.prepare_cached(SQL)?.query_row([now], |row| row.get(0))
}

pub(super) fn anything_expired(connection: &Connection) -> rusqlite::Result<bool> {
    const SQL: &str =
        "SELECT EXISTS (SELECT 1 FROM outbox_lane WHERE running_id IS NOT NULL AND lease_until_ms < ?1)";
    let now = now_ms(connection)?;
    connection.prepare_cached(SQL)?.query_row([now], |row| row.get(0))
}

const COLUMNS: &str = "
    SELECT id, event_id, tenant, target, generation, fingerprint, not_after, state, outcome, changed,
           reference, note, attempts, claims, created_ms, due_ms, finished_ms
    FROM outbox_status";

pub(super) fn list(connection: &Connection, filter: &Filter) -> rusqlite::Result<Vec<Row>> {
    let sql = format!(
        "{COLUMNS} WHERE (?1 IS NULL OR target = ?1) AND (?2 IS NULL OR state = ?2) ORDER BY id DESC LIMIT ?3"
    );
    let mut select = connection.prepare_cached(&sql)?;
    select.query_map(params![filter.target, filter.state, filter.limit], row)?.collect()
}

pub(super) fn show(connection: &Connection, id: i64) -> rusqlite::Result<Option<Row>> {
    let sql = format!("{COLUMNS} WHERE id = ?1");
    connection.prepare_cached(&sql)?.query_row([id], row).optional()
}

pub(super) fn history(connection: &Connection, target: &str) -> rusqlite::Result<Vec<Attempt>> {
    const SQL: &str = "
        SELECT message, attempt, ended_ms, outcome, note FROM outbox_attempt
        WHERE target = ?1 ORDER BY ended_ms, message, fence";
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Attempt {
            message: row.get(0)?,
            attempt: row.get(1)?,
            ended_ms: row.get(2)?,
            outcome: outcome(3, &row.get::<_, String>(3)?)?,
            note: row.get(4)?,
        })
    };
    connection.prepare_cached(SQL)?.query_map([target], read)?.collect()
}

fn row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    Ok(Row {
        id: row.get(0)?,
        event_id: row.get(1)?,
        tenant: row.get(2)?,
        target: row.get(3)?,
        generation: row.get(4)?,
        fingerprint: row.get(5)?,
        not_after: row.get(6)?,
        state: row.get(7)?,
        outcome: row.get::<_, Option<String>>(8)?.map(|label| outcome(8, &label)).transpose()?,
        changed: row.get(9)?,
        reference: row.get(10)?,
        note: row.get(11)?,
        attempts: row.get(12)?,
        claims: row.get(13)?,
        created_ms: row.get(14)?,
        due_ms: row.get(15)?,
        finished_ms: row.get(16)?,
    })
}

fn outcome(column: usize, label: &str) -> rusqlite::Result<Outcome> {
    let parsed: Result<Outcome, LabelError> = Outcome::deserialize(label.into_deserializer());
    parsed.map_err(|error| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error)))
}
