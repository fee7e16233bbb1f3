//! plugins.toml, the operator's one file: read once into types, every fault found in one run.
//!
//! | file       | what it does                                                     |
//! |------------|------------------------------------------------------------------|
//! | `schema`   | describes every key; `keys` holds the rows                       |
//! | `check`    | unknown keys, types, ranges, missing keys: all from the schema   |
//! | `plugin`   | `[plugins.NAME]`, with `grant` and `limits`                      |
//! | `target`   | `[targets.NAME]`, with `secrets`, `auth`, `tls`, `look`, `json`  |
//! | `writable` | refuses grants to write what is run, loaded or kept by the host  |
//! | `fault`    | faults and their places; `node` is a value with its place        |
//! | `survey`   | what could be read in spite of faults, and `places` of all keys  |
//!
//! No fault prints a secret: values that may be one are never part of a message.

mod auth;
mod check;
mod fault;
mod grant;
mod json;
mod keys;
mod limits;
mod look;
mod nearest;
mod node;
mod places;
mod plugin;
mod read;
pub mod schema;
mod secrets;
mod survey;
mod target;
#[cfg(test)]
mod tests;
mod tls;
mod writable;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub use fault::{Fault, Faults};
pub use read::is_name;
pub use survey::{Survey, key, survey};

use crate::capability::net::{Auth, ClientCertificate, Trust};
use crate::grant::Grant;
use crate::sandbox::{Granted, Limits};
use crate::verify::Verify;

/// The file, read and found right.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// Settings of the host itself.
    pub host: Host,
    /// The components that may be loaded, by name.
    pub plugins: BTreeMap<String, Plugin>,
    /// The things to deploy to, by name.
    pub targets: BTreeMap<String, Target>,
}

/// Settings of the host itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// Where the identity, the outbox, the journal and the compile cache lie.
    pub state_dir: PathBuf,
    /// Deployments at the same time.
    pub concurrency: usize,
    /// How long a claim lasts without a heartbeat.
    pub lease: Duration,
}

/// A component with what it is granted.
#[derive(Clone, Debug)]
pub struct Plugin {
    /// Its name in the file.
    pub name: String,
    /// The component's file.
    pub component: PathBuf,
    /// The component's digest; none if the operator chose not to pin it.
    pub sha256: Option<[u8; 32]>,
    /// The operator's key.
    pub grant: Grant,
    /// The interfaces that are there for it: a key of the grant links one, its entries say what may be done.
    pub linked: Granted,
    /// How WASI is answered.
    pub wasi: Wasi,
    /// Whether the connector itself may read private keys.
    pub reveal_key: bool,
    /// What one deployment's sandbox may use.
    pub limits: Limits,
    /// The environment of its commands.
    pub environment: BTreeMap<String, String>,
    /// The user that its commands run as.
    pub run_as: Option<String>,
    /// How much of a command's output is kept.
    pub output_bytes: usize,
    /// The largest answer to one request.
    pub response_bytes: usize,
}

/// How a component's WASI imports are answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wasi {
    /// Not at all: a component that imports WASI is refused.
    #[default]
    None,
    /// Harmlessly.
    Inert,
}

impl Wasi {
    /// Whether WASI imports are answered.
    #[must_use]
    pub const fn is_inert(self) -> bool {
        matches!(self, Self::Inert)
    }
}

/// One thing to deploy to.
#[derive(Clone, Debug)]
pub struct Target {
    /// Its name in the file.
    pub name: String,
    /// The plugin that deploys to it.
    pub plugin: String,
    /// Whose it is.
    pub tenant: String,
    /// The connector's own configuration.
    pub config: serde_json::Value,
    /// Where its secrets are read from, by name.
    pub secrets: BTreeMap<String, SecretSource>,
    /// Whom its endpoints must prove to be.
    pub trust: Trust,
    /// Whether they may come to show the certificate that is deployed.
    pub pin_deployed: bool,
    /// Who the host is, where they ask.
    pub client: Option<ClientCertificate>,
    /// What the host adds to requests.
    pub auth: Auth,
    /// Whether secrets may cross a plain-text connection to a loopback address.
    pub plaintext: bool,
    /// Where the host looks at what is served.
    pub verify: Option<Verify>,
    /// Whether a certificate that has expired may be deployed.
    pub allow_expired: bool,
}

/// Where a secret is read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretSource {
    /// This environment variable of the host.
    Env(String),
    /// This file, without one newline at its end.
    File(PathBuf),
}

/// Reads the file at `path`. Nothing else is opened: neither components nor secrets.
///
/// # Errors
///
/// Everything that is wrong with it.
pub fn load(path: &Path) -> Result<Manifest, Faults> {
    let text = read::text(path)?;
    read::parse(path, &text)
}
