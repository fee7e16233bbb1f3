//! `lastmile conformance FILE`: what a platform team asks of a component before admitting it.

mod record;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use serde_json::json;

use lastmile::conformance::{self, Check, Report, Subject, Transcript, Verdict};
use lastmile::sandbox::inspect;

use crate::cli::load::{self, Context};
use crate::cli::table::{self, Cell, Long};
use crate::cli::{exit, style};

/// Options of `lastmile conformance`.
#[derive(Args)]
#[command(after_help = "Examples:
  lastmile conformance plugins/nginx.wasm --target-config target.json
  lastmile conformance plugins/aws-acm.wasm --target-config guests/aws-acm/conformance/target.json \\
    --transcript guests/aws-acm/conformance/transcript.json
  lastmile --json conformance vendor.wasm --target-config target.json --inert-wasi
  lastmile conformance plugins/aws-acm.wasm --record acm.json --target acm-1 --certificate new.pem --key new.key
  lastmile conformance plugins/aws-acm.wasm --transcript acm.json

Without --record nothing real is written, run or dialled. The transcript's form: docs/conformance.md.
Exit code 4: a check failed, or the component was refused.")]
pub(crate) struct Options {
    /// The component.
    file: PathBuf,
    /// A target's configuration for it, a JSON file; a transcript that was recorded holds one.
    #[arg(long, value_name = "FILE", required_unless_present_any = ["transcript", "record"])]
    target_config: Option<PathBuf>,
    /// What its target is asked and answers, a JSON file; a connector that dials needs one.
    #[arg(long, value_name = "FILE")]
    transcript: Option<PathBuf>,
    /// Let it import WASI, answered inertly.
    #[arg(long)]
    inert_wasi: bool,
    #[command(flatten)]
    recording: record::Recording,
}

/// Runs every check and prints the report.
pub(crate) fn run(context: &Context, options: &Options) -> anyhow::Result<ExitCode> {
    if let Some(to) = &options.recording.record {
        return record::run(context, &options.file, to, &options.recording);
    }
    let transcript = options
        .transcript
        .as_deref()
        .map(|path| Transcript::parse(&read(path)?).with_context(|| path.display().to_string()));
    let transcript = transcript.transpose()?;
    let config = match &options.target_config {
        Some(path) => load::target_config(path)?,
        None => transcript
            .as_ref()
            .and_then(Transcript::config)
            .context("the transcript holds no `config`: give --target-config")?,
    };
    let digest = inspect(&options.file)?.sha256;
    let (sandbox, _private) = load::examining(None)?;
    let subject =
        Subject { component: options.file.clone(), config, inert_wasi: options.inert_wasi, transcript };
    let report = match conformance::examine(&sandbox, &subject) {
        Ok(report) => report,
        Err(error) => return refused(context, options, &digest, &error.to_string()),
    };
    if context.json {
        Context::print_json(&json!({
            "file": options.file, "sha256": digest, "ok": report.is_good(), "refused": null, "name": report.name,
            "grant": report.grant, "sealed": report.sealed, "checks": report.checks,
        }))?;
    } else {
        print(&report);
    }
    Ok(exit::unless(!report.is_good(), exit::REFUSED))
}

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| path.display().to_string())
}

fn refused(context: &Context, options: &Options, digest: &str, why: &str) -> anyhow::Result<ExitCode> {
    if context.json {
        let file = &options.file;
        Context::print_json(
            &json!({ "file": file, "sha256": digest, "ok": false, "refused": why, "checks": [] }),
        )?;
    } else {
        anstream::println!("{}refused{}  {}", style::BAD, style::PLAIN, crate::cli::text::printable(why));
    }
    Ok(ExitCode::from(exit::REFUSED))
}

fn print(report: &Report) {
    let cells = |Check { check, verdict, detail }: &Check| {
        let (word, colour) = match verdict {
            Verdict::Pass => ("pass", style::GOOD),
            Verdict::Fail => ("FAIL", style::BAD),
            Verdict::Skipped => ("skipped", style::WARN),
        };
        vec![Cell::new(word).styled(colour), Cell::new(check), Cell::new(detail)]
    };
    let rows: Vec<_> = report.checks.iter().map(cells).collect();
    table::print(&["verdict", "check", "detail"], &rows, Long::Wrap);
    if !report.grant.is_empty() {
        println!("\nTo grant what it declares, and no more:\n\n{}", report.grant);
    }
}
