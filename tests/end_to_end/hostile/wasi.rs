//! Attacks through the inert WASI.

use super::attack::{Attack, attack};

pub(super) const ATTACKS: &[Attack] = &[
    attack("wasi-environment", "", "?", "?"),
    attack("wasi-exit", "", "?", "?"),
    attack("wasi-log-megabytes", "", "?", "?"),
    attack("wasi-log-storm", "", "?", "?"),
    attack("wasi-random-flood", "", "?", "?"),
    attack("wasi-random-huge", "", "?", "?"),
    attack("wasi-sleep", "", "?", "?"),
    attack("wasi-sockets", "", "?", "?"),
    attack("wasi-stream-flood", "", "?", "?"),
];
