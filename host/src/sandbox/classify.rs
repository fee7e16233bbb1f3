//! Why a call did not return: a limit, or a crash.

use wasmtime::{PoolConcurrencyLimitError, Trap};

use super::RunError;
use super::limits::Exceeded;
use crate::printable::printable;

/// wasmtime 48 gives these three no type of their own; the hostile guests hold the texts to it.
const FUEL: &str = "too much data is being copied between the host and the guest: fuel allocated for hostcalls has been exhausted";
const HANDLES: &str = "store handle limit exceeded";
const COUNTS: &str = "resource limit exceeded: ";

pub(super) fn classify(error: &wasmtime::Error) -> RunError {
    if let Some(exceeded) = error.downcast_ref::<Exceeded>() {
        return RunError::Limit(exceeded.to_string());
    }
    if error.is::<PoolConcurrencyLimitError>() {
        return RunError::Internal(format!("no room for another guest at this moment: {error:#}"));
    }
    match error.downcast_ref::<Trap>() {
        Some(Trap::StackOverflow) => RunError::Limit("the stack".to_owned()),
        Some(trap) => RunError::Trapped(trap.to_string()),
        None => by_text(error),
    }
}

fn by_text(error: &wasmtime::Error) -> RunError {
    let cause = error.root_cause().to_string();
    if cause == FUEL {
        return RunError::Limit("the size of what it passes to the host".to_owned());
    }
    if cause.rsplit(": ").next() == Some(HANDLES) {
        return RunError::Limit("handles".to_owned());
    }
    match cause.strip_prefix(COUNTS) {
        Some(count) => RunError::Limit(count.to_owned()),
        None => RunError::Trapped(printable(&cause, 1000)),
    }
}
