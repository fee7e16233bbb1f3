//! `lastmile history TARGET`: each attempt and what came of it.

use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use lastmile::outbox::{Attempt, Store};
use lastmile::outcome::Outcome;

use crate::cli::load::Context;
use crate::cli::table::{self, Cell, Long};
use crate::cli::{style, when};

/// Options of `lastmile history`.
#[derive(Args)]
#[command(after_help = "Examples:
  lastmile history web-1
  lastmile history web-1 --limit 5 --outcome unverified
  lastmile --json history web-1")]
pub(crate) struct Options {
    /// The target's name.
    target: String,
    /// Only attempts that ended so, for example `changed` or `denied`.
    #[arg(long, value_parser = outcome)]
    outcome: Option<Outcome>,
    /// Only the latest so many.
    #[arg(long)]
    limit: Option<usize>,
}

fn outcome(text: &str) -> Result<Outcome, String> {
    serde_json::from_value(text.into()).map_err(|error| error.to_string())
}

#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    attempt: &'a Attempt,
    ended: String,
}

/// Prints the attempts, oldest first.
pub(crate) fn run(context: &Context, options: &Options) -> anyhow::Result<ExitCode> {
    let manifest = context.manifest()?;
    let mut attempts = context.store(&manifest)?.history(&options.target)?;
    attempts.retain(|attempt| options.outcome.is_none_or(|wanted| attempt.outcome == wanted));
    let surplus = options.limit.map_or(0, |limit| attempts.len().saturating_sub(limit));
    attempts.drain(..surplus);
    if context.json {
        let shown = |attempt| Shown { attempt, ended: when::rfc3339(attempt.ended_ms) };
        Context::print_json(&attempts.iter().map(shown).collect::<Vec<_>>())?;
        return Ok(ExitCode::SUCCESS);
    }
    if attempts.is_empty() && !manifest.targets.contains_key(&options.target) {
        anyhow::bail!(
            "no attempt for `{}`, and no such target in {}",
            options.target,
            context.config.display()
        );
    }
    let cells = |attempt: &Attempt| {
        vec![
            Cell::number(attempt.message),
            Cell::number(attempt.attempt),
            Cell::new(when::human(attempt.ended_ms)),
            Cell::new(attempt.outcome.label()).styled(style::outcome(attempt.outcome)),
            Cell::new(&attempt.note),
        ]
    };
    let rows: Vec<_> = attempts.iter().map(cells).collect();
    table::print(&["message", "attempt", "ended (UTC)", "outcome", "note"], &rows, Long::Wrap);
    Ok(ExitCode::SUCCESS)
}
