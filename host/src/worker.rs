//! The loop: claim, dispatch, settle; heartbeat; graceful stop.
//!
//! Each deployment runs on an OS thread of its own. The worker stops a guest before its lease ends: a fence
//! protects the tables, only the deadline protects the target.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use thiserror::Error;

use crate::deploy::Deployer;
use crate::outbox::{Claim, Receipt, Settled, Store, StoreError};
use crate::outcome::{Failure, Outcome};
use crate::sandbox::Cancel;

/// How the worker paces itself.
#[derive(Clone, Debug)]
pub struct Pace {
    /// Deployments at the same time.
    pub concurrency: usize,
    /// How long a claim lasts without a heartbeat.
    pub lease: Duration,
    /// How long to wait when there is nothing to do.
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
    #[error("the outbox: {0}")]
    Store(#[from] StoreError),
}

type Ended = (Claim, Result<Receipt, Failure>);
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
        let (ended, endings) = channel();
        let done = Arc::new(AtomicBool::new(false));
        let heart = self.start_heartbeat(Arc::clone(&done));
        let result = self.drive(stop, until_idle, &ended, &endings);
        done.store(true, Ordering::Release);
        if heart.join().is_err() {
            tracing::error!("the heartbeat thread died");
        }
        result
    }

    fn drive(
        &self,
        stop: &AtomicBool,
        until_idle: bool,
        ended: &Sender<Ended>,
        endings: &Receiver<Ended>,
    ) -> Result<(), WorkerError> {
        let mut running = 0_usize;
        loop {
            let stopping = stop.load(Ordering::Acquire);
            let mut claimed = 0;
            if !stopping && running < self.pace.concurrency {
                self.store.reap()?;
                for claim in
                    self.store.claim(&self.owner, self.pace.concurrency - running, self.pace.lease)?
                {
                    claimed += 1;
                    running += 1;
                    self.dispatch(claim, ended.clone());
                }
            }
            if running == 0 && (stopping || (until_idle && claimed == 0)) {
                return Ok(());
            }
            match endings.recv_timeout(self.pace.poll) {
                Ok((claim, result)) => {
                    running -= 1;
                    self.settle(&claim, result)?;
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
            }
        }
    }

    fn dispatch(&self, claim: Claim, ended: Sender<Ended>) {
        let cancel = Cancel::default();
        if let Ok(mut running) = self.running.lock() {
            running.insert(claim.message.id, (claim.fence, cancel.clone()));
        }
        let deployer = Arc::clone(&self.deployer);
        let lease = self.pace.lease;
        let spawned = {
            let (claim, ended) = (claim.clone(), ended.clone());
            std::thread::Builder::new().name("deployment".to_owned()).stack_size(4 << 20).spawn(move || {
                let deadline = Instant::now() + lease.saturating_mul(20);
                let span = tracing::info_span!(
                    "deployment",
                    tenant = claim.message.tenant,
                    target = claim.message.target,
                    message_id = claim.message.id,
                    attempt = claim.attempt
                );
                let _entered = span.enter();
                let attempt = std::panic::AssertUnwindSafe(|| deployer.deploy(&claim, deadline, &cancel));
                let result = std::panic::catch_unwind(attempt).unwrap_or_else(|_| {
                    Err(Failure::new(Outcome::Internal, "the host panicked; this is a bug in lastmile"))
                });
                let _ = ended.send((claim, result));
            })
        };
        if let Err(error) = spawned {
            let failure = Failure::new(Outcome::Internal, format!("no thread for the deployment: {error}"));
            let _ = ended.send((claim, Err(failure)));
        }
    }

    fn settle(&self, claim: &Claim, result: Result<Receipt, Failure>) -> Result<(), WorkerError> {
        if let Ok(mut running) = self.running.lock() {
            running.remove(&claim.message.id);
        }
        crate::fault::point("settle.before");
        let settled = match &result {
            Ok(receipt) => self.store.settle(claim, receipt)?,
            Err(failure) => self.store.fail(claim, failure)?,
        };
        crate::fault::point("settle.after");
        report(claim, &result, &settled);
        Ok(())
    }

    /// Renews the leases of what runs and cancels what the store says is no longer ours.
    fn start_heartbeat(&self, done: Arc<AtomicBool>) -> std::thread::JoinHandle<()> {
        let (store, running, lease) = (Arc::clone(&self.store), Arc::clone(&self.running), self.pace.lease);
        std::thread::spawn(move || {
            let mut last = Instant::now();
            while !done.load(Ordering::Acquire) {
                std::thread::sleep(Duration::from_millis(50));
                if last.elapsed() < lease / 3 {
                    continue;
                }
                beat(store.as_ref(), &running, lease, &mut last);
            }
        })
    }
}

fn beat(store: &dyn Store, running: &Running, lease: Duration, last: &mut Instant) {
    let Ok(held) = running.lock().map(|held| held.clone()) else { return };
    if held.is_empty() {
        *last = Instant::now();
        return;
    }
    let leases: Vec<(i64, i64)> = held.iter().map(|(id, (fence, _))| (*id, *fence)).collect();
    match store.heartbeat(&leases, lease) {
        Ok(stale) => {
            *last = Instant::now();
            for id in stale {
                if let Some((_, cancel)) = held.get(&id) {
                    cancel.cancel();
                }
            }
        }
        Err(error) => {
            tracing::warn!("heartbeat: {error}");
            // Out of touch for most of a lease: stop before another worker may take over.
            if last.elapsed() > lease * 2 / 3 {
                for (_, cancel) in held.values() {
                    cancel.cancel();
                }
            }
        }
    }
}

fn report(claim: &Claim, result: &Result<Receipt, Failure>, settled: &Settled) {
    let (tenant, target) = (&claim.message.tenant, &claim.message.target);
    let (message, attempt) = (claim.message.id, claim.attempt);
    match result {
        Ok(receipt) => tracing::info!(
            tenant,
            target,
            message,
            attempt,
            outcome = receipt.outcome.label(),
            fingerprint = receipt.fingerprint,
            "deployed"
        ),
        Err(failure) => tracing::warn!(
            tenant, target, message_id = message, attempt,
            outcome = failure.outcome.label(),
            then = ?settled,
            // A line break would let a connector write log lines of its own.
            "{}", failure.message.replace('\n', "\\n")
        ),
    }
}
