//! Attacks by what a connector says and declares.

use super::attack::{Attack, attack};

pub(super) const ATTACKS: &[Attack] = &[
    attack("declare-controls", "", "?", "?"),
    attack("declare-everything", "", "?", "?"),
    attack("declare-flood", "", "?", "?"),
    attack("declare-more", "", "?", "?"),
    attack("declare-spin", "", "?", "?"),
    attack("result-bidi", "", "?", "?"),
    attack("result-bomb", "", "?", "?"),
    attack("result-controls", "", "?", "?"),
    attack("result-forged-line", "", "?", "?"),
    attack("result-key", "", "?", "?"),
    attack("result-long-note", "", "?", "?"),
    attack("result-problems-bomb", "", "?", "?"),
];
