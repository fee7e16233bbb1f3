//! Attacks through the inert WASI.

use super::attack::{Attack, attack};

pub(super) const ATTACKS: &[Attack] = &[
    attack("wasi-environment", "", "rejected", "it returned"),
    attack(
        "wasi-exit",
        "",
        "trapped",
        "the connector crashed: it called wasi:cli/exit#exit, and an inert plugin has no such power",
    ),
    attack(
        "wasi-log-megabytes",
        "",
        "limit",
        "the connector exceeded a limit: the size of what it passes to the host",
    ),
    attack("wasi-log-storm", "", "limit", "the connector exceeded a limit: host-calls (at most 200)"),
    attack("wasi-random-flood", "", "limit", "the connector exceeded a limit: host-calls (at most 200)"),
    attack(
        "wasi-random-huge",
        "",
        "trapped",
        "the connector crashed: it asked for more than 4096 random bytes at once",
    ),
    attack(
        "wasi-sleep",
        "",
        "trapped",
        "the connector crashed: it called wasi:clocks/monotonic-clock#subscribe-duration, and an inert plugin has no such power",
    ),
    attack(
        "wasi-sockets",
        "",
        "trapped",
        "the connector crashed: it called wasi:sockets/instance-network#instance-network, and an inert plugin has no such power",
    ),
    attack("wasi-stream-flood", "", "limit", "the connector exceeded a limit: host-calls (at most 200)"),
];
