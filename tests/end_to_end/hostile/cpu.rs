//! Attacks on time: loops, wherever guest code runs, and what is left for the next call.

use super::attack::{Attack, attack};

pub(super) const ATTACKS: &[Attack] = &[
    attack("cpu-branch-table", "", "?", "?"),
    attack("cpu-bulk-copy", "", "?", "?"),
    attack("cpu-bulk-fill", "", "?", "?"),
    attack("cpu-host-recursion", "fs.write", "?", "?"),
    attack("cpu-host-storm", "fs.write", "?", "?"),
    attack("cpu-post-return-spin", "", "?", "?"),
    attack("cpu-realloc-spin", "", "?", "?"),
    attack("cpu-recursion", "", "?", "?"),
    attack("cpu-spin", "", "?", "?"),
    attack("state-kept", "", "?", "?"),
    attack("trap", "", "?", "?"),
];
