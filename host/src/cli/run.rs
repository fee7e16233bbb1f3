//! `lastmile run`: the worker.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use clap::Args;
use signal_hook::consts::{SIGINT, SIGTERM};

use lastmile::deploy::Deployer;
use lastmile::deploy::resolve::Catalogue;
use lastmile::manifest::Manifest;
use lastmile::worker::{Pace, Worker};

use crate::cli::load::{self, Context, journal_path};

/// Options of `lastmile run`.
#[derive(Args)]
#[command(after_help = "Examples:
  lastmile run
  lastmile run --until-idle
  RUST_LOG=debug lastmile --log-format json run

SIGTERM or SIGINT lets what runs come to its end; a second one stops at once, and the next start puts back what was
half done. Several workers on one state directory are safe.")]
pub(crate) struct Options {
    /// Stop once nothing is ready and nothing runs.
    #[arg(long)]
    until_idle: bool,
}

/// Recovers what a crash left, then delivers until SIGTERM or SIGINT.
pub(crate) fn run(context: &Context, options: &Options) -> anyhow::Result<ExitCode> {
    let manifest = context.manifest()?;
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGTERM, SIGINT] {
        signal_hook::flag::register_conditional_shutdown(signal, 1, Arc::clone(&stop))?;
        signal_hook::flag::register(signal, Arc::clone(&stop))?;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let worker = worker(context, &manifest, &runtime)?;
    worker.run(&stop, options.until_idle)?;
    tracing::info!("stopped");
    Ok(ExitCode::SUCCESS)
}

/// A worker over the manifest's plugins, after recovery.
fn worker(
    context: &Context,
    manifest: &Manifest,
    runtime: &tokio::runtime::Runtime,
) -> anyhow::Result<Worker> {
    let state = &manifest.host.state_dir;
    let identity = Arc::new(context.identity(manifest)?);
    let store = Arc::new(context.store(manifest)?);
    let sandbox = load::sandbox(state)?;
    let (loaded, refused) = load::plugins(&sandbox, manifest);
    for (plugin, error) in &refused {
        tracing::error!(plugin, "refused: {}", error.reason);
    }
    let admitted = loaded.len();
    let catalogue = Arc::new(Catalogue::new(manifest.clone(), loaded));
    let deployer = Deployer::new(catalogue, identity, journal_path(state), runtime.handle().clone());
    let recovered = deployer.recover();
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        admitted,
        refused = refused.len(),
        targets = manifest.targets.len(),
        recovered,
        concurrency = manifest.host.concurrency,
        state = %state.display(),
        "lastmile runs"
    );
    let pace = Pace { concurrency: manifest.host.concurrency, lease: manifest.host.lease, ..Pace::default() };
    Ok(Worker::new(store, Arc::new(deployer), pace))
}
