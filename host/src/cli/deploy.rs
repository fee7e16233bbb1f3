//! `lastmile deploy`: enqueue; optionally wait, or only plan.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context as _, bail};
use clap::Args;
use serde_json::json;
use zeroize::Zeroizing;

use lastmile::credential::{Credential, seal};
use lastmile::deploy::plan::{Plan, PlanDoors, Step};
use lastmile::deploy::resolve::Catalogue;
use lastmile::deploy::{guest_deployment, run_failure};
use lastmile::manifest::Manifest;
use lastmile::outbox::{NewMessage, Payload, Store};
use lastmile::sandbox::Cancel;

use crate::cli::load::{self, Context};
use crate::cli::{exit, style};

/// Options of `lastmile deploy`.
#[derive(Args)]
pub(crate) struct Options {
    /// The target's name in plugins.toml.
    target: String,
    /// The certificate, PEM or DER; the chain may follow it in the same file.
    #[arg(long)]
    certificate: PathBuf,
    /// The chain, if it is not in the certificate's file.
    #[arg(long)]
    chain: Option<PathBuf>,
    /// The private key, PEM or DER. It is sealed before it is written anywhere.
    #[arg(long)]
    key: PathBuf,
    /// Wait for the receipt. A worker (`lastmile run`) must be running.
    #[arg(long)]
    wait: bool,
    /// With --wait: how long, in seconds.
    #[arg(long, default_value_t = 120)]
    timeout: u64,
    /// Print what would be written, run and dialled; change nothing, enqueue nothing.
    #[arg(long, conflicts_with = "wait")]
    dry_run: bool,
}

/// Checks the credential, then enqueues or plans.
pub(crate) fn run(context: &Context, options: Options) -> anyhow::Result<ExitCode> {
    let manifest = match context.manifest() {
        Ok(manifest) => manifest,
        Err(faults) => return Ok(super::check::print_faults(context, &faults)),
    };
    let Some(target) = manifest.targets.get(&options.target) else {
        let known: Vec<&str> = manifest.targets.keys().map(String::as_str).collect();
        bail!(
            "no target `{}` in {}; there are: {}",
            options.target,
            context.config.display(),
            known.join(", ")
        );
    };
    let key = Zeroizing::new(read(&options.key)?);
    let chain = options.chain.as_deref().map(read).transpose()?.unwrap_or_default();
    let credential = Credential::parse(
        &read(&options.certificate)?,
        &chain,
        Some(&key),
        SystemTime::now(),
        target.allow_expired,
    )
    .with_context(|| format!("{} with {}", options.certificate.display(), options.key.display()))?;
    if options.dry_run {
        return plan(context, &manifest, &options.target, credential);
    }
    let identity = context.identity(&manifest)?;
    let store = context.store(&manifest)?;
    let message = NewMessage {
        event_id: uuid::Uuid::new_v4().to_string(),
        tenant: target.tenant.clone(),
        target: options.target.clone(),
        generation: None,
        fingerprint: credential.fingerprint().to_owned(),
        payload: Payload {
            version: 1,
            certificate: credential.leaf_pem().to_owned(),
            chain: credential.chain_pem().to_owned(),
            key: seal(&key, &[identity.recipient()])?,
            not_after: credential.not_after(),
        },
    };
    let id = store.enqueue(&message)?;
    if !options.wait {
        if context.json {
            Context::print_json(&json!({ "message": id, "fingerprint": credential.fingerprint() }))?;
        } else {
            println!("enqueued message {id} for target {}", options.target);
        }
        return Ok(ExitCode::SUCCESS);
    }
    wait(context, &store, id, Duration::from_secs(options.timeout))
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).with_context(|| path.display().to_string())
}

fn wait(context: &Context, store: &impl Store, id: i64, timeout: Duration) -> anyhow::Result<ExitCode> {
    let started = Instant::now();
    let mut last = String::new();
    loop {
        let row = store.show(id)?.with_context(|| format!("message {id} is gone"))?;
        if let Some(outcome) = row.outcome {
            if context.json {
                Context::print_json(&row)?;
            } else {
                let colour = style::outcome(outcome);
                anstream::println!("{colour}{}{colour:#}  {}  {}", outcome.label(), row.target, row.note);
            }
            return Ok(if outcome.is_success() {
                ExitCode::SUCCESS
            } else {
                ExitCode::from(exit::DEPLOYMENT)
            });
        }
        if started.elapsed() > timeout {
            eprintln!("message {id} is still {} after {} s", row.state, timeout.as_secs());
            return Ok(ExitCode::from(exit::TIMED_OUT));
        }
        if row.state != last && !context.json {
            eprintln!("message {id}: {}", row.state);
            last.clone_from(&row.state);
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn plan(
    context: &Context,
    manifest: &Manifest,
    name: &str,
    credential: Credential,
) -> anyhow::Result<ExitCode> {
    let sandbox = load::sandbox(&manifest.host.state_dir)?;
    let (loaded, refused) = load::plugins(&sandbox, manifest);
    for (plugin, error) in refused {
        tracing::error!(plugin, "refused: {error}");
    }
    let catalogue = Catalogue::new(manifest.clone(), loaded);
    let tenant = manifest.targets.get(name).map(|target| target.tenant.clone()).unwrap_or_default();
    let resolved = catalogue.resolve(&tenant, name).map_err(|failure| anyhow::anyhow!(failure.message))?;
    let declared = resolved.declared().map_err(|failure| anyhow::anyhow!(failure.message))?;
    let steps = Plan::default();
    let doors = PlanDoors::new(declared, Arc::clone(&steps));
    let guest =
        guest_deployment(&resolved, &credential, 1).map_err(|failure| anyhow::anyhow!(failure.message))?;
    let deadline = Instant::now() + resolved.plugin.limits.wall;
    let ended = resolved.loaded.deploy(&guest, Box::new(doors), deadline, &Cancel::default());
    if let Err(error) = &ended {
        bail!(run_failure(error).message);
    }
    let steps = steps.lock().map(|steps| steps.clone()).unwrap_or_default();
    if context.json {
        Context::print_json(&json!({ "target": name, "steps": steps }))?;
    } else {
        println!("dry run: target {name}, nothing was changed");
        for step in &steps {
            println!("  {}", describe(step));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn describe(step: &Step) -> String {
    match step {
        Step::Write { path, mode, parts } => format!("write   {path}  mode {mode}  ({})", parts.join("; ")),
        Step::Exec { argv, .. } => format!("run     {}", argv.join(" ")),
        Step::Dial { endpoint } => format!("dial    {endpoint}"),
        Step::Request { request } => {
            format!("send    {request}  (its answer is unknown: the plan ends here)")
        }
    }
}
