//! Handing messages out and keeping the leases alive.

use std::sync::Mutex;
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, params};

use super::read::now_ms;
use super::settle::{self, Lease};
use crate::outbox::{Claim, Message, Result, StoreError};
use crate::outcome::{Failure, Outcome};

/// No heartbeat extends a lease beyond so many times its length.
const DEADLINE_IN_LEASES: i64 = 20;

/// What a worker asks for.
pub(super) struct Asked {
    pub(super) owner: String,
    pub(super) n: usize,
    pub(super) lease: Duration,
}

/// The first waiting lane of the next tenant: one step in an index, however many wait.
const NEXT: &str = "
    SELECT tenant, target, run_at_ms FROM outbox_lane
    WHERE running_id IS NULL AND pending_id IS NOT NULL AND tenant > ?1
    ORDER BY tenant, run_at_ms LIMIT 1";

const TAKE: &str = "
    UPDATE outbox_lane
    SET running_id = pending_id, pending_id = NULL, fence = fence + 1, claims = claims + 1,
        owner = ?3, lease_until_ms = ?4, deadline_ms = ?5
    WHERE tenant = ?1 AND target = ?2 AND running_id IS NULL
    RETURNING running_id, fence, attempts, claims";

/// Goes round the tenants, one lane each, until `n` are claimed or a whole round finds nothing due.
pub(super) fn claim(tx: &Connection, asked: &Asked, turn: &Mutex<String>) -> Result<Vec<Claim>> {
    let now = now_ms(tx)?;
    let mut turn = turn.lock().map_err(|_| StoreError::Stopped)?;
    let (mut claims, mut whole_round, mut found) = (Vec::new(), false, false);
    let mut next = tx.prepare_cached(NEXT)?;
    while claims.len() < asked.n {
        let lane = next
            .query_row([turn.as_str()], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, i64>(2)?))
            })
            .optional()?;
        let Some((tenant, target, run_at)) = lane else {
            if whole_round && !found {
                break;
            }
            (whole_round, found) = (true, false);
            turn.clear();
            continue;
        };
        if run_at <= now {
            found = true;
            claims.extend(take(tx, asked, &tenant, &target, now)?);
        }
        *turn = tenant;
    }
    Ok(claims)
}

fn take(tx: &Connection, asked: &Asked, tenant: &str, target: &str, now: i64) -> Result<Option<Claim>> {
    let lease = milliseconds(asked.lease);
    let lease_until = now.saturating_add(lease);
    let deadline = now.saturating_add(lease.saturating_mul(DEADLINE_IN_LEASES));
    let values = params![tenant, target, asked.owner, lease_until, deadline];
    let (id, fence, attempts, claims) = tx.prepare_cached(TAKE)?.query_row(values, |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, u32>(2)?, row.get::<_, u32>(3)?))
    })?;
    let lease = Lease { tenant: tenant.to_owned(), target: target.to_owned(), id, fence };
    match message(tx, &lease) {
        Ok(message) => Ok(Some(Claim { message, fence, attempt: attempts + 1, claims, lease_until })),
        // The triggers let nothing else in; somebody changed the row, or the triggers.
        Err(reason) => {
            let failure = Failure::new(Outcome::Rejected, format!("the message cannot be read: {reason}"));
            settle::give_up(tx, &lease, &failure, now)?;
            Ok(None)
        }
    }
}

fn message(tx: &Connection, lease: &Lease) -> Result<Message> {
    const SQL: &str = "SELECT event_id, generation, fingerprint, payload FROM outbox_message WHERE id = ?1";
    let mut select = tx.prepare_cached(SQL)?;
    let mut rows = select.query([lease.id])?;
    let row = rows.next()?.ok_or(StoreError::Missing(lease.id))?;
    let payload = row.get_ref(3)?.as_str().map_err(|error| StoreError::Database(error.to_string()))?;
    Ok(Message {
        id: lease.id,
        event_id: row.get(0)?,
        tenant: lease.tenant.clone(),
        target: lease.target.clone(),
        generation: row.get(1)?,
        fingerprint: row.get(2)?,
        payload: serde_json::from_str(payload).map_err(|error| StoreError::Refused(error.to_string()))?,
    })
}

/// A lease that ran out can still be renewed as long as nobody reaped it: until then nobody else has the lane.
const RENEW: &str = "
    UPDATE outbox_lane SET lease_until_ms = MIN(?3 + ?4, deadline_ms)
    WHERE (tenant, target) = (SELECT tenant, target FROM outbox_message WHERE id = ?1)
      AND running_id = ?1 AND fence = ?2 AND deadline_ms > ?3";

/// Renews what is still held; returns what is not.
pub(super) fn heartbeat(tx: &Connection, held: &[(i64, i64)], lease: Duration) -> Result<Vec<i64>> {
    let now = now_ms(tx)?;
    let mut renew = tx.prepare_cached(RENEW)?;
    let mut stale = Vec::new();
    for (id, fence) in held {
        if renew.execute(params![id, fence, now, milliseconds(lease)])? == 0 {
            stale.push(*id);
        }
    }
    Ok(stale)
}

pub(super) fn milliseconds(duration: Duration) -> i64 {
    // A thousand years is long enough, and can be multiplied.
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX).min(31_556_952_000_000)
}
