//! `lastmile history TARGET`: each attempt and what came of it.

use std::process::ExitCode;

use clap::Args;

use lastmile::outbox::Store;

use crate::cli::load::Context;
use crate::cli::style;

/// Options of `lastmile history`.
#[derive(Args)]
pub(crate) struct Options {
    /// The target's name.
    target: String,
}

/// Prints the attempts, oldest first.
pub(crate) fn run(context: &Context, options: &Options) -> anyhow::Result<ExitCode> {
    let manifest = context.manifest()?;
    let attempts = context.store(&manifest)?.history(&options.target)?;
    if context.json {
        Context::print_json(&attempts)?;
        return Ok(ExitCode::SUCCESS);
    }
    println!("{:>8} {:>7}  {:<24} {:<13} note", "message", "attempt", "ended", "outcome");
    for attempt in attempts {
        let colour = style::outcome(attempt.outcome);
        anstream::println!(
            "{:>8} {:>7}  {:<24} {colour}{:<13}{colour:#} {}",
            attempt.message,
            attempt.attempt,
            super::load::utc(attempt.ended_ms),
            attempt.outcome.label(),
            attempt.note
        );
    }
    Ok(ExitCode::SUCCESS)
}
