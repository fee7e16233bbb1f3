//! The limits of one call, all on by default, and their counting.

use std::time::{Duration, Instant};

use thiserror::Error;
use wasmtime::ResourceLimiter;

use super::Cancel;

/// What one component, and one call of it, may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Size of the component's file, in bytes.
    pub component_bytes: u64,
    /// Sum of all linear memories, in bytes.
    pub memory_bytes: u64,
    /// Sum of all tables, in elements.
    pub table_elements: u64,
    /// Core instances.
    pub instances: u64,
    /// Wall time of one deployment, verification included.
    pub wall: Duration,
    /// Calls of the host.
    pub host_calls: u64,
    /// Bytes that the host hands to the guest: answers, output.
    pub bytes_in: u64,
    /// Bytes that the guest hands to the host: content, requests, command lines.
    pub bytes_out: u64,
    /// Open connections.
    pub handles: u64,
    /// Bytes of log; what is beyond is dropped.
    pub log_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            component_bytes: 32 << 20,
            memory_bytes: 64 << 20,
            table_elements: 20_000,
            instances: 256,
            wall: Duration::from_secs(120),
            host_calls: 10_000,
            bytes_in: 16 << 20,
            bytes_out: 16 << 20,
            handles: 16,
            log_bytes: 64 << 10,
        }
    }
}

/// A limit that was reached, with its value.
#[derive(Debug, Error)]
pub(super) enum Exceeded {
    #[error("{0} (at most {1})")]
    Count(&'static str, u64),
    #[error("wall time ({0:?})")]
    Wall(Duration),
    #[error("the host stopped it")]
    Cancelled,
}

/// What a call has used so far, and how long it may still go on.
pub(super) struct Budget {
    limits: Limits,
    deadline: Instant,
    cancel: Cancel,
    memory: u64,
    tables: u64,
    calls: u64,
    bytes_in: u64,
    bytes_out: u64,
    handles: u64,
    logged: u64,
}

impl Budget {
    pub(super) fn new(limits: Limits, deadline: Instant, cancel: Cancel) -> Self {
        Self {
            limits,
            deadline,
            cancel,
            memory: 0,
            tables: 0,
            calls: 0,
            bytes_in: 0,
            bytes_out: 0,
            handles: 0,
            logged: 0,
        }
    }

    /// Whether the guest may go on.
    pub(super) fn in_time(&self) -> Result<(), Exceeded> {
        if self.cancel.is_cancelled() {
            return Err(Exceeded::Cancelled);
        }
        if Instant::now() >= self.deadline {
            return Err(Exceeded::Wall(self.limits.wall));
        }
        Ok(())
    }

    /// The gate of every call of the host, here for one that carries so many bytes out. It stands before the
    /// call does anything: between two ticks nothing else keeps a stopped guest from the world.
    pub(super) fn call(&mut self, bytes: usize) -> Result<(), Exceeded> {
        self.in_time()?;
        spend(&mut self.calls, 1, self.limits.host_calls, "host-calls")?;
        spend(&mut self.bytes_out, bytes as u64, self.limits.bytes_out, "bytes-out")
    }

    /// An answer of so many bytes.
    pub(super) fn answer(&mut self, bytes: usize) -> Result<(), Exceeded> {
        spend(&mut self.bytes_in, bytes as u64, self.limits.bytes_in, "bytes-in")
    }

    pub(super) fn open_handle(&mut self) -> Result<(), Exceeded> {
        spend(&mut self.handles, 1, self.limits.handles, "handles")
    }

    pub(super) fn close_handle(&mut self) {
        self.handles = self.handles.saturating_sub(1);
    }

    /// How many of these bytes may still be logged.
    pub(super) fn log(&mut self, bytes: usize) -> LogShare {
        let (limit, already_full) = (self.limits.log_bytes, self.logged > self.limits.log_bytes);
        let left = limit.saturating_sub(self.logged);
        self.logged = self.logged.saturating_add(bytes as u64);
        LogShare {
            bytes: bytes.min(usize::try_from(left).unwrap_or(bytes)),
            cut_off: (self.logged > limit && !already_full).then_some(limit),
        }
    }
}

/// What the log takes of a write.
pub(super) struct LogShare {
    pub(super) bytes: usize,
    /// The limit, where this write is the first to go beyond it.
    pub(super) cut_off: Option<u64>,
}

fn spend(used: &mut u64, more: u64, limit: u64, name: &'static str) -> Result<(), Exceeded> {
    *used = used.saturating_add(more);
    if *used > limit { Err(Exceeded::Count(name, limit)) } else { Ok(()) }
}

/// wasmtime's own limits hold for each memory; these hold for their sum.
impl ResourceLimiter for Budget {
    fn memory_growing(&mut self, now: usize, then: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        spend(&mut self.memory, then.saturating_sub(now) as u64, self.limits.memory_bytes, "memory-bytes")?;
        Ok(true)
    }

    fn table_growing(&mut self, now: usize, then: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        spend(
            &mut self.tables,
            then.saturating_sub(now) as u64,
            self.limits.table_elements,
            "table-elements",
        )?;
        Ok(true)
    }

    fn instances(&self) -> usize {
        usize::try_from(self.limits.instances).unwrap_or(usize::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stopped_or_late_guest_gets_through_no_gate() {
        let (now, cancel) = (Instant::now(), Cancel::default());
        let mut budget = Budget::new(Limits::default(), now + Duration::from_secs(60), cancel.clone());
        assert!(budget.call(1).is_ok());
        cancel.cancel();
        assert!(matches!(budget.call(1), Err(Exceeded::Cancelled)));
        let mut late = Budget::new(Limits::default(), now, Cancel::default());
        assert!(matches!(late.call(1), Err(Exceeded::Wall(_))));
    }
}
