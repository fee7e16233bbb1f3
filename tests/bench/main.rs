//! `make bench`: ratios, measured side by side in one run, to the terminal and into docs/benchmarks.md.
//!
//! The sides of a ratio take turns, so that whatever else the machine does meets all of them. Nothing here
//! fails because something was slow.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a benchmark fails by panicking"
)]

mod calls;
mod deployment;
mod machine;
mod measure;
mod nginx;
mod outbox;
mod raw;
mod report;
#[allow(dead_code, reason = "the tests use all of it")]
#[path = "../end_to_end/room.rs"]
mod room;
mod specimen;

use report::Report;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if let ["--cycles", side, batch, rounds, path] = arguments[..] {
        return outbox::cycles_for_strace(
            side,
            batch.parse().unwrap(),
            rounds.parse().unwrap(),
            path.as_ref(),
        );
    }
    // cargo adds --bench; any other word names the sections to run.
    let wanted: Vec<&str> = arguments.into_iter().filter(|argument| !argument.starts_with("--")).collect();
    let runs = |name: &str| wanted.is_empty() || wanted.contains(&name);
    let mut report = Report::default();
    report.machine(&machine::facts());
    if runs("deployment") {
        deployment::measure(&mut report);
    }
    if runs("calls") {
        calls::measure(&mut report);
    }
    if runs("outbox") {
        outbox::measure(&mut report);
    }
    if runs("nginx") {
        nginx::measure(&mut report);
    }
    report.line(&format!("Load average at the end: {}.", machine::load()));
    if wanted.is_empty() {
        report.write(&room::repository().join("docs/benchmarks.md"));
    }
}
