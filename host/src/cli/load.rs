//! From the command line's paths to a manifest, an identity, a store and loaded plugins.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;

use lastmile::credential::{Identity, SealError};
use lastmile::manifest::{self, Faults, Manifest, Plugin};
use lastmile::outbox::SqliteStore;
use lastmile::sandbox::{LoadError, Loaded, PluginSpec, Sandbox, SandboxSettings};

/// What every subcommand is told.
pub(crate) struct Context {
    /// The operator's file.
    pub config: PathBuf,
    /// Print JSON.
    pub json: bool,
}

impl Context {
    /// The manifest, or all its faults.
    pub(crate) fn manifest(&self) -> Result<Manifest, Faults> {
        manifest::load(&self.config)
    }

    /// The host's identity.
    pub(crate) fn identity(&self, manifest: &Manifest) -> anyhow::Result<Identity> {
        let path = identity_path(&manifest.host.state_dir);
        Identity::load(&path).map_err(|error| match error {
            SealError::File(error) if error.kind() == ErrorKind::NotFound => {
                anyhow::anyhow!("there is no identity {}; `lastmile init` makes one", path.display())
            }
            other => anyhow::anyhow!("{}: {other}", path.display()),
        })
    }

    /// The outbox, which must be there: a look must not make one.
    pub(crate) fn store(&self, manifest: &Manifest) -> anyhow::Result<SqliteStore> {
        let path = outbox_path(&manifest.host.state_dir);
        let there = path.try_exists().with_context(|| format!("the outbox {}", path.display()))?;
        anyhow::ensure!(there, "there is no outbox {}; `lastmile init` makes one", path.display());
        Self::open_store(&path)
    }

    /// The outbox, made where it is missing.
    pub(crate) fn open_store(path: &Path) -> anyhow::Result<SqliteStore> {
        Ok(SqliteStore::open(path)?)
    }

    /// Prints a value as one JSON document.
    pub(crate) fn print_json(value: &impl serde::Serialize) -> anyhow::Result<()> {
        println!("{}", serde_json::to_string_pretty(value)?);
        Ok(())
    }
}

/// Where the identity lies.
pub(crate) fn identity_path(state: &Path) -> PathBuf {
    state.join("identity.age")
}

/// Where the outbox lies.
pub(crate) fn outbox_path(state: &Path) -> PathBuf {
    state.join("outbox.sqlite")
}

/// Where undo journals lie.
pub(crate) fn journal_path(state: &Path) -> PathBuf {
    state.join("journal")
}

/// A sandbox that caches below the state directory and compiles in a child of this very program.
pub(crate) fn sandbox(state: &Path) -> anyhow::Result<Sandbox> {
    let settings = SandboxSettings {
        state_dir: state.to_owned(),
        compiler: std::env::current_exe().context("this program's own path")?,
    };
    Sandbox::new(settings).context("the sandbox")
}

/// A sandbox for looking only. It shares the host's compile cache where there is one that this user may use, and
/// otherwise has one of its own for as long as the directory that is returned with it.
pub(crate) fn examining(state: Option<&Path>) -> anyhow::Result<(Sandbox, Option<tempfile::TempDir>)> {
    if let Some(state) = state.filter(|state| state.is_dir())
        && let Ok(sandbox) = sandbox(state)
    {
        return Ok((sandbox, None));
    }
    let private =
        tempfile::Builder::new().prefix("lastmile-").tempdir().context("a directory for compiling")?;
    Ok((sandbox(private.path())?, Some(private)))
}

/// What the sandbox is told of a plugin.
pub(crate) fn spec(plugin: &Plugin) -> PluginSpec {
    PluginSpec {
        name: plugin.name.clone(),
        path: plugin.component.clone(),
        sha256: plugin.sha256,
        granted: plugin.linked,
        inert_wasi: plugin.wasi.is_inert(),
        limits: plugin.limits.clone(),
    }
}

/// A target's configuration from a JSON file.
pub(crate) fn target_config(path: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let object: Result<serde_json::Map<String, serde_json::Value>, _> = serde_json::from_str(&text);
    let form = || format!("{} is no JSON object, as a target's configuration is", path.display());
    object.with_context(form)?;
    Ok(text)
}

/// Plugins that were refused, and why.
pub(crate) type Refused = Vec<(String, LoadError)>;

/// Every plugin; one that is refused is left out and reported.
pub(crate) fn plugins(sandbox: &Sandbox, manifest: &Manifest) -> (BTreeMap<String, Arc<Loaded>>, Refused) {
    let mut loaded = BTreeMap::new();
    let mut refused = Vec::new();
    for (name, plugin) in &manifest.plugins {
        match sandbox.load(&spec(plugin)) {
            Ok(component) => {
                loaded.insert(name.clone(), component);
            }
            Err(error) => refused.push((name.clone(), error)),
        }
    }
    (loaded, refused)
}
