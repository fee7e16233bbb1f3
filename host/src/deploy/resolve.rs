//! From a message's target name to a loaded plugin with what it may do: the two keys meet here.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::capability::net::{NetSettings, Rotation, Tokens};
use crate::capability::process::ExecSettings;
use crate::credential::Secret;
use crate::deploy::run_failure;
use crate::grant::{CommandLine, Grant};
use crate::manifest::{Manifest, Plugin, SecretSource, Target};
use crate::outcome::{Failure, Outcome};
use crate::sandbox::{Capability, Loaded, Problem, RunError};

/// What one target can need at most: the operator is to read the list of what is missing.
const CAPABILITIES: usize = 64;

/// The plugins that were loaded and the targets that use them.
pub struct Catalogue {
    manifest: Manifest,
    loaded: BTreeMap<String, Arc<Loaded>>,
    /// By tenant and target: the tokens that were issued for them.
    tokens: Mutex<BTreeMap<(String, String), Tokens>>,
}

/// One target with its plugin.
pub struct Resolved {
    /// The target as the operator wrote it.
    pub target: Target,
    /// Its plugin as the operator wrote it.
    pub plugin: Plugin,
    /// The plugin's component, admitted and compiled.
    pub loaded: Arc<Loaded>,
    /// What else its endpoints may show in this deployment.
    pub rotation: Option<Arc<Rotation>>,
    tokens: Tokens,
}

impl Catalogue {
    /// The manifest together with the plugins that could be loaded.
    #[must_use]
    pub fn new(manifest: Manifest, loaded: BTreeMap<String, Arc<Loaded>>) -> Self {
        Self { manifest, loaded, tokens: Mutex::default() }
    }

    /// Whether the operator lets an expired certificate go to this target.
    #[must_use]
    pub fn allows_expired(&self, target: &str) -> bool {
        self.manifest.targets.get(target).is_some_and(|target| target.allow_expired)
    }

    /// The name of the plugin that deploys to this target; empty for a target that is not there.
    #[must_use]
    pub fn plugin_of(&self, target: &str) -> &str {
        self.manifest.targets.get(target).map_or("", |target| &target.plugin)
    }

    /// The names of all targets.
    pub fn targets(&self) -> impl Iterator<Item = &str> {
        self.manifest.targets.keys().map(String::as_str)
    }

    /// The target of this tenant. A target of another tenant is answered like an unknown one.
    ///
    /// # Errors
    ///
    /// No such target, or its plugin was refused at load.
    pub fn resolve(&self, tenant: &str, name: &str) -> Result<Resolved, Failure> {
        let target = self.manifest.targets.get(name).filter(|target| target.tenant == tenant);
        let Some(target) = target else {
            return Err(Failure::new(
                Outcome::Misconfigured,
                format!("tenant `{tenant}` has no target `{name}`: add [targets.{name}] to plugins.toml"),
            ));
        };
        let (Some(plugin), Some(loaded)) =
            (self.manifest.plugins.get(&target.plugin), self.loaded.get(&target.plugin))
        else {
            return Err(Failure::new(
                Outcome::Misconfigured,
                format!("plugin `{}` of target `{name}` is not loaded", target.plugin),
            ));
        };
        Ok(Resolved {
            target: target.clone(),
            plugin: plugin.clone(),
            loaded: Arc::clone(loaded),
            rotation: None,
            tokens: self.tokens(tenant, name),
        })
    }

    fn tokens(&self, tenant: &str, name: &str) -> Tokens {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.entry((tenant.to_owned(), name.to_owned())).or_default().clone()
    }
}

impl Resolved {
    /// The configuration as the connector reads it.
    #[must_use]
    pub fn config_json(&self) -> String {
        self.target.config.to_string()
    }

    /// What the connector declares for this configuration, if the operator granted all of it.
    ///
    /// # Errors
    ///
    /// The connector finds the configuration wrong, or declares more than was granted; the message then
    /// holds the lines to add.
    pub fn declared(&self) -> Result<Grant, Failure> {
        let declared = self.needs(&self.config_json())?;
        let missing = self.plugin.grant.missing(&declared);
        if missing.is_empty() {
            return Ok(declared);
        }
        Err(Failure::new(
            Outcome::Denied,
            format!(
                "target `{}` needs more than plugin `{}` was granted. To grant it, add to plugins.toml:\n{}",
                self.target.name,
                self.plugin.name,
                missing.to_toml(&self.plugin.name)
            ),
        ))
    }

    /// What the connector declares for a configuration, granted or not.
    ///
    /// # Errors
    ///
    /// The connector finds the configuration wrong.
    pub fn needs(&self, config: &str) -> Result<Grant, Failure> {
        needs(&self.loaded, config).map_err(|unknown| self.failure(unknown))
    }

    fn failure(&self, unknown: UnknownNeeds) -> Failure {
        match unknown {
            UnknownNeeds::NoAnswer(error) => run_failure(&error),
            UnknownNeeds::Problems(problems) => {
                let text: Vec<String> = problems
                    .iter()
                    .map(|p| format!("targets.{}.config{}: {}", self.target.name, p.pointer, p.message))
                    .collect();
                Failure::new(Outcome::Misconfigured, text.join("; "))
            }
            UnknownNeeds::Nonsense(text) => Failure::new(
                Outcome::Rejected,
                format!("plugin `{}` declares nonsense: {text}", self.plugin.name),
            ),
        }
    }

    /// The target's secrets, read now.
    ///
    /// # Errors
    ///
    /// A variable that is not set or a file that cannot be read.
    pub fn secrets(&self) -> Result<BTreeMap<String, Secret>, Failure> {
        let read = |(name, source): (&String, &SecretSource)| {
            let secret = read_secret(source)
                .map_err(|text| Failure::new(Outcome::Misconfigured, format!("secret `{name}`: {text}")))?;
            Ok((name.clone(), secret))
        };
        self.target.secrets.iter().map(read).collect()
    }

    /// How the target's endpoints are dialled.
    #[must_use]
    pub fn net_settings(&self) -> NetSettings {
        NetSettings {
            trust: self.target.trust.clone(),
            rotation: self.rotation.clone(),
            client: self.target.client.clone(),
            auth: self.target.auth.clone(),
            tokens: self.tokens.clone(),
            plaintext: self.target.plaintext,
            response_limit: self.plugin.response_bytes,
            connect_timeout: std::time::Duration::from_secs(10),
            request_timeout: std::time::Duration::from_secs(30),
        }
    }

    /// How the plugin's commands are run.
    #[must_use]
    pub fn exec_settings(&self) -> ExecSettings {
        ExecSettings {
            environment: self.plugin.environment.clone(),
            run_as: self.plugin.run_as.clone(),
            output_limit: self.plugin.output_bytes,
        }
    }
}

/// Why it cannot be told what a configuration needs.
#[derive(Debug)]
pub enum UnknownNeeds {
    /// The connector did not return.
    NoAnswer(RunError),
    /// The connector finds the configuration wrong.
    Problems(Vec<Problem>),
    /// The connector declares what can be neither granted nor done.
    Nonsense(String),
}

/// What the connector needs for this configuration, a JSON object.
///
/// # Errors
///
/// It cannot be told.
pub fn needs(loaded: &Loaded, config: &str) -> Result<Grant, UnknownNeeds> {
    let answer = loaded.capabilities(config).map_err(UnknownNeeds::NoAnswer)?;
    parse(answer.map_err(UnknownNeeds::Problems)?).map_err(UnknownNeeds::Nonsense)
}

fn parse(capabilities: Vec<Capability>) -> Result<Grant, String> {
    if capabilities.len() > CAPABILITIES {
        return Err(format!(
            "{} capabilities, and a target needs at most {CAPABILITIES}",
            capabilities.len()
        ));
    }
    let mut grant = Grant::default();
    for capability in capabilities {
        match capability {
            Capability::FsWrite(path) => {
                grant.fs_write.push(path.parse().map_err(|error| format!("fs.write {path:?}: {error}"))?);
            }
            Capability::NetDial(endpoint) => {
                grant
                    .net_dial
                    .push(endpoint.parse().map_err(|error| format!("net.dial {endpoint:?}: {error}"))?);
            }
            Capability::ProcessExec(argv) => {
                let line =
                    CommandLine::literal(&argv).map_err(|error| format!("process.exec {argv:?}: {error}"))?;
                grant.process_exec.push(line);
            }
        }
    }
    Ok(grant)
}

/// A secret from where the operator keeps it. The message names its place, never its content.
///
/// # Errors
///
/// A variable that is not set or a file that cannot be read.
pub fn read_secret(source: &SecretSource) -> Result<Secret, String> {
    match source {
        SecretSource::Env(variable) => std::env::var_os(variable)
            .map(|value| Secret::new(std::os::unix::ffi::OsStringExt::into_vec(value)))
            .ok_or_else(|| format!("the environment variable {variable} is not set")),
        SecretSource::File(path) => {
            let mut bytes = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
            if bytes.last() == Some(&b'\n') {
                bytes.pop();
            }
            Ok(Secret::new(bytes))
        }
    }
}
