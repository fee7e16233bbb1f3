//! `lastmile outbox`: look at messages and mend them.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Subcommand, ValueEnum};
use serde::Serialize;

use lastmile::outbox::{Filter, Row, Store};

use crate::cli::load::Context;
use crate::cli::table::{self, Cell, Long};
use crate::cli::text::{indented, one_line, printable};
use crate::cli::{style, when};

/// What to do with the outbox.
#[derive(Subcommand)]
pub(crate) enum Action {
    /// List messages, newest first.
    #[command(after_help = "Examples:
  lastmile outbox list
  lastmile outbox list --target web-1 --limit 5
  lastmile --json outbox list --state dead")]
    List {
        /// Only this target.
        #[arg(long)]
        target: Option<String>,
        /// Only messages in this state.
        #[arg(long, value_enum)]
        state: Option<State>,
        /// At most so many.
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// Show all of one message but its certificate and key.
    #[command(after_help = "Example:
  lastmile outbox show 17")]
    Show {
        /// The message's number.
        id: i64,
    },
    /// Make a dead or waiting message ready now, with its attempts counted anew.
    #[command(after_help = "Example:
  lastmile outbox retry 17")]
    Retry {
        /// The message's number.
        id: i64,
    },
    /// Take back a message that does not run yet, and wipe its key.
    #[command(after_help = "Example:
  lastmile outbox cancel 17")]
    Cancel {
        /// The message's number.
        id: i64,
    },
}

/// Where a message is in its life.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum State {
    /// It waits for its turn, or for another attempt.
    Pending,
    /// A worker has it.
    Running,
    /// The target holds the certificate.
    Done,
    /// A newer one came first.
    Superseded,
    /// It failed and is not tried again by itself.
    Dead,
    /// An operator took it back.
    Cancelled,
}

/// A row with its times as RFC 3339 beside the Unix milliseconds.
#[derive(Serialize)]
pub(crate) struct Shown<'a> {
    #[serde(flatten)]
    row: &'a Row,
    created: String,
    due: Option<String>,
    finished: Option<String>,
}

impl<'a> Shown<'a> {
    /// The row as scripts see it.
    pub(crate) fn new(row: &'a Row) -> Self {
        Self {
            row,
            created: when::rfc3339(row.created_ms),
            due: row.due_ms.map(when::rfc3339),
            finished: row.finished_ms.map(when::rfc3339),
        }
    }
}

/// Runs the action.
pub(crate) fn run(context: &Context, action: Action) -> anyhow::Result<ExitCode> {
    let manifest = context.manifest()?;
    let store = context.store(&manifest)?;
    match action {
        Action::List { target, state, limit } => {
            let state = state.and_then(|state| Some(state.to_possible_value()?.get_name().to_owned()));
            let rows = store.list(&Filter { target, state, limit })?;
            if context.json {
                Context::print_json(&rows.iter().map(Shown::new).collect::<Vec<_>>())?;
            } else {
                list(&rows);
            }
        }
        Action::Show { id } => {
            let row = store.show(id)?.with_context(|| format!("there is no message {id} in the outbox"))?;
            show(context, &row)?;
        }
        Action::Retry { id } => {
            store.retry(id)?;
            after(context, &store, id)?;
        }
        Action::Cancel { id } => {
            store.cancel(id)?;
            after(context, &store, id)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Says what the message is now.
fn after(context: &Context, store: &impl Store, id: i64) -> anyhow::Result<()> {
    let row = store.show(id)?.with_context(|| format!("there is no message {id} in the outbox"))?;
    if context.json {
        return Context::print_json(&Shown::new(&row));
    }
    println!("message {id} for target {} is {}", row.target, row.state);
    Ok(())
}

fn list(rows: &[Row]) {
    let header = ["message", "tenant", "target", "state", "outcome", "enqueued (UTC)", "fingerprint", "note"];
    let cells = |row: &Row| {
        let (label, colour) = row.outcome.map_or(("-", style::QUIET), |o| (o.label(), style::outcome(o)));
        vec![
            Cell::number(row.id),
            Cell::new(&row.tenant),
            Cell::new(&row.target),
            Cell::new(&row.state),
            Cell::new(label).styled(colour),
            Cell::new(when::human(row.created_ms)),
            Cell::new(row.fingerprint.get(..12).unwrap_or(&row.fingerprint)),
            Cell::new(&row.note),
        ]
    };
    table::print(&header, &rows.iter().map(cells).collect::<Vec<_>>(), Long::Cut);
}

fn show(context: &Context, row: &Row) -> anyhow::Result<()> {
    if context.json {
        return Context::print_json(&Shown::new(row));
    }
    let moment = |at: Option<i64>| at.map_or("-".to_owned(), |at| format!("{} UTC", when::human(at)));
    let colour = row.outcome.map_or(style::QUIET, style::outcome);
    println!("message      {}", row.id);
    println!("event        {}", one_line(&row.event_id));
    println!("tenant       {}", one_line(&row.tenant));
    println!("target       {}", one_line(&row.target));
    println!("generation   {}", row.generation);
    println!("fingerprint  {}", one_line(&row.fingerprint));
    println!("valid until  {}", moment(Some(row.not_after.saturating_mul(1000))));
    println!("state        {}", row.state);
    anstream::println!(
        "outcome      {colour}{}{colour:#}",
        row.outcome.map_or("-", |outcome| outcome.label())
    );
    println!("attempts     {}, handed out {} times", row.attempts, row.claims);
    println!("enqueued     {}", moment(Some(row.created_ms)));
    println!("due          {}", moment(row.due_ms));
    println!("finished     {}", moment(row.finished_ms));
    println!("reference    {}", one_line(&row.reference));
    println!("note         {}", indented(&printable(&row.note)));
    Ok(())
}
