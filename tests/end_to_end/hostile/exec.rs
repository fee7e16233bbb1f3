//! Attacks through `process.exec`.

use super::attack::{Attack, attack};

pub(super) const ATTACKS: &[Attack] = &[
    attack("exec-background", "process.exec", "rejected", "Status::Exited(3) \"\" \"\""),
    attack(
        "exec-crooked-program",
        "process.exec",
        "denied",
        "[\"/usr/bin/../bin/true\", \"harmless\"] is not a command line that the connector declared and the operator granted",
    ),
    attack("exec-deaf", "process.exec", "rejected", "Status::TimedOut \"\" \"\""),
    attack("exec-descriptors", "process.exec", "rejected", "Status::Exited(0) \"0\\n1\\n2\\n3\\n\" \"\""),
    attack("exec-directory", "process.exec", "rejected", "Status::Exited(0) \"/\\n\" \"\""),
    attack(
        "exec-empty-table",
        "process.exec",
        "denied",
        "[\"/usr/bin/true\"] is not a command line that the connector declared and the operator granted",
    ),
    attack("exec-environment", "process.exec", "rejected", "Status::Exited(0) \"\" \"\""),
    attack(
        "exec-extra-argument",
        "process.exec",
        "denied",
        "[\"/usr/bin/true\", \"harmless\", \"more\"] is not a command line that the connector declared and the operator granted",
    ),
    attack(
        "exec-fewer-arguments",
        "process.exec",
        "denied",
        "[\"/usr/bin/true\"] is not a command line that the connector declared and the operator granted",
    ),
    attack("exec-flood", "process.exec", "limit", "the connector exceeded a limit: host-calls (at most 200)"),
    attack(
        "exec-joined",
        "process.exec",
        "denied",
        "[\"/usr/bin/true harmless\"] is not a command line that the connector declared and the operator granted",
    ),
    attack("exec-long-argument", "process.exec", "denied", "[\"/usr/bin/true\", \"harmless\", \"aaaaaaaa…"),
    attack("exec-many-arguments", "process.exec", "denied", "[\"/usr/bin/true\", \"harmless\", \"a\", …"),
    attack(
        "exec-newline",
        "process.exec",
        "denied",
        "[\"/usr/bin/true\", \"harmless\\n\"] is not a command line that the connector declared and the operator granted",
    ),
    attack(
        "exec-nothing",
        "process.exec",
        "denied",
        "[] is not a command line that the connector declared and the operator granted",
    ),
    attack(
        "exec-nul",
        "process.exec",
        "denied",
        "[\"/usr/bin/true\", \"harmless\\0\"] is not a command line that the connector declared and the operator granted",
    ),
    attack("exec-output-flood", "process.exec", "rejected", "Status::TimedOut 65536 bytes"),
    attack(
        "exec-path-trick",
        "process.exec",
        "denied",
        "[\"/usr/bin/../bin/true\", \"harmless\"] is not a command line that the connector declared and the operator granted",
    ),
    attack(
        "exec-relative-program",
        "process.exec",
        "denied",
        "[\"true\", \"harmless\"] is not a command line that the connector declared and the operator granted",
    ),
    attack("exec-secret-echo", "process.exec", "rejected", "Status::Exited(0) \"[sealed][sealed]\" \"\""),
    attack(
        "exec-ungranted-argument",
        "process.exec",
        "denied",
        "[\"/usr/bin/true\", \"harmful\"] is not a command line that the connector declared and the operator granted",
    ),
    attack(
        "exec-ungranted-program",
        "process.exec",
        "denied",
        "[\"/bin/sh\", \"-c\", \"id\"] is not a command line that the connector declared and the operator granted",
    ),
    attack(
        "exec-unknown-secret",
        "process.exec",
        "rejected",
        "standard input: the target has no secret `other-target`: add it to the target's `secrets` in plugins.toml",
    ),
    attack("exec-wait", "process.exec", "limit", "the connector exceeded a limit: wall time (2s)"),
];
