//! `--record`: two real deployments to a target of plugins.toml, written down as a transcript.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, bail, ensure};
use clap::Args;
use serde_json::json;

use lastmile::conformance::{Tape, Transcript};
use lastmile::credential::Credential;
use lastmile::deploy::Deployer;
use lastmile::deploy::resolve::Catalogue;
use lastmile::manifest::{Manifest, Target};
use lastmile::outbox::{Claim, Message, Payload};
use lastmile::outcome::Outcome;
use lastmile::sandbox::{Cancel, inspect};

use crate::cli::load::{self, Context, journal_path};
use crate::cli::{deploy, exit};

/// What is recorded, and where.
#[derive(Args)]
pub(crate) struct Recording {
    /// Deploy for real, twice, and write a transcript of it to this file, which must not be there yet.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["transcript", "target_config", "inert_wasi"])]
    #[arg(requires_all = ["target", "certificate", "key"])]
    pub(super) record: Option<PathBuf>,
    /// With --record: the target in plugins.toml. It must not hold the certificate yet.
    #[arg(long, requires = "record")]
    target: Option<String>,
    /// With --record: the certificate to deploy, its chain in the same file.
    #[arg(long, value_name = "FILE", requires = "record")]
    certificate: Option<PathBuf>,
    /// With --record: its private key; `-` reads it from standard input.
    #[arg(long, value_name = "FILE", requires = "record")]
    key: Option<PathBuf>,
}

/// Records.
pub(super) fn run(
    context: &Context,
    file: &Path,
    to: &Path,
    recording: &Recording,
) -> anyhow::Result<ExitCode> {
    let (Some(target), Some(certificate), Some(key)) =
        (&recording.target, &recording.certificate, &recording.key)
    else {
        bail!("--record needs --target, --certificate and --key");
    };
    ensure!(!to.exists(), "{} is there already: nothing is overwritten", to.display());
    let manifest = context.manifest()?;
    let target = deploy::target(context, &manifest, target)?;
    same_component(&manifest, target, file)?;
    let (credential, key) = deploy::credential(certificate, None, key, target)?;
    let payload = deploy::payload(&credential, &key, &context.identity(&manifest)?)?;
    let runs = deployments(context, &manifest, target, &credential, &payload)?;
    let config = target.config.as_object().cloned().unwrap_or_default();
    let transcript = Transcript::recorded(&credential, &target.name, config, &runs);
    let text = serde_json::to_string_pretty(&transcript)? + "\n";
    let written = std::fs::File::create_new(to);
    let written = written.and_then(|mut file| std::io::Write::write_all(&mut file, text.as_bytes()));
    written.with_context(|| to.display().to_string())?;
    if context.json {
        let outcomes: Vec<_> = runs.iter().map(|(_, outcome, _)| outcome).collect();
        Context::print_json(&json!({ "transcript": to, "outcomes": outcomes }))?;
    } else {
        println!("recorded two deployments to {}. Read it before you publish it:", to.display());
        println!("what a server made up itself, such as a session's token, is not masked. Then:\n");
        println!("  lastmile conformance {} --transcript {}", file.display(), to.display());
    }
    Ok(exit::unless(false, exit::FAILED))
}

/// What plugins.toml grants, it grants to the component that it names.
fn same_component(manifest: &Manifest, target: &Target, file: &Path) -> anyhow::Result<()> {
    let plugin = manifest.plugins.get(&target.plugin).context("the target has no plugin")?;
    let digest = |path: &Path| inspect(path).map(|report| report.sha256);
    ensure!(
        digest(file).with_context(|| file.display().to_string())? == digest(&plugin.component)?,
        "{} is another component than {}, which target `{}` uses",
        file.display(),
        plugin.component.display(),
        target.name
    );
    Ok(())
}

/// The certificate brought there, and the same again; with grants, journal and verification as ever.
fn deployments(
    context: &Context,
    manifest: &Manifest,
    target: &Target,
    credential: &Credential,
    payload: &Payload,
) -> anyhow::Result<Vec<(String, Outcome, Tape)>> {
    let state = &manifest.host.state_dir;
    let identity = Arc::new(context.identity(manifest)?);
    let mut only = manifest.clone();
    only.plugins.retain(|name, _| *name == target.plugin);
    let (loaded, refused) = load::plugins(&load::sandbox(state)?, &only);
    if let Some((_, error)) = refused.into_iter().next() {
        return Err(error.into());
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let catalogue = Arc::new(Catalogue::new(only, loaded));
    let deployer = Deployer::new(catalogue, identity, journal_path(state), runtime.handle().clone());
    let mut runs = Vec::new();
    for (fence, (name, wanted)) in
        [("a first deployment", Outcome::Changed), ("the same again", Outcome::Unchanged)].iter().enumerate()
    {
        let tape = Tape::default();
        let claim = claim(target, credential, payload, i64::try_from(fence)?);
        let deadline = Instant::now()
            + manifest.plugins.get(&target.plugin).map_or_else(Default::default, |p| p.limits.wall);
        let ended =
            deployer.deploy_through(&claim, deadline, &Cancel::default(), &|doors| tape.record(doors));
        let receipt = ended.map_err(|failure| {
            anyhow::anyhow!("{name} ended {}: {}", failure.outcome.label(), failure.message)
        })?;
        ensure!(
            receipt.outcome == *wanted,
            "{name} ended {}, not {}: record with a certificate that the target does not hold yet",
            receipt.outcome.label(),
            wanted.label()
        );
        runs.push(((*name).to_owned(), receipt.outcome, tape));
    }
    Ok(runs)
}

/// As the outbox would hand it out; no message of the outbox has the number 0.
fn claim(target: &Target, credential: &Credential, payload: &Payload, fence: i64) -> Claim {
    Claim {
        message: Message {
            id: 0,
            event_id: "recording".to_owned(),
            tenant: target.tenant.clone(),
            target: target.name.clone(),
            generation: 0,
            fingerprint: credential.fingerprint().to_owned(),
            payload: payload.clone(),
        },
        fence,
        attempt: 1,
        claims: 1,
        lease_until: i64::MAX,
    }
}
