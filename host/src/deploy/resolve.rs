//! From a message's target name to a loaded plugin with what it may do: the two keys meet here.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::capability::net::NetSettings;
use crate::capability::process::ExecSettings;
use crate::credential::Secret;
use crate::deploy::run_failure;
use crate::grant::{CommandLine, Grant};
use crate::manifest::{Manifest, Plugin, SecretSource, Target};
use crate::outcome::{Failure, Outcome};
use crate::sandbox::{Capability, Loaded};

/// What one target can need at most: the operator is to read the list of what is missing.
const CAPABILITIES: usize = 64;

/// The plugins that were loaded and the targets that use them.
pub struct Catalogue {
    manifest: Manifest,
    loaded: BTreeMap<String, Arc<Loaded>>,
}

/// One target with its plugin.
pub struct Resolved {
    /// The target as the operator wrote it.
    pub target: Target,
    /// Its plugin as the operator wrote it.
    pub plugin: Plugin,
    /// The plugin's component, admitted and compiled.
    pub loaded: Arc<Loaded>,
}

impl Catalogue {
    /// The manifest together with the plugins that could be loaded.
    #[must_use]
    pub fn new(manifest: Manifest, loaded: BTreeMap<String, Arc<Loaded>>) -> Self {
        Self { manifest, loaded }
    }

    /// Whether the operator lets an expired certificate go to this target.
    #[must_use]
    pub fn allows_expired(&self, target: &str) -> bool {
        self.manifest.targets.get(target).is_some_and(|target| target.allow_expired)
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
        Ok(Resolved { target: target.clone(), plugin: plugin.clone(), loaded: Arc::clone(loaded) })
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
        let answer = self.loaded.capabilities(&self.config_json()).map_err(|error| run_failure(&error))?;
        let capabilities = answer.map_err(|problems| {
            let text: Vec<String> = problems
                .iter()
                .map(|p| format!("targets.{}.config{}: {}", self.target.name, p.pointer, p.message))
                .collect();
            Failure::new(Outcome::Misconfigured, text.join("; "))
        })?;
        let declared = parse(capabilities).map_err(|text| {
            Failure::new(
                Outcome::Rejected,
                format!("plugin `{}` declares nonsense: {text}", self.plugin.name),
            )
        })?;
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

    /// The target's secrets, read now.
    ///
    /// # Errors
    ///
    /// A variable that is not set or a file that cannot be read.
    pub fn secrets(&self) -> Result<BTreeMap<String, Secret>, Failure> {
        self.target.secrets.iter().map(|(name, source)| Ok((name.clone(), read(name, source)?))).collect()
    }

    /// How the target's endpoints are dialled.
    #[must_use]
    pub fn net_settings(&self) -> NetSettings {
        NetSettings {
            trust: self.target.trust.clone(),
            auth: self.target.auth.clone(),
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

fn read(name: &str, source: &SecretSource) -> Result<Secret, Failure> {
    let fault = |text: String| Failure::new(Outcome::Misconfigured, format!("secret `{name}`: {text}"));
    match source {
        SecretSource::Env(variable) => std::env::var_os(variable)
            .map(|value| Secret::new(std::os::unix::ffi::OsStringExt::into_vec(value)))
            .ok_or_else(|| fault(format!("the environment variable {variable} is not set"))),
        SecretSource::File(path) => {
            let mut bytes =
                std::fs::read(path).map_err(|error| fault(format!("{}: {error}", path.display())))?;
            if bytes.last() == Some(&b'\n') {
                bytes.pop();
            }
            Ok(Secret::new(bytes))
        }
    }
}
