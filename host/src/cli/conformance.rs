//! `lastmile conformance FILE`: what a platform team asks of a component before admitting it.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;

use lastmile::conformance::{self, Check, Subject};

use crate::cli::load::{self, Context};
use crate::cli::{exit, style};

/// Options of `lastmile conformance`.
#[derive(Args)]
pub(crate) struct Options {
    /// The component.
    file: PathBuf,
    /// A target's configuration for it, a JSON file.
    #[arg(long)]
    target_config: PathBuf,
    /// Let it import WASI, answered inertly.
    #[arg(long)]
    inert_wasi: bool,
}

/// Runs every check and prints the report.
pub(crate) fn run(context: &Context, options: &Options) -> anyhow::Result<ExitCode> {
    let config = std::fs::read_to_string(&options.target_config)
        .with_context(|| options.target_config.display().to_string())?;
    let state = tempdir()?;
    let sandbox = load::sandbox(&state)?;
    let subject = Subject { component: options.file.clone(), config, inert_wasi: options.inert_wasi };
    let report = conformance::examine(&sandbox, &subject);
    std::fs::remove_dir_all(&state).ok();
    let report = report?;
    if context.json {
        Context::print_json(&report)?;
    } else {
        for Check { name, fault } in &report {
            match fault {
                None => anstream::println!("{}pass{}  {name}", style::GOOD, style::PLAIN),
                Some(fault) => anstream::println!("{}FAIL{}  {name}: {fault}", style::BAD, style::PLAIN),
            }
        }
    }
    let failed = report.iter().any(|check| check.fault.is_some());
    Ok(if failed { ExitCode::from(exit::REFUSED) } else { ExitCode::SUCCESS })
}

fn tempdir() -> anyhow::Result<PathBuf> {
    use std::os::unix::fs::DirBuilderExt;
    let path = std::env::temp_dir().join(format!("lastmile-{}", uuid::Uuid::new_v4()));
    std::fs::DirBuilder::new().mode(0o700).create(&path)?;
    Ok(path)
}
