//! The two scripts that run on the Windows side, and what goes in and comes out of them.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use lastmile_sdk::{Connection, Deployment, Failure, Keystore, Passphrase, Receipt, Secret, document};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::config::Config;
use crate::shell::{Change, Piece, Shell};

/// Says what is there. Changes nothing.
pub(crate) const LOOK: &str = concat!(include_str!("scripts/common.ps1"), include_str!("scripts/look.ps1"));
/// Imports what its input holds and binds it, or puts back what it had bound.
pub(crate) const APPLY: &str = concat!(include_str!("scripts/common.ps1"), include_str!("scripts/apply.ps1"));
const POWERSHELL: &str = "powershell.exe";
/// By this HTTP.sys knows IIS; a binding that is there keeps its own.
const IIS: &str = "{4dc3e181-e14b-4a21-b022-59fc669b0914}";
/// The name of the deployment's own passphrase.
const PASSPHRASE: &str = "pfx";

/// What the Windows side holds.
#[derive(Deserialize)]
pub(crate) struct State {
    /// Whether the store holds our certificate with its private key.
    pub(crate) key: bool,
    /// For each binding the fingerprint of its certificate; empty where there is none.
    pub(crate) bound: Vec<String>,
}

/// What a change did beyond what was asked.
#[derive(Deserialize)]
pub(crate) struct Applied {
    /// Bindings whose record changed in more than its certificate.
    pub(crate) altered: Vec<String>,
}

/// One deployment to one host.
pub(crate) struct Job<'a> {
    pub(crate) config: &'a Config,
    pub(crate) deployment: &'a Deployment,
}

impl Job<'_> {
    pub(crate) fn look<C: Connection>(&self, shell: &mut Shell<C>) -> Result<State, Failure> {
        let state: State =
            read(&shell.run(POWERSHELL, &arguments(LOOK), vec![self.parameters(false)], Change::No)?)?;
        if state.bound.len() != self.config.bindings.len() {
            return Err(Failure::Rejected("PowerShell answered for other bindings".to_string()));
        }
        Ok(state)
    }

    pub(crate) fn apply<C: Connection>(
        &self,
        shell: &mut Shell<C>,
        import: bool,
    ) -> Result<Applied, Failure> {
        let mut input = vec![self.parameters(import)];
        if import {
            input.push(Piece::Sealed(Secret::Ephemeral(PASSPHRASE.to_string())));
            input.push(Piece::Text("\n".to_string()));
            input.push(Piece::Sealed(self.store()));
        }
        read(&shell.run(POWERSHELL, &arguments(APPLY), input, Change::Yes)?)
    }

    /// The first line of a script's input.
    fn parameters(&self, import: bool) -> Piece {
        let parameters = json!({
            "store": self.config.store,
            "bindings": self.config.bindings,
            "fingerprint": self.deployment.certificate.fingerprint,
            "app": IIS,
            "import": import,
        });
        Piece::Text(format!("{parameters}\n"))
    }

    fn store(&self) -> Secret {
        let password = Passphrase::Ephemeral(PASSPHRASE.to_string());
        let store = Keystore { alias: self.deployment.target.clone(), password };
        if self.config.legacy { Secret::Pkcs12Legacy(store) } else { Secret::Pkcs12(store) }
    }

    pub(crate) fn is_done(&self, state: &State) -> bool {
        state.key && state.bound.iter().all(|bound| *bound == self.deployment.certificate.fingerprint)
    }

    /// What a state lacks.
    pub(crate) fn missing(&self, state: &State) -> String {
        if !state.key {
            return format!("the store {} does not hold the certificate with its key", self.config.store);
        }
        let ours = &self.deployment.certificate.fingerprint;
        let all = self.config.bindings.iter().zip(&state.bound);
        let others: Vec<&str> =
            all.filter(|(_, bound)| *bound != ours).map(|(name, _)| name.as_str()).collect();
        format!("another certificate is bound to {}", others.join(", "))
    }

    pub(crate) fn receipt(&self, changed: bool, note: String) -> Receipt {
        let reference = format!("Cert:\\LocalMachine\\{}", self.config.store);
        Receipt { changed, reference, note }
    }
}

/// Without `-InputFormat None` PowerShell itself would read the input, as lines of text.
pub(crate) fn arguments(script: &str) -> String {
    let utf16: Vec<u8> = script.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let encoded = document::base64(&utf16);
    format!("-NoProfile -NonInteractive -InputFormat None -EncodedCommand {encoded}")
}

fn read<T: DeserializeOwned>(stdout: &[u8]) -> Result<T, Failure> {
    // A byte order mark is what some consoles begin with.
    let text = String::from_utf8_lossy(stdout);
    serde_json::from_str(text.trim_start_matches('\u{feff}').trim())
        .map_err(|error| Failure::Rejected(format!("PowerShell answered something else: {error}")))
}
