//! `lastmile check`: the manifest, every plugin, every target; no side effect but the compile cache.
//!
//! What is wrong with one part does not hide what is wrong with another: the file is read as far as it can be, each
//! component is judged by itself, and each connector is asked about its targets.

mod findings;
mod grants;
mod plugins;
mod targets;

use std::io::ErrorKind;
use std::path::Path;
use std::process::ExitCode;

use serde_json::json;

use lastmile::credential::{Identity, SealError};
use lastmile::manifest::{self, Fault, Faults, Manifest, Survey};

use self::findings::Findings;
use self::grants::Needed;
use crate::cli::load::{self, Context};
use crate::cli::{exit, style, text};

/// Checks everything and reports all faults and warnings at once.
pub(crate) fn run(context: &Context) -> anyhow::Result<ExitCode> {
    let survey = manifest::survey(&context.config);
    let mut findings = Findings::new(&survey);
    if let Some(manifest) = survey.manifest() {
        look(&survey, manifest, &mut findings)?;
    }
    findings.sort();
    if context.json {
        Context::print_json(&json!({
            "ok": findings.faults.is_empty(),
            "file": context.config,
            "faults": findings.faults,
            "warnings": findings.warnings,
            "plugins": survey.manifest().map_or(0, |manifest| manifest.plugins.len()),
            "targets": survey.manifest().map_or(0, |manifest| manifest.targets.len()),
        }))?;
    } else {
        print(context, &survey, &findings);
    }
    Ok(exit::unless(!findings.faults.is_empty(), exit::CONFIGURATION))
}

fn look(survey: &Survey, manifest: &Manifest, findings: &mut Findings<'_>) -> anyhow::Result<()> {
    let state = survey.is_sound("host.state-dir").then_some(manifest.host.state_dir.as_path());
    if let Some(state) = state {
        identity(state, findings);
    }
    let (sandbox, _private) = load::examining(state)?;
    let mut needed = Needed::default();
    let loaded = plugins::check(&sandbox, manifest, findings, &mut needed);
    for target in manifest.targets.values() {
        targets::check(target, manifest, loaded.get(&target.plugin), findings, &mut needed);
    }
    needed.report(manifest, findings);
    Ok(())
}

/// Without one nothing can be deployed; that is no fault of the file. One that no worker would take is.
fn identity(state: &Path, findings: &mut Findings<'_>) {
    let path = load::identity_path(state);
    match Identity::load(&path) {
        Ok(_) => {}
        Err(SealError::File(error)) if error.kind() == ErrorKind::NotFound => {
            let message = format!("there is no identity in {} yet: nothing can be deployed", state.display());
            findings.warn("host.state-dir", message, "run `lastmile init`");
        }
        Err(error @ (SealError::Mode(_) | SealError::NoIdentity)) => {
            let instead = "mend it: nothing can be deployed";
            findings.fault("host.state-dir", format!("{}: {error}", path.display()), instead);
        }
        Err(error) => {
            let message = format!("whether there is an identity cannot be told: {}: {error}", path.display());
            findings.warn("host.state-dir", message, "run `lastmile check` as the user that runs lastmile");
        }
    }
}

fn print(context: &Context, survey: &Survey, findings: &Findings<'_>) {
    for fault in &findings.faults {
        anstream::println!("{}", shown(context, fault, ""));
    }
    for warning in &findings.warnings {
        anstream::println!("{}", shown(context, warning, "warning: "));
    }
    let count = |number: usize, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
    let warnings = match findings.warnings.len() {
        0 => String::new(),
        number => format!(", {}", count(number, "warning")),
    };
    if findings.faults.is_empty() {
        let (plugins, targets) =
            survey.manifest().map_or((0, 0), |manifest| (manifest.plugins.len(), manifest.targets.len()));
        let (good, plain) = (style::GOOD, style::PLAIN);
        anstream::println!(
            "{good}ok{plain}: {}, {}{warnings}",
            count(plugins, "plugin"),
            count(targets, "target")
        );
    } else {
        let (bad, plain) = (style::BAD, style::PLAIN);
        anstream::println!("{bad}{}{plain}{warnings}", count(findings.faults.len(), "fault"));
    }
}

/// `file:line:column: key: message; what to write instead`.
fn shown(context: &Context, fault: &Fault, kind: &str) -> String {
    let colour = if kind.is_empty() { style::BAD } else { style::WARN };
    let place = if fault.line > 0 { format!("{}:{}:", fault.line, fault.column) } else { String::new() };
    let key = if fault.key.is_empty() { String::new() } else { format!(" {}:", fault.key) };
    let text = text::indented(&format!("{}; {}", fault.message, fault.instead));
    format!(
        "{colour}{}:{place}{colour:#} {kind}{}",
        context.config.display(),
        format!("{key} {text}").trim_start()
    )
}

/// The faults of a manifest that another subcommand cannot do without.
pub(crate) fn print_faults(json: bool, faults: &Faults) -> ExitCode {
    if json {
        let _ = Context::print_json(&json!({ "ok": false, "faults": faults.list() }));
    } else {
        eprint!("{faults}");
    }
    ExitCode::from(exit::CONFIGURATION)
}
