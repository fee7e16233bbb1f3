//! The outbox: certificates that wait to be carried to their targets, in the order in which nobody is hurt.
//!
//! What is scheduled is the *lane*, one per tenant and target. A lane runs at most one message, keeps at most
//! one waiting (the newest generation; older ones are superseded) and counts a *fence* up with every claim.
//! Whoever reports with an older fence is told that the claim is stale, and nothing is written.
//!
//! [`Store`] is what the worker and the command line need of a database. Nothing in it belongs to SQLite;
//! [`SqliteStore`] is its first form.

mod backoff;
mod sqlite;

pub use backoff::Backoff;
pub use sqlite::SqliteStore;

use std::os::fd::OwnedFd;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::outcome::{Failure, Outcome};

/// What a message carries. The private key is sealed with age to the host's recipient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payload {
    /// The format of this document: 1.
    pub version: u32,
    /// The leaf certificate, PEM.
    pub certificate: String,
    /// The chain, PEM, leaf's issuer first; may be empty.
    pub chain: String,
    /// The private key as ASCII-armoured age text; empty once the message is finished.
    pub key: String,
    /// When the certificate ends, in Unix seconds.
    pub not_after: u64,
}

/// A certificate to enqueue.
#[derive(Clone, Debug)]
pub struct NewMessage {
    /// The sender's own name of the event: enqueued twice, it is one message.
    pub event_id: String,
    /// Whose target it is.
    pub tenant: String,
    /// The target's name.
    pub target: String,
    /// Orders the target's certificates; without it, the next of the lane.
    pub generation: Option<i64>,
    /// SHA-256 of the leaf's DER, 64 lower-case hex digits.
    pub fingerprint: String,
    /// The certificate itself.
    pub payload: Payload,
}

/// A message as a claim hands it out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The outbox's number of it.
    pub id: i64,
    /// The sender's name of the event.
    pub event_id: String,
    /// Whose target it is.
    pub tenant: String,
    /// The target's name.
    pub target: String,
    /// Its place among the target's certificates.
    pub generation: i64,
    /// SHA-256 of the leaf's DER.
    pub fingerprint: String,
    /// The certificate itself.
    pub payload: Payload,
}

/// The right to work on a message until the lease ends.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The message.
    pub message: Message,
    /// The lane's counter at this claim; a higher one makes this claim stale.
    pub fence: i64,
    /// Which attempt this is, from 1: recorded failures and this one.
    pub attempt: u32,
    /// How often the message was handed out, from 1; crashes count here and not as attempts.
    pub claims: u32,
    /// When the lease ends, in Unix milliseconds of the database's clock.
    pub lease_until: i64,
}

/// What a successful deployment reports.
#[derive(Clone, Debug, Serialize)]
pub struct Receipt {
    /// Changed or unchanged.
    pub outcome: Outcome,
    /// Whether anything was written at the target.
    pub changed: bool,
    /// The target's own name of what was installed.
    pub reference: String,
    /// For people.
    pub note: String,
    /// What the target holds now.
    pub fingerprint: String,
}

/// What became of a message once a claim on it was reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// The message is finished; after a failure: a newer certificate waits and took its place.
    Done,
    /// It is tried again.
    Retry {
        /// Not before this, in Unix milliseconds of the database's clock.
        at: i64,
    },
    /// It is not tried again unless an operator says so.
    Dead,
    /// The claim was no longer the lane's; nothing was written.
    Stale,
}

/// The outbox cannot do what was asked.
#[derive(Clone, Debug, Error)]
pub enum StoreError {
    /// The file.
    #[error("the outbox {path}: {reason}")]
    Open {
        /// The database's file.
        path: String,
        /// What is wrong with it, and what to do.
        reason: String,
    },
    /// Written by a later version.
    #[error("{path} has schema {found}, this lastmile knows schemas up to {known}; use the newer lastmile")]
    Newer {
        /// The database's file.
        path: String,
        /// The file's schema.
        found: i64,
        /// The highest this program knows.
        known: i64,
    },
    /// The message breaks the contract; whoever enqueued it is at fault.
    #[error("{0}")]
    Refused(String),
    /// There is no such message.
    #[error("there is no message {0} in the outbox")]
    Missing(i64),
    /// Somebody holds the database's write lock.
    #[error("the outbox is locked by another program: {0}")]
    Busy(String),
    /// The database failed.
    #[error("the outbox's database failed: {0}")]
    Database(String),
    /// The store was closed while it was asked.
    #[error("the outbox's writer has stopped")]
    Stopped,
}

/// The result of asking a store.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// How patient a store is with a message.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// Recorded failures before a message is dead.
    pub max_attempts: u32,
    /// Claims before a message is dead: it ends the process that works on it.
    pub max_claims: u32,
    /// The pauses between attempts.
    pub backoff: Backoff,
}

impl Default for Policy {
    fn default() -> Self {
        Self { max_attempts: 8, max_claims: 12, backoff: Backoff::default() }
    }
}

/// Which messages to list.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only this target.
    pub target: Option<String>,
    /// Only this state: pending, running, done, superseded, dead or cancelled.
    pub state: Option<String>,
    /// At most so many.
    pub limit: u32,
}

/// A message as an operator sees it: without its payload.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// The outbox's number of it.
    pub id: i64,
    /// The sender's name of the event.
    pub event_id: String,
    /// Whose target it is.
    pub tenant: String,
    /// The target's name.
    pub target: String,
    /// Its place among the target's certificates.
    pub generation: i64,
    /// SHA-256 of the leaf's DER.
    pub fingerprint: String,
    /// When the certificate ends, in Unix seconds.
    pub not_after: i64,
    /// pending, running, done, superseded, dead or cancelled.
    pub state: String,
    /// Once it is finished.
    pub outcome: Option<Outcome>,
    /// Whether anything was written at the target.
    pub changed: Option<bool>,
    /// The target's own name of what was installed.
    pub reference: String,
    /// For people: the receipt's note or the latest failure.
    pub note: String,
    /// Failures so far.
    pub attempts: u32,
    /// How often it was handed out.
    pub claims: u32,
    /// When it was enqueued, in Unix milliseconds.
    pub created_ms: i64,
    /// When it is tried next, while it waits.
    pub due_ms: Option<i64>,
    /// When it was finished.
    pub finished_ms: Option<i64>,
}

/// One attempt and what came of it.
#[derive(Clone, Debug, Serialize)]
pub struct Attempt {
    /// The message's number.
    pub message: i64,
    /// Which attempt of the message.
    pub attempt: u32,
    /// When it ended, in Unix milliseconds.
    pub ended_ms: i64,
    /// What came of it.
    pub outcome: Outcome,
    /// For people.
    pub note: String,
}

/// A claim and how the work on it ended.
pub type Ending = (Claim, Result<Receipt, Failure>);

/// What the worker and the command line need of a database.
///
/// Every method that writes is durable when it returns.
pub trait Store: Send + Sync {
    /// Adds a message and returns its number; of an event that is there already, the first one's.
    fn enqueue(&self, message: &NewMessage) -> Result<i64>;
    /// Hands out up to `n` messages, no two of one lane, tenants in turn.
    fn claim(&self, owner: &str, n: usize, lease: Duration) -> Result<Vec<Claim>>;
    /// Renews leases, given as message and fence; returns the messages whose claim is stale.
    fn heartbeat(&self, held: &[(i64, i64)], lease: Duration) -> Result<Vec<i64>>;
    /// Records a success.
    fn settle(&self, claim: &Claim, receipt: &Receipt) -> Result<Settled>;
    /// Records a failure: tried again, dead, or superseded if a newer certificate waits.
    fn fail(&self, claim: &Claim, failure: &Failure) -> Result<Settled>;
    /// Gives a claim back untried; nothing is charged to the message.
    fn release(&self, claim: &Claim) -> Result<()>;
    /// Takes back the claims whose lease ended; returns how many.
    fn reap(&self) -> Result<usize>;
    /// Messages, newest first.
    fn list(&self, filter: &Filter) -> Result<Vec<Row>>;
    /// One message.
    fn show(&self, id: i64) -> Result<Option<Row>>;
    /// Makes a dead or waiting message ready now, with its attempts counted anew.
    fn retry(&self, id: i64) -> Result<()>;
    /// Takes back a message that does not run, and wipes its key.
    fn cancel(&self, id: i64) -> Result<()>;
    /// The attempts on a target, oldest first.
    fn history(&self, target: &str) -> Result<Vec<Attempt>>;

    /// A descriptor that becomes readable when something may have been enqueued, by whichever program; reading
    /// empties it. It is a hint: it may come too early or not at all, so whoever has it still looks by himself.
    fn notices(&self) -> Option<OwnedFd> {
        None
    }

    /// [`Store::enqueue`] for many; a store that can makes it all or nothing, in one write.
    fn enqueue_all(&self, messages: &[NewMessage]) -> Result<Vec<i64>> {
        messages.iter().map(|message| self.enqueue(message)).collect()
    }

    /// [`Store::settle`] and [`Store::fail`] for many; a store that can does it in one write.
    fn settle_all(&self, endings: &[Ending]) -> Result<Vec<Settled>> {
        let each = |(claim, ending): &Ending| match ending {
            Ok(receipt) => self.settle(claim, receipt),
            Err(failure) => self.fail(claim, failure),
        };
        endings.iter().map(each).collect()
    }
}
