//! Attacks on memory, tables and the canonical ABI.

use super::attack::{Attack, attack};

pub(super) const ATTACKS: &[Attack] = &[
    attack("abi-answer-outside", "fs.write", "?", "?"),
    attack("abi-content-outside", "fs.write", "?", "?"),
    attack("abi-content-unaligned", "fs.write", "?", "?"),
    attack("abi-declared-alias", "", "?", "?"),
    attack("abi-empty-strings", "process.exec", "?", "?"),
    attack("abi-failure-unknown", "", "?", "?"),
    attack("abi-handle-drop-forged", "", "?", "?"),
    attack("abi-handle-forged", "net.connection.request", "?", "?"),
    attack("abi-length-overflow", "fs.write", "?", "?"),
    attack("abi-list-alias", "fs.write", "?", "?"),
    attack("abi-option-unknown", "fs.write", "?", "?"),
    attack("abi-part-unknown", "fs.write", "?", "?"),
    attack("abi-path-not-utf8", "fs.write", "?", "?"),
    attack("abi-pointer-outside", "fs.write", "?", "?"),
    attack("abi-problems-alias", "", "?", "?"),
    attack("abi-realloc-outside", "", "?", "?"),
    attack("abi-realloc-trap", "", "?", "?"),
    attack("abi-realloc-unaligned", "", "?", "?"),
    attack("abi-reentry", "", "?", "?"),
    attack("abi-return-outside", "", "?", "?"),
    attack("abi-return-unaligned", "", "?", "?"),
    attack("abi-return-unknown", "", "?", "?"),
    attack("abi-text-60-megabytes", "", "?", "?"),
    attack("abi-text-not-utf8", "", "?", "?"),
    attack("abi-text-outside", "", "?", "?"),
    attack("memory-bomb", "", "?", "?"),
    attack("memory-grow-loop", "", "?", "?"),
    attack("table-grow-loop", "", "?", "?"),
];
