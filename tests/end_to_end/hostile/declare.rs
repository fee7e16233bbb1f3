//! Attacks by what a connector says and declares.

use super::attack::{Attack, attack};

pub(super) const ATTACKS: &[Attack] = &[
    attack(
        "declare-controls",
        "",
        "misconfigured",
        "targets.declare-controls.config/�[2J: {\"command\":[\"/usr/bin/true\",\"harmless\"],\"endpoint\":\"http://127.0.0.1:{port}\",\"prefix\":\"{room}/tls/\"}",
    ),
    attack(
        "declare-everything",
        "",
        "rejected",
        "plugin `declare-everything` declares nonsense: fs.write \"/\": `/` would grant the whole machine; name a directory below it",
    ),
    attack(
        "declare-flood",
        "",
        "rejected",
        "plugin `declare-flood` declares nonsense: 100000 capabilities, and a target needs at most 64",
    ),
    attack(
        "declare-more",
        "",
        "denied",
        "target `declare-more` needs more than plugin `declare-more` was granted. To grant it, add to plugins.toml:\n[plugins.declare-more.grant]\nfs.write = [\"/etc/\"]\n",
    ),
    attack("declare-spin", "", "limit", "the connector exceeded a limit: wall time (2s)"),
    attack("result-bidi", "", "rejected", "safe �desufer"),
    attack(
        "result-bomb",
        "",
        "limit",
        "the connector exceeded a limit: the size of what it passes to the host",
    ),
    attack("result-controls", "", "rejected", "�[2Jgone"),
    attack("result-forged-line", "", "rejected", "x\n2026-01-01T00:00:00Z  INFO deployed"),
    attack("result-key", "", "rejected", "key: [sealed]"),
    attack("result-long-note", "", "rejected", "xxxxxxxx…"),
    attack(
        "result-problems-bomb",
        "",
        "limit",
        "the connector exceeded a limit: memory-bytes (at most 67108864)",
    ),
];
