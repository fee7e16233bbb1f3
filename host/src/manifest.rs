//! `plugins.toml`, the operator's one file: read once into types, with every fault at its line and column.

mod auth;
mod fault;
mod grants;
mod host;
mod plugin;
mod reader;
mod target;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::capability::net::{Auth, Trust};
use crate::grant::Grant;
use crate::sandbox::Limits;
use crate::verify::Verify;

pub use fault::{Fault, Faults};

/// The file's largest size, in bytes.
const LARGEST: u64 = 1 << 20;

/// The whole file.
#[derive(Clone)]
pub struct Manifest {
    /// The host's own settings.
    pub host: Host,
    /// By name.
    pub plugins: BTreeMap<String, Plugin>,
    /// By name.
    pub targets: BTreeMap<String, Target>,
}

/// The host's own settings.
#[derive(Clone)]
pub struct Host {
    /// Where outbox, identity, journals and compiled components lie.
    pub state_dir: PathBuf,
    /// Deployments at the same time.
    pub concurrency: usize,
    /// How long a claim lasts without a heartbeat.
    pub lease: Duration,
}

/// Whether a plugin's WASI imports are answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wasi {
    /// They are refused.
    #[default]
    None,
    /// They are answered harmlessly.
    Inert,
}

impl Wasi {
    /// Whether they are answered.
    #[must_use]
    pub const fn is_inert(self) -> bool {
        matches!(self, Self::Inert)
    }
}

/// A component with its grant.
#[derive(Clone)]
pub struct Plugin {
    /// Its name.
    pub name: String,
    /// The component's file.
    pub component: PathBuf,
    /// The digest over its bytes.
    pub sha256: Option<[u8; 32]>,
    /// What it may do at most.
    pub grant: Grant,
    /// Its WASI.
    pub wasi: Wasi,
    /// Whether it sees private keys.
    pub reveal_key: bool,
    /// The limits of each call.
    pub limits: Limits,
    /// The whole environment of its commands.
    pub environment: BTreeMap<String, String>,
    /// The user of its commands.
    pub run_as: Option<String>,
    /// How much of a command's output is kept.
    pub output_bytes: usize,
    /// The largest answer of the network.
    pub response_bytes: usize,
}

/// Where a secret comes from. It is read when it is needed, and never lies in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretSource {
    /// An environment variable.
    Env(String),
    /// A file.
    File(PathBuf),
}

/// One thing to deploy to.
#[derive(Clone)]
pub struct Target {
    /// Its name.
    pub name: String,
    /// The plugin's name.
    pub plugin: String,
    /// Whose it is.
    pub tenant: String,
    /// What the connector reads.
    pub config: serde_json::Value,
    /// By name.
    pub secrets: BTreeMap<String, SecretSource>,
    /// Whom its endpoints must prove to be.
    pub trust: Trust,
    /// What the host adds to requests.
    pub auth: Auth,
    /// Whether secrets may cross plain text to a loopback address.
    pub plaintext: bool,
    /// How a deployment is verified.
    pub verify: Option<Verify>,
    /// Whether an expired certificate is a warning only.
    pub allow_expired: bool,
}

/// Reads the file.
///
/// # Errors
///
/// Every fault of it, in the order of its lines.
pub fn load(path: &Path) -> Result<Manifest, Faults> {
    let text = read(path).map_err(|message| Faults::of_file(path, message))?;
    let mut faults = Faults::new(path, &text);
    let document = match toml_edit::Document::parse(text.as_str()) {
        Ok(document) => document,
        Err(error) => {
            faults.add(error.span(), "", error.message().trim(), "valid TOML (https://toml.io)");
            return Err(faults);
        }
    };
    let base = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let base = std::path::absolute(base).unwrap_or_else(|_| base.to_owned());
    let manifest = host::manifest(document.as_item(), &base, &mut faults);
    if faults.is_empty() { Ok(manifest) } else { Err(faults.sorted()) }
}

fn read(path: &Path) -> Result<String, String> {
    let metadata = std::fs::metadata(path).map_err(|error| {
        format!("{error}; write one, docs/plugins-toml.md shows how, then run `lastmile init`")
    })?;
    if metadata.len() > LARGEST {
        return Err(format!("the file is larger than {LARGEST} bytes"));
    }
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|_| "the file is not UTF-8".to_owned())
}

#[cfg(test)]
mod tests;
