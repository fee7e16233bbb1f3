//! Attacks through the inert WASI.

use super::attack::{Attack, attack};

pub(super) const ATTACKS: &[Attack] = &[
    attack("wasi-environment", "", "rejected", "it returned"),
    attack(
        "wasi-exit",
        "",
        "trapped",
        "the connector crashed: it called wasi:cli/exit#exit, and a plugin with `wasi = \"inert\"` has no such power",
    ),
    attack(
        "wasi-log-megabytes",
        "",
        "trapped",
        "the connector crashed: it wrote 3145728 bytes to a stream that permits 65536",
    ),
    attack("wasi-log-storm", "", "limit", "the connector exceeded a limit: host-calls (at most 200)"),
    attack("wasi-random-flood", "", "limit", "the connector exceeded a limit: host-calls (at most 200)"),
    attack(
        "wasi-random-huge",
        "",
        "trapped",
        "the connector crashed: it asked for 18446744073709551615 random bytes at once (at most 65536)",
    ),
    attack(
        "wasi-sleep",
        "",
        "trapped",
        "the connector crashed: it called wasi:clocks/monotonic-clock#subscribe-duration, and a plugin with `wasi = \"inert\"` has no such power",
    ),
    attack(
        "wasi-sockets",
        "",
        "trapped",
        "the connector crashed: it called wasi:sockets/instance-network#instance-network, and a plugin with `wasi = \"inert\"` has no such power",
    ),
    attack("wasi-stream-flood", "", "limit", "the connector exceeded a limit: host-calls (at most 200)"),
];
