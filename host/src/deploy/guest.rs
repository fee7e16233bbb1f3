//! What a guest is told, and what it answers, between the sandbox's words and the host's.

use std::time::Duration;

use crate::credential::{Credential, KeyFormat};
use crate::deploy::resolve::Resolved;
use crate::outcome::{Failure, Outcome};
use crate::sandbox::{GuestDeployment, GuestFailure, RunError};

/// What the guest is told of the deployment.
pub fn guest_deployment(
    resolved: &Resolved,
    credential: &Credential,
    attempt: u32,
) -> Result<GuestDeployment, Failure> {
    let private_key = if resolved.plugin.reveal_key {
        let key = credential
            .private_key_pem(KeyFormat::Pkcs8)
            .map_err(|error| Failure::new(Outcome::Rejected, error.to_string()))?;
        Some(key.expose().to_vec())
    } else {
        None
    };
    let told = told(credential, &resolved.target.name, &resolved.config_json());
    Ok(GuestDeployment { private_key, attempt, ..told })
}

/// What a connector is told of a credential in a first attempt, without its key.
#[must_use]
pub fn told(credential: &Credential, target: &str, config: &str) -> GuestDeployment {
    GuestDeployment {
        target: target.to_owned(),
        config: config.to_owned(),
        leaf_pem: credential.leaf_pem().to_owned(),
        chain_pem: credential.chain_pem().to_owned(),
        fingerprint: credential.fingerprint().to_owned(),
        chain_fingerprints: credential.chain_fingerprints(),
        serial: credential.serial().to_owned(),
        subject: credential.subject().to_owned(),
        names: credential.names().to_vec(),
        not_before: credential.not_before(),
        not_after: credential.not_after(),
        private_key: None,
        attempt: 1,
    }
}

/// The guest's own account of a failure, in the host's words.
pub fn guest_failure(failure: GuestFailure) -> Failure {
    match failure {
        GuestFailure::Denied(text) => Failure::new(Outcome::Denied, text),
        GuestFailure::Misconfigured(problems) => {
            let text: Vec<String> =
                problems.iter().map(|problem| format!("{}: {}", problem.pointer, problem.message)).collect();
            Failure::new(Outcome::Misconfigured, text.join("; "))
        }
        GuestFailure::Rejected(text) => Failure::new(Outcome::Rejected, text),
        GuestFailure::Unavailable(text, after) => Failure {
            outcome: Outcome::Unavailable,
            message: text,
            retry_after: after.map(|seconds| Duration::from_secs(u64::from(seconds))),
        },
        GuestFailure::Uncertain(text) => Failure::new(Outcome::Uncertain, text),
    }
}

/// A guest that did not return at all.
pub fn run_failure(error: &RunError) -> Failure {
    let outcome = match error {
        RunError::Trapped(_) => Outcome::Trapped,
        RunError::Limit(_) => Outcome::Limit,
        RunError::Internal(_) => Outcome::Internal,
    };
    Failure::new(outcome, error.to_string())
}
