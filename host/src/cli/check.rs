//! `lastmile check`: the manifest, every plugin, every target; no side effect but the compile cache.

use std::process::ExitCode;

use serde_json::json;

use lastmile::deploy::resolve::Catalogue;
use lastmile::manifest::Faults;

use crate::cli::load::{self, Context};
use crate::cli::{exit, style};

/// Checks everything and reports all faults at once.
pub(crate) fn run(context: &Context) -> anyhow::Result<ExitCode> {
    let manifest = match context.manifest() {
        Ok(manifest) => manifest,
        Err(faults) => return Ok(print_faults(context, &faults)),
    };
    let sandbox = load::sandbox(&manifest.host.state_dir)?;
    let (loaded, refused) = load::plugins(&sandbox, &manifest);
    let catalogue = Catalogue::new(manifest.clone(), loaded);
    let mut faults: Vec<(String, String)> =
        refused.into_iter().map(|(plugin, error)| (format!("plugins.{plugin}"), error.to_string())).collect();
    for (name, target) in &manifest.targets {
        let checked = catalogue
            .resolve(&target.tenant, name)
            .and_then(|resolved| resolved.declared().and_then(|_| resolved.secrets().map(drop)));
        if let Err(failure) = checked {
            faults.push((format!("targets.{name}"), failure.message));
        }
    }
    if context.json {
        let list: Vec<_> =
            faults.iter().map(|(key, message)| json!({ "key": key, "message": message })).collect();
        Context::print_json(&json!({ "ok": faults.is_empty(), "faults": list }))?;
    } else {
        for (key, message) in &faults {
            anstream::println!(
                "{}{}{}: {key}: {message}",
                style::BAD,
                context.config.display(),
                style::PLAIN
            );
        }
        if faults.is_empty() {
            anstream::println!(
                "{}ok{}: {} plugins, {} targets",
                style::GOOD,
                style::PLAIN,
                manifest.plugins.len(),
                manifest.targets.len()
            );
        }
    }
    Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(exit::CONFIGURATION) })
}

/// The manifest's own faults.
pub(crate) fn print_faults(context: &Context, faults: &Faults) -> ExitCode {
    if context.json {
        let _ = Context::print_json(&json!({ "ok": false, "faults": faults.list() }));
    } else {
        eprint!("{faults}");
    }
    ExitCode::from(exit::CONFIGURATION)
}
