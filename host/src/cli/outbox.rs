//! `lastmile outbox`: look at messages and mend them.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;

use lastmile::outbox::{Filter, Row, Store};

use crate::cli::load::Context;
use crate::cli::style;

/// What to do with the outbox.
#[derive(Subcommand)]
pub(crate) enum Action {
    /// List messages, newest first.
    List {
        /// Only this target.
        #[arg(long)]
        target: Option<String>,
        /// Only this state: pending, running, done, superseded, dead or cancelled.
        #[arg(long)]
        state: Option<String>,
        /// At most so many.
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// Show one message.
    Show {
        /// The message's number.
        id: i64,
    },
    /// Make a dead or waiting message ready now.
    Retry {
        /// The message's number.
        id: i64,
    },
    /// Take back a message that does not run yet.
    Cancel {
        /// The message's number.
        id: i64,
    },
}

/// Runs the action.
pub(crate) fn run(context: &Context, action: Action) -> anyhow::Result<ExitCode> {
    let manifest = context.manifest()?;
    let store = context.store(&manifest)?;
    match action {
        Action::List { target, state, limit } => {
            let rows = store.list(&Filter { target, state, limit })?;
            if context.json {
                Context::print_json(&rows)?;
            } else {
                print_rows(&rows);
            }
        }
        Action::Show { id } => {
            let row = store.show(id)?.with_context(|| format!("no message {id}"))?;
            if context.json {
                Context::print_json(&row)?;
            } else {
                print_rows(std::slice::from_ref(&row));
                println!("{}", row.note);
            }
        }
        Action::Retry { id } => store.retry(id)?,
        Action::Cancel { id } => store.cancel(id)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn print_rows(rows: &[Row]) {
    println!(
        "{:>8}  {:<12} {:<20} {:<11} {:<13} fingerprint",
        "message", "tenant", "target", "state", "outcome"
    );
    for row in rows {
        let (label, colour) = row.outcome.map_or(("", style::WARN), |o| (o.label(), style::outcome(o)));
        anstream::println!(
            "{:>8}  {:<12} {:<20} {:<11} {colour}{:<13}{colour:#} {}",
            row.id,
            row.tenant,
            row.target,
            row.state,
            label,
            row.fingerprint.get(..16).unwrap_or(&row.fingerprint)
        );
    }
}
