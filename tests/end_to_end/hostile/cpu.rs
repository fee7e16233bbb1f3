//! Attacks on time: loops, wherever guest code runs, and what is left for the next call.

use super::attack::{Attack, attack};

pub(super) const ATTACKS: &[Attack] = &[
    attack("cpu-branch-table", "", "limit", "the connector exceeded a limit: wall time (2s)"),
    attack("cpu-bulk-copy", "", "limit", "the connector exceeded a limit: wall time (2s)"),
    attack("cpu-bulk-fill", "", "limit", "the connector exceeded a limit: wall time (2s)"),
    attack("cpu-host-recursion", "fs.write", "limit", "the connector exceeded a limit: the stack"),
    attack("cpu-host-storm", "fs.write", "limit", "the connector exceeded a limit: host-calls (at most 200)"),
    attack("cpu-post-return-spin", "", "limit", "the connector exceeded a limit: wall time (2s)"),
    attack("cpu-realloc-spin", "", "limit", "the connector exceeded a limit: wall time (2s)"),
    attack("cpu-recursion", "", "limit", "the connector exceeded a limit: the stack"),
    attack("cpu-spin", "", "limit", "the connector exceeded a limit: wall time (2s)"),
    attack("state-kept", "", "rejected", "state-kept: call 1 of this instance"),
    attack(
        "trap",
        "",
        "trapped",
        "the connector crashed: wasm trap: wasm `unreachable` instruction executed",
    ),
];
