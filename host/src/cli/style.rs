//! Colours, dropped by `anstream` where the output is no terminal.

use anstyle::{AnsiColor, Reset, Style};

use lastmile::outcome::Outcome;

/// Something went wrong.
pub const BAD: Style = AnsiColor::Red.on_default().bold();
/// Something went well.
pub const GOOD: Style = AnsiColor::Green.on_default();
/// Worth a look.
pub const WARN: Style = AnsiColor::Yellow.on_default();
/// Back to plain.
pub const PLAIN: Reset = Reset;

/// The colour of an outcome.
pub const fn outcome(outcome: Outcome) -> Style {
    match outcome {
        Outcome::Changed | Outcome::Unchanged => GOOD,
        Outcome::Superseded | Outcome::Cancelled => WARN,
        _ => BAD,
    }
}
