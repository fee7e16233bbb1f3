//! The clock of running guests: a plain thread that counts the engine's epochs.
//!
//! On an async runtime a busy worker would stop the clock of the very guest that keeps it busy. While no guest
//! runs the thread sleeps: an idle host wakes nobody.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::thread::{self, Thread};
use std::time::Duration;

use wasmtime::Engine;

/// How often a running guest looks at the time.
const TICK: Duration = Duration::from_millis(5);
/// So many ticks without a guest, and the thread goes to sleep: guests that follow each other need not wake it.
const IDLE_TICKS: u32 = 100;

/// Ticks as long as somebody holds what [`Clock::run`] gives.
pub(super) struct Clock {
    engine: Engine,
    running: AtomicUsize,
    asleep: AtomicBool,
    thread: OnceLock<Thread>,
}

/// A guest runs until this is dropped.
pub(super) struct Running<'a>(&'a Clock);

impl Clock {
    /// A clock for this engine, with its thread.
    pub(super) fn start(engine: Engine) -> std::io::Result<Arc<Self>> {
        let clock = Arc::new(Self {
            engine,
            running: AtomicUsize::new(0),
            asleep: AtomicBool::new(false),
            thread: OnceLock::new(),
        });
        let weak = Arc::downgrade(&clock);
        thread::Builder::new().name("epoch".to_owned()).spawn(move || tick(&weak))?;
        Ok(clock)
    }

    /// To be held while a guest runs.
    pub(super) fn run(&self) -> Running<'_> {
        self.running.fetch_add(1, Ordering::SeqCst);
        if self.asleep.swap(false, Ordering::SeqCst) {
            self.wake();
        }
        Running(self)
    }

    fn wake(&self) {
        if let Some(thread) = self.thread.get() {
            thread.unpark();
        }
    }

    /// Whether the thread may sleep. Who begins to run looks at `asleep` only after it was counted, and this
    /// counts only after it has set `asleep`: one of the two sees the other.
    fn may_sleep(&self) -> bool {
        self.asleep.store(true, Ordering::SeqCst);
        self.running.load(Ordering::SeqCst) == 0 || !self.asleep.swap(false, Ordering::SeqCst)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Drop for Clock {
    fn drop(&mut self) {
        self.wake();
    }
}

fn tick(clock: &Weak<Clock>) {
    // Before it may ever sleep, so that whoever finds it asleep can wake it.
    let _ = clock.upgrade().map(|clock| clock.thread.set(thread::current()));
    let mut idle = 0;
    while let Some(clock) = clock.upgrade() {
        clock.engine.increment_epoch();
        idle = if clock.running.load(Ordering::SeqCst) == 0 { idle + 1 } else { 0 };
        let sleeps = idle >= IDLE_TICKS && clock.may_sleep();
        drop(clock);
        if sleeps {
            // A wake-up that came first is not lost: park returns at once.
            thread::park();
            idle = 0;
        } else {
            thread::sleep(TICK);
        }
    }
}

#[cfg(test)]
mod tests {
    //! Asleep and awake.
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    #[test]
    fn it_sleeps_when_nothing_runs_and_wakes_for_who_runs() {
        let clock = Clock::start(Engine::default()).unwrap();
        for _ in 0..3 {
            while !clock.asleep.load(Ordering::SeqCst) {
                thread::sleep(TICK);
            }
            let running = clock.run();
            assert!(!clock.asleep.load(Ordering::SeqCst));
            thread::sleep(TICK * (IDLE_TICKS + 20));
            assert!(!clock.asleep.load(Ordering::SeqCst), "it ticks while anything runs");
            drop(running);
        }
    }
}
