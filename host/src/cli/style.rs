//! Colours, dropped by `anstream` where the output is no terminal.

use anstyle::{AnsiColor, Reset, Style};

use lastmile::outcome::Outcome;

/// Something went wrong.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
/// Something went well.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// Worth a look.
pub(crate) const WARN: Style = AnsiColor::Yellow.on_default();
/// Nothing to see here.
pub(crate) const QUIET: Style = Style::new().dimmed();
/// Back to plain.
pub(crate) const PLAIN: Reset = Reset;

/// The colour of an outcome.
pub(crate) const fn outcome(outcome: Outcome) -> Style {
    match outcome {
        Outcome::Changed | Outcome::Unchanged => GOOD,
        Outcome::Superseded | Outcome::Cancelled => WARN,
        _ => BAD,
    }
}
