//! `--dry-run`: the connector runs, behind doors that compare and write down, and change nothing.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use serde_json::json;

use lastmile::capability::fs::FsError;
use lastmile::capability::vault::Vault;
use lastmile::credential::Credential;
use lastmile::deploy::plan::{Plan, PlanDoors, Step};
use lastmile::deploy::resolve::{Catalogue, Resolved};
use lastmile::deploy::{guest_deployment, guest_failure, run_failure};
use lastmile::manifest::{Manifest, Target};
use lastmile::outcome::{Failure, Outcome};
use lastmile::sandbox::Cancel;

use crate::cli::load::{self, Context};
use crate::cli::text::{indented, one_line, printable};
use crate::cli::{exit, style};

/// Plans and prints.
pub(super) fn run(
    context: &Context,
    manifest: &Manifest,
    target: &Target,
    credential: Credential,
) -> anyhow::Result<ExitCode> {
    let (sandbox, _private) = load::examining(Some(&manifest.host.state_dir))?;
    let mut only = manifest.clone();
    only.plugins.retain(|name, _| *name == target.plugin);
    let (loaded, refused) = load::plugins(&sandbox, &only);
    if let Some((_, error)) = refused.into_iter().next() {
        anyhow::bail!("the deployment would fail: {error}");
    }
    let catalogue = Catalogue::new(only, loaded);
    let steps = Plan::default();
    let ended = catalogue
        .resolve(&target.tenant, &target.name)
        .and_then(|resolved| plan(&resolved, Arc::new(credential), &steps));
    let steps = steps.lock().map(|steps| steps.clone()).unwrap_or_default();
    let failure = ended.err();
    if context.json {
        let failure = failure.as_ref().map(|f| json!({ "outcome": f.outcome, "message": f.message }));
        Context::print_json(&json!({ "target": target.name, "steps": steps, "failure": failure }))?;
    } else {
        print(&target.name, &steps, failure.as_ref());
    }
    Ok(exit::unless(failure.is_some(), exit::DEPLOYMENT))
}

/// Runs the connector. That a request has no answer here is the plan's end and no failure.
fn plan(resolved: &Resolved, credential: Arc<Credential>, steps: &Plan) -> Result<(), Failure> {
    let declared = resolved.declared()?;
    let guest = guest_deployment(resolved, &credential, 1)?;
    let vault = Vault::new(credential, resolved.secrets()?);
    let doors = PlanDoors::open(declared, vault, Arc::clone(steps)).map_err(|error| {
        let (FsError::Denied(text) | FsError::Invalid(text) | FsError::Io(text)) = error;
        Failure::new(Outcome::Misconfigured, text)
    })?;
    let deadline = Instant::now() + resolved.plugin.limits.wall;
    match resolved.loaded.deploy(&guest, Box::new(doors), deadline, &Cancel::default()) {
        Err(error) => Err(run_failure(&error)),
        Ok(Ok(_)) => Ok(()),
        Ok(Err(failure)) => {
            let asked = |step: &Step| matches!(step, Step::Request { .. });
            let unanswered = steps.lock().is_ok_and(|steps| steps.iter().any(asked));
            if unanswered { Ok(()) } else { Err(guest_failure(failure)) }
        }
    }
}

fn print(target: &str, steps: &[Step], failure: Option<&Failure>) {
    println!("dry run: target {target}, nothing was changed");
    for step in steps {
        println!("  {}", one_line(&describe(step)));
    }
    match failure {
        Some(failure) => {
            let text = indented(&printable(&failure.message));
            let (bad, plain) = (style::BAD, style::PLAIN);
            anstream::println!("the deployment would fail: {bad}{}{plain}: {text}", failure.outcome.label());
        }
        None if steps.iter().any(|step| matches!(step, Step::Request { .. })) => {
            println!("What follows depends on the answer, which a dry run does not have.");
        }
        None => println!("Commands are taken to succeed."),
    }
}

fn describe(step: &Step) -> String {
    match step {
        Step::Write { path, effect, mode, parts } => {
            format!("{effect:<9}  {path}  mode {mode}  ({})", parts.join("; "))
        }
        Step::Exec { argv, on_rollback } => {
            let undo = match on_rollback {
                None => String::new(),
                Some(line) if line == argv => "  (again after an undo)".to_owned(),
                Some(line) => format!("  (after an undo: {})", line.join(" ")),
            };
            format!("run        {}{undo}", argv.join(" "))
        }
        Step::Dial { endpoint } => format!("dial       {endpoint}"),
        Step::Note { note } => format!("note       {note}  (for a rollback)"),
        Step::Request { request } => format!("send       {request}"),
    }
}
