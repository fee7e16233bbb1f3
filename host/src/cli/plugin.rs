//! `lastmile plugin`: what a component is, before and after it is admitted.

mod inspect;

use std::process::ExitCode;

use clap::Subcommand;
use serde_json::json;

use crate::cli::load::{self, Context};
use crate::cli::table::{self, Cell, Long};
use crate::cli::{exit, style};

/// What to look at.
#[derive(Subcommand)]
pub(crate) enum Action {
    /// Judge a component by itself: digest, imports, exports, admission with compilation, its own name.
    ///
    /// No plugins.toml and no state directory are needed. With a target's configuration it also prints what the
    /// connector declares, as the grant to paste.
    #[command(after_help = "Examples:
  lastmile plugin inspect plugins/nginx.wasm
  lastmile plugin inspect plugins/nginx.wasm --target-config target.json
  lastmile plugin inspect vendor.wasm --inert-wasi --json

Exit code 4: it would be refused. 3: it refuses the configuration.")]
    Inspect(inspect::Options),
    /// List the plugins of plugins.toml and whether each is admitted.
    #[command(after_help = "Example:
  lastmile plugin list

Exit code 4: at least one was refused.")]
    List,
}

/// Runs the action.
pub(crate) fn run(context: &Context, action: Action) -> anyhow::Result<ExitCode> {
    match action {
        Action::Inspect(options) => inspect::run(context, &options),
        Action::List => list(context),
    }
}

fn list(context: &Context) -> anyhow::Result<ExitCode> {
    let manifest = context.manifest()?;
    let (sandbox, _private) = load::examining(Some(&manifest.host.state_dir))?;
    let (_, refused) = load::plugins(&sandbox, &manifest);
    let reason =
        |name: &str| refused.iter().find(|(plugin, _)| plugin == name).map(|(_, error)| &error.reason);
    let targets = |name: &str| manifest.targets.values().filter(|target| target.plugin == name).count();
    if context.json {
        let row = |(name, plugin): (&String, &lastmile::manifest::Plugin)| {
            json!({
                "plugin": name, "component": plugin.component, "sha256": plugin.sha256.map(hex::encode),
                "targets": targets(name), "refused": reason(name),
            })
        };
        Context::print_json(&manifest.plugins.iter().map(row).collect::<Vec<_>>())?;
    } else {
        let row = |(name, plugin): (&String, &lastmile::manifest::Plugin)| {
            let pinned = if plugin.sha256.is_some() { "pinned" } else { "unpinned" };
            let (verdict, colour, last) = match reason(name) {
                None => ("admitted", style::GOOD, plugin.component.display().to_string()),
                Some(why) => ("refused", style::BAD, why.clone()),
            };
            vec![
                Cell::new(name),
                Cell::new(verdict).styled(colour),
                Cell::new(pinned),
                Cell::number(targets(name)),
                Cell::new(last),
            ]
        };
        let rows: Vec<_> = manifest.plugins.iter().map(row).collect();
        table::print(&["plugin", "verdict", "digest", "targets", "component, or why not"], &rows, Long::Wrap);
    }
    Ok(exit::unless(!refused.is_empty(), exit::REFUSED))
}
