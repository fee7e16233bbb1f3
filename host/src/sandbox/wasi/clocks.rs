//! Two clocks, in whole milliseconds: enough to log and to time with, too coarse to measure the host by.

use std::time::SystemTime;

use wasmtime::component::{ComponentType, Lift, LinkerInstance, Lower};

use super::{State, answer};

const RESOLUTION: u32 = 1_000_000;

#[derive(ComponentType, Lift, Lower)]
#[component(record)]
struct Datetime {
    seconds: u64,
    nanoseconds: u32,
}

pub(super) fn link(
    instance: &mut LinkerInstance<'_, State>,
    interface: &str,
    name: &str,
) -> wasmtime::Result<bool> {
    match (interface, name) {
        ("wasi:clocks/monotonic-clock", "now") => answer(instance, name, |state, ()| Ok(monotonic(state))),
        ("wasi:clocks/monotonic-clock", "resolution") => {
            answer(instance, name, |_, ()| Ok(u64::from(RESOLUTION)))
        }
        ("wasi:clocks/wall-clock", "now") => answer(instance, name, |_, ()| Ok(wall())),
        ("wasi:clocks/wall-clock", "resolution") => {
            answer(instance, name, |_, ()| Ok(Datetime { seconds: 0, nanoseconds: RESOLUTION }))
        }
        _ => Ok(false),
    }
}

/// Begins with the call: how long the host has been up is nobody's business.
fn monotonic(state: &State) -> u64 {
    let milliseconds = u64::try_from(state.started.elapsed().as_millis()).unwrap_or(u64::MAX);
    milliseconds.saturating_mul(u64::from(RESOLUTION))
}

fn wall() -> Datetime {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Datetime { seconds: now.as_secs(), nanoseconds: now.subsec_millis() * RESOLUTION }
}
