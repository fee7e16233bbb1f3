//! Attacks on memory, tables and the canonical ABI.

use super::attack::{Attack, attack};

pub(super) const ATTACKS: &[Attack] = &[
    attack("abi-answer-outside", "fs.write", "trapped", "the connector crashed: pointer out of bounds"),
    attack(
        "abi-content-outside",
        "fs.write",
        "trapped",
        "the connector crashed: list pointer/length out of bounds of memory",
    ),
    attack(
        "abi-content-unaligned",
        "fs.write",
        "trapped",
        "the connector crashed: list pointer is not aligned",
    ),
    attack(
        "abi-declared-alias",
        "",
        "limit",
        "the connector exceeded a limit: the size of what it passes to the host",
    ),
    attack(
        "abi-empty-strings",
        "process.exec",
        "limit",
        "the connector exceeded a limit: the size of what it passes to the host",
    ),
    attack("abi-failure-unknown", "", "trapped", "the connector crashed: unexpected discriminant: 9"),
    attack("abi-handle-drop-forged", "", "trapped", "the connector crashed: unknown handle index 1234"),
    attack(
        "abi-handle-forged",
        "net.connection.request",
        "trapped",
        "the connector crashed: unknown handle index 1234",
    ),
    attack(
        "abi-length-overflow",
        "fs.write",
        "trapped",
        "the connector crashed: string pointer/length out of bounds of memory",
    ),
    attack(
        "abi-list-alias",
        "fs.write",
        "limit",
        "the connector exceeded a limit: the size of what it passes to the host",
    ),
    attack("abi-option-unknown", "fs.write", "trapped", "the connector crashed: invalid option discriminant"),
    attack("abi-part-unknown", "fs.write", "trapped", "the connector crashed: unexpected discriminant: 99"),
    attack(
        "abi-path-not-utf8",
        "fs.write",
        "trapped",
        "the connector crashed: invalid utf-8 sequence of 1 bytes from index 1",
    ),
    attack(
        "abi-pointer-outside",
        "fs.write",
        "trapped",
        "the connector crashed: string pointer/length out of bounds of memory",
    ),
    attack(
        "abi-problems-alias",
        "",
        "limit",
        "the connector exceeded a limit: the size of what it passes to the host",
    ),
    attack(
        "abi-realloc-outside",
        "",
        "trapped",
        "the connector crashed: realloc return: beyond end of memory",
    ),
    attack(
        "abi-realloc-trap",
        "",
        "trapped",
        "the connector crashed: wasm trap: wasm `unreachable` instruction executed",
    ),
    attack(
        "abi-realloc-unaligned",
        "",
        "trapped",
        "the connector crashed: realloc return: result not aligned",
    ),
    attack("abi-reentry", "", "rejected", "it returned"),
    attack("abi-return-outside", "", "trapped", "the connector crashed: pointer out of bounds of memory"),
    attack("abi-return-unaligned", "", "trapped", "the connector crashed: return pointer not aligned"),
    attack("abi-return-unknown", "", "trapped", "the connector crashed: invalid expected discriminant"),
    attack(
        "abi-text-60-megabytes",
        "",
        "limit",
        "the connector exceeded a limit: the size of what it passes to the host",
    ),
    attack(
        "abi-text-not-utf8",
        "",
        "trapped",
        "the connector crashed: invalid utf-8 sequence of 1 bytes from index 0",
    ),
    attack(
        "abi-text-outside",
        "",
        "trapped",
        "the connector crashed: string pointer/length out of bounds of memory",
    ),
    attack("memory-bomb", "", "limit", "the connector exceeded a limit: memory-bytes (at most 67108864)"),
    attack(
        "memory-grow-loop",
        "",
        "limit",
        "the connector exceeded a limit: memory-bytes (at most 67108864)",
    ),
    attack("table-grow-loop", "", "limit", "the connector exceeded a limit: table-elements (at most 20000)"),
];
