//! What comes of a claim. Every write here first asks whether the claim still holds its lane.

use rusqlite::{Connection, OptionalExtension, params};

use super::claim::milliseconds;
use super::read::now_ms;
use crate::outbox::{Claim, Policy, Receipt, Result, Settled};
use crate::outcome::{Failure, Outcome};

/// A note is for people; a guest that writes a novel does not fill the disk.
const LONGEST_NOTE: usize = 4096;
/// Reaped in one write; the rest comes with the next.
const MOST_REAPED: i64 = 256;

/// What identifies a claim.
pub(super) struct Lease {
    pub(super) tenant: String,
    pub(super) target: String,
    pub(super) id: i64,
    pub(super) fence: i64,
}

impl Lease {
    pub(super) fn of(claim: &Claim) -> Self {
        let message = &claim.message;
        Self {
            tenant: message.tenant.clone(),
            target: message.target.clone(),
            id: message.id,
            fence: claim.fence,
        }
    }
}

/// A claim and how it ended, for the writer's thread.
pub(super) struct Report {
    lease: Lease,
    ending: Result<Receipt, Failure>,
}

impl Report {
    pub(super) fn new(claim: &Claim, ending: Result<&Receipt, &Failure>) -> Self {
        Self { lease: Lease::of(claim), ending: ending.cloned().map_err(Clone::clone) }
    }
}

/// The lane of a claim that still holds.
struct Held {
    newer: Option<i64>,
    attempts: u32,
    claims: u32,
}

const HELD: &str = "
    SELECT pending_id, attempts, claims FROM outbox_lane
    WHERE tenant = ?1 AND target = ?2 AND running_id = ?3 AND fence = ?4";

fn held(tx: &Connection, lease: &Lease) -> Result<Option<Held>> {
    let values = params![lease.tenant, lease.target, lease.id, lease.fence];
    let read =
        |row: &rusqlite::Row<'_>| Ok(Held { newer: row.get(0)?, attempts: row.get(1)?, claims: row.get(2)? });
    Ok(tx.prepare_cached(HELD)?.query_row(values, read).optional()?)
}

/// Settles or fails the claim.
pub(super) fn report(tx: &Connection, report: &Report, policy: &Policy) -> Result<Settled> {
    let lease = &report.lease;
    let Some(held) = held(tx, lease)? else { return Ok(Settled::Stale) };
    let now = now_ms(tx)?;
    match &report.ending {
        Ok(receipt) => {
            let attempts = held.attempts + 1;
            log(tx, lease, attempts, receipt.outcome, &receipt.note, now)?;
            finish(tx, lease, &Finish::success(receipt, attempts, held.claims), now)?;
            Ok(Settled::Done)
        }
        Err(failure) => fail(tx, lease, &held, failure, policy, now),
    }
}

fn fail(
    tx: &Connection,
    lease: &Lease,
    held: &Held,
    failure: &Failure,
    policy: &Policy,
    now: i64,
) -> Result<Settled> {
    let attempts = held.attempts + 1;
    log(tx, lease, attempts, failure.outcome, &failure.message, now)?;
    if let Some(newer) = held.newer {
        return supersede(tx, lease, held, newer, attempts, now);
    }
    let again =
        failure.outcome.is_retryable() && attempts < policy.max_attempts && held.claims < policy.max_claims;
    if again {
        let at = now + milliseconds(policy.backoff.pause(attempts, failure.retry_after));
        wait(tx, lease, &Wait { at, attempts, claims: held.claims, note: &failure.message })?;
        return Ok(Settled::Retry { at });
    }
    let end = Finish::failure(failure.outcome, &failure.message, attempts, held.claims);
    finish(tx, lease, &end, now)?;
    Ok(Settled::Dead)
}

/// The target gets the newer certificate next; the older one is not tried again.
fn supersede(
    tx: &Connection,
    lease: &Lease,
    held: &Held,
    newer: i64,
    attempts: u32,
    now: i64,
) -> Result<Settled> {
    let note = format!("message {newer} brings a newer generation");
    finish(tx, lease, &Finish::failure(Outcome::Superseded, &note, attempts, held.claims), now)?;
    Ok(Settled::Done)
}

/// Ends a claim whose message cannot even be handed out.
pub(super) fn give_up(tx: &Connection, lease: &Lease, failure: &Failure, now: i64) -> Result<()> {
    let Some(held) = held(tx, lease)? else { return Ok(()) };
    log(tx, lease, held.attempts + 1, failure.outcome, &failure.message, now)?;
    let end = Finish::failure(failure.outcome, &failure.message, held.attempts + 1, held.claims);
    finish(tx, lease, &end, now)
}

/// Gives the claim back as if it had not been.
pub(super) fn release(tx: &Connection, lease: &Lease) -> Result<()> {
    let Some(held) = held(tx, lease)? else { return Ok(()) };
    let now = now_ms(tx)?;
    if let Some(newer) = held.newer {
        return supersede(tx, lease, &held, newer, held.attempts, now).map(|_| ());
    }
    let claims = held.claims.saturating_sub(1);
    wait(tx, lease, &Wait { at: now, attempts: held.attempts, claims, note: "given back by its worker" })
}

/// Takes back what no worker reported on in time.
pub(super) fn reap(tx: &Connection, policy: &Policy) -> Result<usize> {
    const SQL: &str = "
        SELECT tenant, target, running_id, fence FROM outbox_lane
        WHERE running_id IS NOT NULL AND lease_until_ms < ?1 ORDER BY lease_until_ms LIMIT ?2";
    let now = now_ms(tx)?;
    let expired = tx
        .prepare_cached(SQL)?
        .query_map(params![now, MOST_REAPED], |row| {
            Ok(Lease { tenant: row.get(0)?, target: row.get(1)?, id: row.get(2)?, fence: row.get(3)? })
        })?
        .collect::<rusqlite::Result<Vec<Lease>>>()?;
    for lease in &expired {
        reap_one(tx, lease, policy, now)?;
    }
    Ok(expired.len())
}

fn reap_one(tx: &Connection, lease: &Lease, policy: &Policy, now: i64) -> Result<()> {
    const NOTE: &str = "the worker did not report before its lease ended; it crashed or was cut off";
    let Some(held) = held(tx, lease)? else { return Ok(()) };
    log(tx, lease, held.attempts + 1, Outcome::Internal, NOTE, now)?;
    if let Some(newer) = held.newer {
        return supersede(tx, lease, &held, newer, held.attempts, now).map(|_| ());
    }
    if held.claims >= policy.max_claims {
        let note = format!("claimed {} times, and no worker lived to report; {NOTE}", held.claims);
        return finish(
            tx,
            lease,
            &Finish::failure(Outcome::Internal, &note, held.attempts, held.claims),
            now,
        );
    }
    // The first crash is likely to be a restart; from the second on the message itself is suspect.
    let pause = match held.claims {
        0 | 1 => 0,
        claims => milliseconds(policy.backoff.pause(claims - 1, None)),
    };
    wait(tx, lease, &Wait { at: now + pause, attempts: held.attempts, claims: held.claims, note: NOTE })
}

struct Wait<'a> {
    at: i64,
    attempts: u32,
    claims: u32,
    note: &'a str,
}

fn wait(tx: &Connection, lease: &Lease, wait: &Wait<'_>) -> Result<()> {
    const SQL: &str = "
        UPDATE outbox_lane
        SET pending_id = running_id, running_id = NULL, owner = NULL, lease_until_ms = NULL, deadline_ms = NULL,
            run_at_ms = ?5, attempts = ?6, claims = ?7, note = ?8
        WHERE tenant = ?1 AND target = ?2 AND running_id = ?3 AND fence = ?4";
    let Lease { tenant, target, id, fence } = lease;
    tx.prepare_cached(SQL)?.execute(params![
        tenant,
        target,
        id,
        fence,
        wait.at,
        wait.attempts,
        wait.claims,
        clip(wait.note)
    ])?;
    Ok(())
}

struct Finish<'a> {
    state: &'static str,
    outcome: Outcome,
    changed: Option<bool>,
    reference: &'a str,
    note: &'a str,
    attempts: u32,
    claims: u32,
}

impl<'a> Finish<'a> {
    fn success(receipt: &'a Receipt, attempts: u32, claims: u32) -> Self {
        Self {
            state: "done",
            outcome: receipt.outcome,
            changed: Some(receipt.changed),
            reference: &receipt.reference,
            note: &receipt.note,
            attempts,
            claims,
        }
    }

    fn failure(outcome: Outcome, note: &'a str, attempts: u32, claims: u32) -> Self {
        let state = match outcome {
            Outcome::Superseded => "superseded",
            Outcome::Cancelled => "cancelled",
            _ => "dead",
        };
        Self { state, outcome, changed: None, reference: "", note, attempts, claims }
    }
}

/// Frees the lane and closes the message. The key stays only with the dead, so that they can be retried.
fn finish(tx: &Connection, lease: &Lease, end: &Finish<'_>, now: i64) -> Result<()> {
    const LANE: &str = "
        UPDATE outbox_lane
        SET running_id = NULL, owner = NULL, lease_until_ms = NULL, deadline_ms = NULL,
            run_at_ms = ?5, attempts = 0, claims = 0, note = '', dead_id = ?6
        WHERE tenant = ?1 AND target = ?2 AND running_id = ?3 AND fence = ?4";
    const MESSAGE: &str = "
        UPDATE outbox_message
        SET state = ?2, outcome = ?3, changed = ?4, reference = ?5, note = ?6, attempts = ?7, claims = ?8,
            finished_ms = ?9, payload = json_set(payload, '$.key', '')
        WHERE id = ?1";
    const DEAD: &str = "
        UPDATE outbox_message
        SET state = ?2, outcome = ?3, changed = ?4, reference = ?5, note = ?6, attempts = ?7, claims = ?8,
            finished_ms = ?9
        WHERE id = ?1";
    let Lease { tenant, target, id, fence } = lease;
    let dead = (end.state == "dead").then_some(*id);
    tx.prepare_cached(LANE)?.execute(params![tenant, target, id, fence, now, dead])?;
    tx.prepare_cached(if dead.is_some() { DEAD } else { MESSAGE })?.execute(params![
        id,
        end.state,
        end.outcome.label(),
        end.changed,
        clip(end.reference),
        clip(end.note),
        end.attempts,
        end.claims,
        now
    ])?;
    Ok(())
}

fn log(tx: &Connection, lease: &Lease, attempt: u32, outcome: Outcome, note: &str, now: i64) -> Result<()> {
    const SQL: &str = "
        INSERT INTO outbox_attempt (target, tenant, message, fence, attempt, ended_ms, outcome, note)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let Lease { tenant, target, id, fence } = lease;
    tx.prepare_cached(SQL)?.execute(params![
        target,
        tenant,
        id,
        fence,
        attempt,
        now,
        outcome.label(),
        clip(note)
    ])?;
    Ok(())
}

fn clip(note: &str) -> &str {
    note.get(..note.floor_char_boundary(LONGEST_NOTE)).unwrap_or(note)
}
