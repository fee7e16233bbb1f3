//! Having a connector take back what it told its target over the network.
//!
//! It is asked as its target is configured, trusted and granted now, by what it was told then. What stands in the way of
//! asking is the operator's to mend, and the journal waits for it; so it does for an answer that another try may better.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use sha2::{Digest as _, Sha256};

use crate::capability::document::Document;
use crate::capability::fs::{Attributes, FsError, Written};
use crate::capability::net::{NetDoor, NetError, Request, Response, Rotation};
use crate::capability::process::{Command, ExecError, Output};
use crate::capability::vault::Vault;
use crate::credential::Credential;
use crate::deploy::journal::{Stuck, Told};
use crate::deploy::network::{Network, log};
use crate::deploy::resolve::Resolved;
use crate::deploy::{Deployer, clean, guest_failure, lane, pins, run_failure, told};
use crate::grant::Endpoint;
use crate::outbox::Message;
use crate::outcome::Failure;
use crate::sandbox::{Cancel, Doors, GuestDeployment};

const ELSEWHERE: &str = "none of the endpoints that it was told through is both granted and in the target's configuration \
     now: put the grant or the configuration back";
const NETWORK_ALONE: &str =
    "a rollback reaches the network alone: the host takes files and commands back itself";

/// What the journal keeps of a deployment, for the case that the connector notes something.
pub(super) fn to_tell(message: &Message, resolved: &Resolved, guest: &GuestDeployment) -> Told {
    Told {
        tenant: message.tenant.clone(),
        target: resolved.target.name.clone(),
        plugin: resolved.plugin.name.clone(),
        config: guest.config.clone(),
        fingerprint: guest.fingerprint.clone(),
        leaf: guest.leaf_pem.clone(),
        chain: guest.chain_pem.clone(),
        attempt: guest.attempt,
    }
}

impl Deployer {
    /// Asks the connector that noted these notes, newest first. `known` is the credential where the host still has it:
    /// an answer that repeats its key is scrubbed.
    pub(super) fn ask(
        &self,
        before: &Told,
        notes: &[String],
        known: Option<&Arc<Credential>>,
    ) -> Result<(), Stuck> {
        let hindered = |failure: Failure| Stuck::ForNow(failure.message);
        let mut resolved = self.catalogue.resolve(&before.tenant, &before.target).map_err(hindered)?;
        let plugin = &resolved.plugin.name;
        if !before.plugin.is_empty() && before.plugin != *plugin {
            // These notes are in the words of another one.
            let before = &before.plugin;
            return Err(Stuck::ForNow(format!(
                "the target has another plugin now, `{plugin}`: put `{before}` back"
            )));
        }
        if !resolved.loaded.is_reversible() {
            return Err(Stuck::ForNow(format!(
                "plugin `{plugin}` is another component now, without a rollback: put the one back that has it"
            )));
        }
        let credential = known.map_or_else(|| public(before), |known| Ok(Arc::clone(known)))?;
        if resolved.target.pin_deployed {
            resolved.rotation = Some(self.both_pins(before, &credential)?);
        }
        let guest =
            GuestDeployment { attempt: before.attempt, ..told(&credential, &before.target, &before.config) };
        let vault = Arc::new(Vault::on_the_way_back(credential, resolved.secrets().map_err(hindered)?));
        let deadline = Instant::now() + resolved.loaded.time_to_go_back();
        let doors = self.way_back(&resolved, &guest.config, &vault, deadline)?;
        match resolved.loaded.rollback(&guest, notes, Box::new(doors), deadline) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(failure)) => Err(stuck(&guest_failure(failure), &vault)),
            Err(error) => Err(stuck(&run_failure(&error), &vault)),
        }
    }

    /// The target may show the new certificate or the one before it, and comes to show the other.
    fn both_pins(&self, before: &Told, credential: &Credential) -> Result<Arc<Rotation>, Stuck> {
        let lane = lane::key_of(&before.tenant, &before.target);
        let deployed = Sha256::digest(credential.leaf_der()).into();
        pins::on_the_way_back(&self.journal_root, &lane, deployed)
            .map_err(|error| Stuck::ForNow(format!("what was pinned for the target cannot be read: {error}")))
    }

    /// Of what the connector declared for its configuration then, the endpoints that it declares for that of now and is still
    /// granted: the target's secrets are those of now, and are not for where it was before.
    fn way_back(
        &self,
        resolved: &Resolved,
        config: &str,
        vault: &Arc<Vault>,
        deadline: Instant,
    ) -> Result<WayBack, Stuck> {
        let then = resolved.needs(config).map_err(|failure| stuck(&failure, vault))?;
        let now = resolved
            .needs(&resolved.config_json())
            .map_err(|failure| Stuck::ForNow(clean(vault, &failure.message)))?;
        let endpoints = still_open(then.net_dial, &now.net_dial, &resolved.plugin.grant.net_dial);
        if endpoints.is_empty() {
            return Err(Stuck::ForNow(ELSEWHERE.to_owned()));
        }
        let door = NetDoor::new(endpoints, resolved.net_settings(), self.runtime.clone());
        let network = Network::new(door, Arc::clone(vault), deadline, Cancel::default());
        Ok(WayBack { network, vault: Arc::clone(vault) })
    }
}

/// The endpoints of then that are declared now and granted.
fn still_open(then: Vec<Endpoint>, now: &[Endpoint], granted: &[Endpoint]) -> Vec<Endpoint> {
    let among = |some: &[Endpoint], wanted: &Endpoint| some.iter().any(|one| one.covers(wanted));
    then.into_iter().filter(|wanted| among(now, wanted) && among(granted, wanted)).collect()
}

/// The credential as the journal has it: without its key. It may have expired meanwhile.
fn public(before: &Told) -> Result<Arc<Credential>, Stuck> {
    let (leaf, chain) = (before.leaf.as_bytes(), before.chain.as_bytes());
    let parsed = Credential::parse(leaf, chain, None, SystemTime::now(), true);
    parsed.map(Arc::new).map_err(|error| Stuck::ForGood(format!("the journalled certificate: {error}")))
}

fn stuck(failure: &Failure, vault: &Vault) -> Stuck {
    let text = clean(vault, &format!("{}: {}", failure.outcome.label(), failure.message));
    if failure.outcome.is_retryable() { Stuck::ForNow(text) } else { Stuck::ForGood(text) }
}

/// Doors of which only those to the network open.
struct WayBack {
    network: Network,
    vault: Arc<Vault>,
}

impl Doors for WayBack {
    fn fs_write(&mut self, _: &str, _: Document, _: Attributes) -> Result<Written, FsError> {
        Err(FsError::Denied(NETWORK_ALONE.to_owned()))
    }

    fn exec(&mut self, _: Command) -> Result<Output, ExecError> {
        Err(ExecError::Denied(NETWORK_ALONE.to_owned()))
    }

    fn dial(&mut self, endpoint: &str) -> Result<usize, NetError> {
        self.network.dial(endpoint)
    }

    fn request(&mut self, id: usize, request: Request) -> Result<Response, NetError> {
        self.network.request(id, &request)
    }

    fn send(&mut self, id: usize, content: Document) -> Result<(), NetError> {
        self.network.send(id, &content)
    }

    fn receive(&mut self, id: usize, at_most: u32, timeout: Duration) -> Result<Vec<u8>, NetError> {
        self.network.receive(id, at_most, timeout)
    }

    fn peer_certificates(&mut self, id: usize) -> Result<Vec<Vec<u8>>, NetError> {
        self.network.peer_certificates(id)
    }

    fn on_rollback(&mut self, _: usize, _: &str) -> Result<(), NetError> {
        Err(NetError::Invalid("a rollback notes nothing".to_owned()))
    }

    fn wait(&mut self, id: usize, time: Duration) -> Result<(), NetError> {
        self.network.wait(id, time)
    }

    fn close(&mut self, id: usize) {
        self.network.close(id);
    }

    fn log(&mut self, stream: &str, bytes: &[u8]) {
        log(&self.vault, stream, bytes);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    #[test]
    fn the_way_back_is_what_was_is_and_may_be_dialled() {
        let all = |ports: &[u16]| -> Vec<Endpoint> {
            ports.iter().map(|port| format!("https://appliance.test:{port}").parse().unwrap()).collect()
        };
        assert_eq!(still_open(all(&[1, 2, 3]), &all(&[2, 3, 4]), &all(&[1, 3, 4])), all(&[3]));
        assert_eq!(still_open(all(&[1]), &all(&[2]), &all(&[1, 2])), [], "the target is another one now");
    }
}
