//! The loop: claim, dispatch, settle; heartbeat; graceful stop.
//!
//! Each deployment runs on an OS thread of its own. The worker stops a guest before its lease ends: a fence
//! protects the tables, only the deadline protects the target.

mod bell;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use thiserror::Error;

use self::bell::Bell;
use crate::deploy::Deployer;
use crate::outbox::{Claim, Ending, Receipt, Settled, Store, StoreError};
use crate::outcome::{Failure, Outcome};
use crate::sandbox::Cancel;

/// A notice comes before the commit that it announces: look again after so long, then less and less often.
const AFTER_A_NOTICE: Duration = Duration::from_millis(1);
/// A heartbeat that failed is tried again after so long.
const MISSED_BEAT: Duration = Duration::from_millis(50);

/// How the worker paces itself.
#[derive(Clone, Debug)]
pub struct Pace {
    /// Deployments at the same time.
    pub concurrency: usize,
    /// How long a claim lasts without a heartbeat.
    pub lease: Duration,
    /// How long to wait at most before looking for work, when the outbox gives no notice.
    pub poll: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { concurrency: 4, lease: Duration::from_secs(30), poll: Duration::from_millis(200) }
    }
}

/// The worker cannot go on.
#[derive(Debug, Error)]
pub enum WorkerError {
    /// The outbox failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No descriptor to be woken by.
    #[error("nothing to be woken by")]
    Bell(#[from] std::io::Error),
}

type Running = Arc<Mutex<BTreeMap<i64, (i64, Cancel)>>>;

/// One worker over one store.
pub struct Worker {
    store: Arc<dyn Store>,
    deployer: Arc<Deployer>,
    pace: Pace,
    owner: String,
    running: Running,
}

impl Worker {
    /// A worker under a fresh name: a restarted process is another owner.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, deployer: Arc<Deployer>, pace: Pace) -> Self {
        let owner = uuid::Uuid::new_v4().to_string();
        Self { store, deployer, pace, owner, running: Running::default() }
    }

    /// Works until `stop` is set, then lets what runs come to its end. With `until_idle` it stops by itself
    /// once nothing is ready and nothing runs.
    ///
    /// # Errors
    ///
    /// The outbox cannot be read or written.
    pub fn run(&self, stop: &AtomicBool, until_idle: bool) -> Result<(), WorkerError> {
        let bell = Arc::new(Bell::new(self.store.notices())?);
        let (alive, ended) = channel();
        let heart = self.start_heartbeat(ended);
        let result = std::thread::scope(|scope| {
            let (lost, losses) = channel::<()>();
            // Beside the deployments: a target that does not answer holds up its own lane alone.
            scope.spawn(move || answer(&losses, || _ = self.deployer.go_back(stop)));
            if until_idle {
                // What was left before is a part of its work, and there may be nothing else that keeps it.
                self.deployer.go_back(stop);
            } else {
                let _ = lost.send(());
            }
            self.drive(stop, until_idle, &bell, &lost)
        });
        drop(alive);
        if heart.join().is_err() {
            tracing::error!("the heartbeat thread died");
        }
        result
    }

    fn drive(
        &self,
        stop: &AtomicBool,
        until_idle: bool,
        bell: &Arc<Bell>,
        lost: &Sender<()>,
    ) -> Result<(), WorkerError> {
        let (ended, endings) = channel();
        let mut running = 0_usize;
        let mut pause = self.pace.poll;
        loop {
            let stopping = stop.load(Ordering::Acquire);
            let free = if stopping { 0 } else { self.pace.concurrency.saturating_sub(running) };
            let claimed = self.take_up(free, &ended, bell, lost)?;
            running += claimed;
            if running == 0 && (stopping || (until_idle && claimed == 0)) {
                return Ok(());
            }
            let noticed = bell.wait(pause);
            pause = if noticed { AFTER_A_NOTICE } else { (pause * 3 / 2).min(self.pace.poll) };
            // Whatever ended meanwhile shares one commit.
            let endings: Vec<Ending> = endings.try_iter().collect();
            running -= endings.len();
            self.settle(&endings)?;
        }
    }

    /// Claims up to `free` messages and starts on them; how many it were.
    fn take_up(
        &self,
        free: usize,
        ended: &Sender<Ending>,
        bell: &Arc<Bell>,
        lost: &Sender<()>,
    ) -> Result<usize, WorkerError> {
        if free == 0 {
            return Ok(0);
        }
        if self.store.reap()? > 0 {
            // Their host is dead or was cut off; a dead one leaves more than a lease behind.
            self.deployer.recover();
            let _ = lost.send(());
        }
        let until = Instant::now() + safe(self.pace.lease);
        let claims = self.store.claim(&self.owner, free, self.pace.lease)?;
        let claimed = claims.len();
        for claim in claims {
            self.dispatch(claim, until, ended.clone(), Arc::clone(bell));
        }
        Ok(claimed)
    }

    fn dispatch(&self, claim: Claim, until: Instant, ended: Sender<Ending>, bell: Arc<Bell>) {
        let cancel = Cancel::default();
        cancel.cancel_at(until);
        if let Ok(mut running) = self.running.lock() {
            running.insert(claim.message.id, (claim.fence, cancel.clone()));
        }
        let deployer = Arc::clone(&self.deployer);
        let span = self.span(&claim);
        let deadline = Instant::now() + self.pace.lease.saturating_mul(20);
        let spawned = {
            let (claim, ended, bell) = (claim.clone(), ended.clone(), Arc::clone(&bell));
            std::thread::Builder::new().name("deployment".to_owned()).stack_size(4 << 20).spawn(move || {
                let _entered = span.entered();
                let result = attempt(&deployer, &claim, deadline, &cancel);
                let _ = ended.send((claim, result));
                bell.ring();
            })
        };
        if let Err(error) = spawned {
            let failure = Failure::new(Outcome::Internal, format!("no thread for the deployment: {error}"));
            let _ = ended.send((claim, Err(failure)));
            bell.ring();
        }
    }

    fn settle(&self, endings: &[Ending]) -> Result<(), WorkerError> {
        if endings.is_empty() {
            return Ok(());
        }
        if let Ok(mut running) = self.running.lock() {
            running.retain(|id, _| endings.iter().all(|(claim, _)| claim.message.id != *id));
        }
        crate::fault::point("settle.before");
        let settled = self.store.settle_all(endings)?;
        crate::fault::point("settle.after");
        for ((claim, result), settled) in endings.iter().zip(settled) {
            self.span(claim).in_scope(|| report(result, &settled));
        }
        Ok(())
    }

    /// Every line of a deployment carries these fields.
    fn span(&self, claim: &Claim) -> tracing::Span {
        tracing::info_span!(
            "deployment",
            tenant = claim.message.tenant,
            target = claim.message.target,
            plugin = self.deployer.plugin_of(&claim.message.target),
            message_id = claim.message.id,
            attempt = claim.attempt
        )
    }

    /// Renews the leases of what runs and cancels what the store says is no longer ours, until the other end
    /// of `ended` is gone.
    fn start_heartbeat(&self, ended: Receiver<()>) -> std::thread::JoinHandle<()> {
        let (store, running, lease) = (Arc::clone(&self.store), Arc::clone(&self.running), self.pace.lease);
        std::thread::spawn(move || {
            let (mut last, mut missed) = (Instant::now(), false);
            loop {
                let due = (lease / 3).saturating_sub(last.elapsed()).max(MISSED_BEAT);
                if ended.recv_timeout(due) != Err(RecvTimeoutError::Timeout) {
                    return;
                }
                beat(store.as_ref(), &running, lease, &mut last, &mut missed);
            }
        })
    }
}

/// Has connectors go back whose hosts were lost: once for all the losses that were told by then.
fn answer(losses: &Receiver<()>, mut go_back: impl FnMut()) {
    while losses.recv().is_ok() {
        losses.try_iter().for_each(drop);
        go_back();
    }
}

/// One deployment, on its own thread. A panic is a failure of this deployment alone.
fn attempt(
    deployer: &Deployer,
    claim: &Claim,
    deadline: Instant,
    cancel: &Cancel,
) -> Result<Receipt, Failure> {
    let deploy = std::panic::AssertUnwindSafe(|| deployer.deploy(claim, deadline, cancel));
    std::panic::catch_unwind(deploy).unwrap_or_else(|_| {
        Err(Failure::new(Outcome::Internal, "the host panicked; this is a bug in lastmile"))
    })
}

/// The part of a lease in which a connector may act: what it has begun must be over when the lease is.
fn safe(lease: Duration) -> Duration {
    lease * 9 / 10
}

fn beat(store: &dyn Store, running: &Running, lease: Duration, last: &mut Instant, missed: &mut bool) {
    let Ok(held) = running.lock().map(|held| held.clone()) else { return };
    let asked = Instant::now();
    if held.is_empty() {
        *last = asked;
        return;
    }
    let leases: Vec<(i64, i64)> = held.iter().map(|(id, (fence, _))| (*id, *fence)).collect();
    match store.heartbeat(&leases, lease) {
        Ok(stale) => {
            (*last, *missed) = (asked, false);
            for (id, (_, cancel)) in &held {
                if stale.contains(id) {
                    cancel.cancel();
                } else {
                    cancel.cancel_at(asked + safe(lease));
                }
            }
        }
        // Out of touch; unless the next beat is heard, each connector stops before its lease ends.
        Err(error) if !std::mem::replace(missed, true) => tracing::warn!("heartbeat: {error}"),
        Err(_) => {} // told already; the next try is a moment away
    }
}

fn report(result: &Result<Receipt, Failure>, settled: &Settled) {
    match result {
        Ok(receipt) => {
            tracing::info!(outcome = receipt.outcome.label(), fingerprint = receipt.fingerprint, "deployed")
        }
        Err(failure) => tracing::warn!(
            outcome = failure.outcome.label(),
            then = ?settled,
            // A line break would let a connector write log lines of its own.
            "{}", failure.message.replace('\n', "\\n")
        ),
    }
}
