//! `--wait`: what happens to the message, as it happens, and the receipt.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use lastmile::outbox::{Filter, Row, Store};

use crate::cli::load::Context;
use crate::cli::outbox::Shown;
use crate::cli::text::{indented, one_line, printable};
use crate::cli::{exit, style, when};

const POLL: Duration = Duration::from_millis(100);
/// A worker looks several times a second; one that did not come after this long does not run.
const NOBODY: Duration = Duration::from_secs(3);

/// Waits for the message's end. Progress goes to standard error, the receipt to standard output.
pub(super) fn run(
    context: &Context,
    store: &impl Store,
    id: i64,
    timeout: Duration,
) -> anyhow::Result<ExitCode> {
    let started = Instant::now();
    let mut last = String::new();
    let mut complained = false;
    loop {
        let row = store.show(id)?.with_context(|| format!("message {id} is gone"))?;
        if let Some(outcome) = row.outcome {
            receipt(context, &row, started.elapsed())?;
            return Ok(exit::unless(!outcome.is_success(), exit::DEPLOYMENT));
        }
        let now = progress(&row);
        if now != last {
            eprintln!("message {id}: {now}");
            last = now;
        }
        if !complained && started.elapsed() > NOBODY && nobody_comes(store, &row)? {
            eprintln!(
                "message {id}: no worker seems to be running: start `lastmile run`. The message stays pending until one comes."
            );
            complained = true;
        }
        if started.elapsed() > timeout {
            eprintln!(
                "message {id}: still {} after {}; it goes on without me: `lastmile outbox show {id}`",
                row.state,
                when::length(timeout)
            );
            if context.json {
                Context::print_json(&Shown::new(&row))?;
            }
            return Ok(ExitCode::from(exit::TIMED_OUT));
        }
        std::thread::sleep(POLL);
    }
}

/// In one line, the same for as long as nothing changes.
fn progress(row: &Row) -> String {
    match row.state.as_str() {
        "running" => format!("claimed, attempt {}", row.attempts + 1),
        "pending" if row.attempts > 0 => {
            let due = row.due_ms.map(|due| format!(" at {} UTC", when::human(due))).unwrap_or_default();
            format!("waiting for attempt {}{due}: {}", row.attempts + 1, one_line(&row.note))
        }
        "pending" => "queued".to_owned(),
        state => state.to_owned(),
    }
}

/// The message is due, and nothing at all runs.
fn nobody_comes(store: &impl Store, row: &Row) -> anyhow::Result<bool> {
    let late = i64::try_from(NOBODY.as_millis()).unwrap_or(0);
    let due = row.state == "pending" && row.due_ms.is_none_or(|due| due + late < when::now_ms());
    let running = Filter { state: Some("running".to_owned()), limit: 1, ..Filter::default() };
    Ok(due && store.list(&running)?.is_empty())
}

fn receipt(context: &Context, row: &Row, took: Duration) -> anyhow::Result<()> {
    if context.json {
        return Context::print_json(&Shown::new(row));
    }
    let label = row.outcome.map_or("", lastmile::outcome::Outcome::label);
    let colour = row.outcome.map_or(style::WARN, style::outcome);
    anstream::println!("outcome      {colour}{label}{colour:#}");
    println!("target       {}", row.target);
    println!("fingerprint  {}", row.fingerprint);
    if !row.reference.is_empty() {
        println!("reference    {}", one_line(&row.reference));
    }
    if !row.note.is_empty() {
        println!("note         {}", indented(&printable(&row.note)));
    }
    let attempts = if row.attempts > 1 { format!(", {} attempts", row.attempts) } else { String::new() };
    println!("took         {}{attempts}", when::length(took));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(state: &str, attempts: u32) -> Row {
        Row {
            id: 7,
            event_id: String::new(),
            tenant: "default".to_owned(),
            target: "web".to_owned(),
            generation: 1,
            fingerprint: "00".repeat(32),
            not_after: 0,
            state: state.to_owned(),
            outcome: None,
            changed: None,
            reference: String::new(),
            note: "is nginx running?\nexit code 1".to_owned(),
            attempts,
            claims: attempts,
            created_ms: 0,
            due_ms: Some(1_796_083_200_000),
            finished_ms: None,
        }
    }

    #[test]
    fn each_state_has_its_line() {
        assert_eq!(progress(&row("pending", 0)), "queued");
        assert_eq!(progress(&row("running", 1)), "claimed, attempt 2");
        assert_eq!(
            progress(&row("pending", 1)),
            "waiting for attempt 2 at 2026-12-01 00:00:00 UTC: is nginx running? exit code 1"
        );
    }
}
