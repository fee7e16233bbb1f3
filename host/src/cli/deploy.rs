//! `lastmile deploy`: enqueue; optionally wait, or only plan.

mod dry_run;
mod wait;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, bail};
use clap::Args;
use serde_json::json;
use zeroize::Zeroizing;

use lastmile::credential::{Credential, Identity, seal};
use lastmile::manifest::{Manifest, Target};
use lastmile::outbox::{NewMessage, Payload, Store};

use crate::cli::load::Context;

/// Options of `lastmile deploy`.
#[derive(Args)]
#[command(after_help = "Examples:
  lastmile deploy web-1 --certificate fullchain.pem --key privkey.pem --wait
  lastmile deploy web-1 --certificate fullchain.pem --key privkey.pem --dry-run
  age -d key.age | lastmile deploy web-1 --certificate cert.pem --chain chain.pem --key -

Exit code 5: the deployment failed. 6: it was still under way when --timeout was over; it goes on.")]
pub(crate) struct Options {
    /// The target's name in plugins.toml.
    target: String,
    /// The certificate, PEM or DER; the chain may follow it in the same file.
    #[arg(long, value_name = "FILE")]
    certificate: PathBuf,
    /// The chain, if it is not in the certificate's file.
    #[arg(long, value_name = "FILE")]
    chain: Option<PathBuf>,
    /// The private key, PEM or DER; `-` reads it from standard input. It is sealed before it is written anywhere.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Wait for the receipt. A worker (`lastmile run`) must be running.
    #[arg(long)]
    wait: bool,
    /// With --wait: how long, in seconds.
    #[arg(long, default_value_t = 120, value_name = "SECONDS")]
    timeout: u64,
    /// Print what would be written, run and dialled; change nothing, enqueue nothing.
    #[arg(long, conflicts_with = "wait")]
    dry_run: bool,
}

/// Checks the credential, then enqueues or plans.
pub(crate) fn run(context: &Context, options: &Options) -> anyhow::Result<ExitCode> {
    let manifest = context.manifest()?;
    let target = target(context, &manifest, &options.target)?;
    let (certificate, key) = (&options.certificate, &options.key);
    let (credential, key) = credential(certificate, options.chain.as_deref(), key, target)?;
    for warning in credential.warnings() {
        tracing::warn!(target = options.target, "{warning}");
    }
    if options.dry_run {
        return dry_run::run(context, &manifest, target, credential);
    }
    let id = enqueue(context, &manifest, target, &credential, &key)?;
    if options.wait {
        let store = context.store(&manifest)?;
        return wait::run(context, &store, id, Duration::from_secs(options.timeout));
    }
    if context.json {
        Context::print_json(&json!({ "message": id, "fingerprint": credential.fingerprint() }))?;
    } else {
        println!("enqueued message {id} for target {}", options.target);
    }
    Ok(ExitCode::SUCCESS)
}

/// The credential from its files, proven, and its key.
pub(crate) fn credential(
    certificate: &Path,
    chain: Option<&Path>,
    key: &Path,
    target: &Target,
) -> anyhow::Result<(Credential, Zeroizing<Vec<u8>>)> {
    let secret = Zeroizing::new(read_key(key)?);
    let chain = chain.map(read).transpose()?.unwrap_or_default();
    let text = read(certificate)?;
    let credential = Credential::parse(&text, &chain, Some(&secret), SystemTime::now(), target.allow_expired)
        .with_context(|| format!("{} with {}", certificate.display(), key.display()))?;
    if let Some(name) = target.required_name() {
        credential.prove_name(name).with_context(|| certificate.display().to_string())?;
    }
    Ok((credential, secret))
}

/// What a message carries of it.
pub(crate) fn payload(credential: &Credential, key: &[u8], identity: &Identity) -> anyhow::Result<Payload> {
    Ok(Payload {
        version: 1,
        certificate: credential.leaf_pem().to_owned(),
        chain: credential.chain_pem().to_owned(),
        key: seal(key, &[identity.recipient()])?,
        not_after: credential.not_after(),
    })
}

pub(crate) fn target<'a>(
    context: &Context,
    manifest: &'a Manifest,
    name: &str,
) -> anyhow::Result<&'a Target> {
    if let Some(target) = manifest.targets.get(name) {
        return Ok(target);
    }
    let file = context.config.display();
    let known: Vec<&str> = manifest.targets.keys().map(String::as_str).collect();
    match known.as_slice() {
        [] => bail!("no target `{name}` in {file}: it has no [targets.NAME] at all"),
        known => bail!("no target `{name}` in {file}; there are: {}", known.join(", ")),
    }
}

fn enqueue(
    context: &Context,
    manifest: &Manifest,
    target: &Target,
    credential: &Credential,
    key: &[u8],
) -> anyhow::Result<i64> {
    let identity = context.identity(manifest)?;
    let message = NewMessage {
        event_id: uuid::Uuid::new_v4().to_string(),
        tenant: target.tenant.clone(),
        target: target.name.clone(),
        generation: None,
        fingerprint: credential.fingerprint().to_owned(),
        payload: payload(credential, key, &identity)?,
    };
    Ok(context.store(manifest)?.enqueue(&message)?)
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).with_context(|| path.display().to_string())
}

fn read_key(path: &Path) -> anyhow::Result<Vec<u8>> {
    if path != Path::new("-") {
        return read(path);
    }
    let mut key = Vec::new();
    std::io::stdin().lock().read_to_end(&mut key).context("the key on standard input")?;
    Ok(key)
}
