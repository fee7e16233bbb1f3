//! Attacks through `process.exec`.

use super::attack::{Attack, attack};

pub(super) const ATTACKS: &[Attack] = &[
    attack("exec-background", "process.exec", "?", "?"),
    attack("exec-crooked-program", "process.exec", "?", "?"),
    attack("exec-deaf", "process.exec", "?", "?"),
    attack("exec-descriptors", "process.exec", "?", "?"),
    attack("exec-directory", "process.exec", "?", "?"),
    attack("exec-environment", "process.exec", "?", "?"),
    attack("exec-extra-argument", "process.exec", "?", "?"),
    attack("exec-fewer-arguments", "process.exec", "?", "?"),
    attack("exec-flood", "process.exec", "?", "?"),
    attack("exec-joined", "process.exec", "?", "?"),
    attack("exec-long-argument", "process.exec", "?", "?"),
    attack("exec-many-arguments", "process.exec", "?", "?"),
    attack("exec-newline", "process.exec", "?", "?"),
    attack("exec-nothing", "process.exec", "?", "?"),
    attack("exec-nul", "process.exec", "?", "?"),
    attack("exec-output-flood", "process.exec", "?", "?"),
    attack("exec-path-trick", "process.exec", "?", "?"),
    attack("exec-relative-program", "process.exec", "?", "?"),
    attack("exec-secret-echo", "process.exec", "?", "?"),
    attack("exec-ungranted-argument", "process.exec", "?", "?"),
    attack("exec-ungranted-program", "process.exec", "?", "?"),
    attack("exec-unknown-secret", "process.exec", "?", "?"),
    attack("exec-wait", "process.exec", "?", "?"),
];
