//! `lastmile plugin`: what a component is, before and after it is admitted.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
use serde_json::json;

use lastmile::sandbox::inspect;

use crate::cli::load::{self, Context};
use crate::cli::{exit, style};

/// What to look at.
#[derive(Subcommand)]
pub(crate) enum Action {
    /// Print a component's digest, size, imports, exports and the verdict of the admission scan.
    Inspect {
        /// The component.
        file: PathBuf,
    },
    /// List the plugins of plugins.toml and whether each is admitted.
    List,
}

/// Runs the action.
pub(crate) fn run(context: &Context, action: Action) -> anyhow::Result<ExitCode> {
    match action {
        Action::Inspect { file } => inspect_file(context, &file),
        Action::List => list(context),
    }
}

fn inspect_file(context: &Context, file: &std::path::Path) -> anyhow::Result<ExitCode> {
    let report = inspect(file)?;
    if context.json {
        Context::print_json(&report)?;
    } else {
        println!("file     {}", file.display());
        println!("sha256   {}", report.sha256);
        println!("size     {} bytes", report.size);
        for import in &report.imports {
            println!("import   {import}");
        }
        for export in &report.exports {
            println!("export   {export}");
        }
        match &report.refused {
            None => anstream::println!("verdict  {}admissible{}", style::GOOD, style::PLAIN),
            Some(why) => anstream::println!("verdict  {}refused{}: {why}", style::BAD, style::PLAIN),
        }
    }
    Ok(if report.refused.is_none() { ExitCode::SUCCESS } else { ExitCode::from(exit::REFUSED) })
}

fn list(context: &Context) -> anyhow::Result<ExitCode> {
    let manifest = match context.manifest() {
        Ok(manifest) => manifest,
        Err(faults) => return Ok(super::check::print_faults(context, &faults)),
    };
    let sandbox = load::sandbox(&manifest.host.state_dir)?;
    let mut rows = Vec::new();
    for (name, plugin) in &manifest.plugins {
        let verdict = load::plugin(&sandbox, plugin).map(drop).map_err(|error| error.to_string());
        rows.push((name, &plugin.component, verdict));
    }
    let refused = rows.iter().any(|(_, _, verdict)| verdict.is_err());
    if context.json {
        let list: Vec<_> = rows
            .iter()
            .map(|(name, path, verdict)| json!({ "plugin": name, "component": path, "refused": verdict.as_ref().err() }))
            .collect();
        Context::print_json(&list)?;
    } else {
        for (name, path, verdict) in &rows {
            match verdict {
                Ok(()) => anstream::println!(
                    "{name:<20} {}admitted{}  {}",
                    style::GOOD,
                    style::PLAIN,
                    path.display()
                ),
                Err(why) => anstream::println!("{name:<20} {}refused{}   {why}", style::BAD, style::PLAIN),
            }
        }
    }
    Ok(if refused { ExitCode::from(exit::REFUSED) } else { ExitCode::SUCCESS })
}
