//! The saga of one deployment: resolve, run, verify, then commit or undo.
//!
//! Whatever goes wrong between the first journalled step and the commit ends in the state before: the
//! journal restores the files and repeats the commands that make the server take them up again.

pub mod doors;
mod guest;
pub mod journal;
pub mod lane;
mod network;
pub mod pins;
pub mod plan;
pub mod resolve;
mod rollback;
pub mod server;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant, SystemTime};

use sha2::{Digest as _, Sha256};
use tokio::runtime::Handle;

use crate::capability::vault::Vault;
use crate::credential::{Credential, Identity};
use crate::deploy::doors::{GrantedDoors, Keys};
use crate::deploy::journal::{Ask, DeploymentId, Journal, Recovered, UndoError};
use crate::deploy::lane::LaneLock;
use crate::deploy::pins::Pins;
use crate::deploy::resolve::{Catalogue, Resolved};
use crate::deploy::server::ServerLocks;
use crate::fault;
use crate::grant::Grant;
use crate::outbox::{Claim, Message, Receipt};
use crate::outcome::{Failure, Outcome};
use crate::printable::printable;
use crate::sandbox::{Cancel, Doors, GuestDeployment, GuestReceipt};
use crate::verify;

pub use self::guest::{guest_deployment, guest_failure, run_failure, told};

/// When to look again whether another host is done with the target.
const BUSY: Duration = Duration::from_secs(1);
/// The longest text of a receipt, in characters.
const TEXT: usize = 4096;

/// Runs deployments: everything that they share.
pub struct Deployer {
    catalogue: Arc<Catalogue>,
    identity: Arc<Identity>,
    journal_root: PathBuf,
    runtime: Handle,
}

impl Deployer {
    /// A deployer for the plugins and targets of `catalogue`; undo journals go below `journal_root`.
    pub fn new(
        catalogue: Arc<Catalogue>,
        identity: Arc<Identity>,
        journal_root: PathBuf,
        runtime: Handle,
    ) -> Self {
        Self { catalogue, identity, journal_root, runtime }
    }

    /// Brings to an end what hosts left behind that died; says how much that was. Safe beside hosts that live, and quick:
    /// no connector is asked for its way back.
    pub fn recover(&self) -> usize {
        self.recover_asking(None, &AtomicBool::default())
    }

    /// Has the connectors go back that could not yet, until `stop` is set. Each may take a minute, in which its lane is busy.
    pub fn go_back(&self, stop: &AtomicBool) -> usize {
        self.recover_asking(Some(&|told, notes| self.ask(told, notes, None)), stop)
    }

    fn recover_asking(&self, ask: Option<Ask<'_>>, stop: &AtomicBool) -> usize {
        let mut ended = 0;
        for end in journal::recover(&self.journal_root, ask, stop) {
            match end {
                Ok(recovered) => {
                    ended += 1;
                    tell(&recovered);
                }
                Err(error) => tracing::error!("an earlier deployment cannot be brought to its end: {error}"),
            }
        }
        ended
    }

    /// The name of the plugin that deploys to this target; empty for a target that is not there.
    #[must_use]
    pub fn plugin_of(&self, target: &str) -> &str {
        self.catalogue.plugin_of(target)
    }

    /// Brings the claim's target to the claim's certificate, or leaves it as it was.
    ///
    /// # Errors
    ///
    /// The failure says who is at fault; the target is then in the state before.
    pub fn deploy(&self, claim: &Claim, deadline: Instant, cancel: &Cancel) -> Result<Receipt, Failure> {
        self.deploy_through(claim, deadline, cancel, &|doors| doors)
    }

    /// The same, with something between the connector and the real doors.
    ///
    /// # Errors
    ///
    /// As [`Self::deploy`].
    pub fn deploy_through(
        &self,
        claim: &Claim,
        deadline: Instant,
        cancel: &Cancel,
        between: &dyn Fn(Box<dyn Doors>) -> Box<dyn Doors>,
    ) -> Result<Receipt, Failure> {
        let lane = self.lane(&claim.message)?;
        let credential = self.credential(&claim.message)?;
        let mut resolved = self.catalogue.resolve(&claim.message.tenant, &claim.message.target)?;
        if let Some(name) = resolved.target.required_name() {
            credential
                .prove_name(name)
                .map_err(|error| Failure::new(Outcome::Rejected, error.to_string()))?;
        }
        let pins = self.pins(&mut resolved, &lane, &credential)?;
        let declared = resolved.declared()?;
        let vault = Arc::new(Vault::new(Arc::clone(&credential), resolved.secrets()?));
        let servers = self.servers(&declared, deadline, cancel)?;
        let deadline = deadline.min(Instant::now() + resolved.plugin.limits.wall);

        fault::point("journal.begin.before");
        let id = DeploymentId { message: claim.message.id, fence: claim.fence };
        let journal = Arc::new(Journal::new(&self.journal_root, lane, id));
        fault::point("journal.begin.after");

        let guest = guest_deployment(&resolved, &credential, claim.attempt)?;
        remember(pins.as_ref())?;
        let keys = Keys {
            resolved: &resolved,
            vault: &vault,
            journal: &journal,
            told: rollback::to_tell(&claim.message, &resolved, &guest),
            runtime: self.runtime.clone(),
            deadline,
            cancel,
        };
        let ended = GrantedDoors::open(&declared, keys).and_then(|doors| {
            let receipt = run(&resolved, &guest, between(Box::new(doors)), deadline, cancel);
            if cancel.is_cancelled() {
                // Whatever the guest made of it: it was not the guest's doing.
                return Err(lapsed());
            }
            let receipt = receipt?;
            journal
                .make_durable()
                .map_err(|error| internal("the new files cannot be made durable", &error))?;
            self.verify(&resolved, &credential, deadline)?;
            Ok(receipt)
        });
        let journal = Arc::into_inner(journal)
            .ok_or_else(|| Failure::new(Outcome::Internal, "the undo journal is still in use"))?;
        let ask = servers.until(|told, notes| self.ask(told, notes, Some(&credential)));
        conclude(journal, pins.as_ref(), ended, &credential, &vault, &ask)
    }

    /// What else the target's endpoints may show, where its own certificate is what is deployed.
    fn pins(
        &self,
        resolved: &mut Resolved,
        lane: &LaneLock,
        credential: &Credential,
    ) -> Result<Option<Pins>, Failure> {
        if !resolved.target.pin_deployed {
            return Ok(None);
        }
        let deployed = Sha256::digest(credential.leaf_der()).into();
        let pins = Pins::open(&self.journal_root, lane, deployed)
            .map_err(|error| internal("what was pinned for the target cannot be read", &error))?;
        resolved.rotation = Some(pins.rotation());
        Ok(Some(pins))
    }

    /// The target, for this deployment alone, with everything before it at its end.
    fn lane(&self, message: &Message) -> Result<LaneLock, Failure> {
        let lane = LaneLock::take(&self.journal_root, &message.tenant, &message.target)
            .map_err(|error| internal("the target cannot be locked", &error))?
            .ok_or_else(|| Failure {
                outcome: Outcome::Unavailable,
                message: format!(
                    "another host on this state directory still works on target `{}`, or was stopped while it did",
                    message.target
                ),
                retry_after: Some(BUSY),
            })?;
        journal::recover_lane(&self.journal_root, &lane, &|told, notes| self.ask(told, notes, None))
            .map_err(|error| unfinished(&error))?
            .iter()
            .for_each(tell);
        Ok(lane)
    }

    /// The servers that the deployment tells, for it alone, with no half of another one's files in their way.
    fn servers(&self, declared: &Grant, deadline: Instant, cancel: &Cancel) -> Result<ServerLocks, Failure> {
        let locks = ServerLocks::take(&self.journal_root, &declared.process_exec, deadline, cancel)
            .map_err(|error| internal("the server cannot be locked", &error))?
            .ok_or_else(|| Failure {
                outcome: Outcome::Unavailable,
                message: "other deployments to the same server took all the time".to_owned(),
                retry_after: Some(BUSY),
            })?;
        self.recover();
        Ok(locks)
    }

    fn credential(&self, message: &Message) -> Result<Arc<Credential>, Failure> {
        let payload = &message.payload;
        let key = self.identity.open(&payload.key).map_err(|error| {
            Failure::new(Outcome::Rejected, format!("the message's private key cannot be opened: {error}"))
        })?;
        let allow_expired = self.catalogue.allows_expired(&message.target);
        let credential = Credential::parse(
            payload.certificate.as_bytes(),
            payload.chain.as_bytes(),
            Some(key.expose()),
            SystemTime::now(),
            allow_expired,
        )
        .map_err(|error| Failure::new(Outcome::Rejected, error.to_string()))?;
        if credential.fingerprint() != message.fingerprint {
            return Err(Failure::new(
                Outcome::Rejected,
                format!(
                    "the message names fingerprint {} but carries certificate {}: whoever enqueued it is at fault",
                    message.fingerprint,
                    credential.fingerprint()
                ),
            ));
        }
        for warning in credential.warnings() {
            tracing::warn!("{warning}");
        }
        Ok(Arc::new(credential))
    }

    fn verify(&self, resolved: &Resolved, credential: &Credential, deadline: Instant) -> Result<(), Failure> {
        let Some(wanted) = &resolved.target.verify else { return Ok(()) };
        fault::point("verify.before");
        let verified = verify::verify(wanted, credential.fingerprint(), &self.runtime, deadline);
        fault::point("verify.after");
        verified.map_err(|error| Failure::new(Outcome::Unverified, error.to_string()))
    }
}

/// A deployment whose certificate would not be known again is none.
fn remember(pins: Option<&Pins>) -> Result<(), Failure> {
    pins.map_or(Ok(()), Pins::ahead).map_err(|error| internal("the new certificate cannot be pinned", &error))
}

/// One pin too many ends no deployment.
fn forget(pins: Option<std::io::Result<()>>) {
    if let Some(Err(error)) = pins {
        tracing::warn!("the certificates before stay pinned beside the new one: {error}");
    }
}

fn run(
    resolved: &Resolved,
    guest: &GuestDeployment,
    doors: Box<dyn Doors>,
    deadline: Instant,
    cancel: &Cancel,
) -> Result<GuestReceipt, Failure> {
    match resolved.loaded.deploy(guest, doors, deadline, cancel) {
        Ok(Ok(receipt)) => Ok(receipt),
        Ok(Err(failure)) => Err(guest_failure(failure)),
        Err(error) => Err(run_failure(&error)),
    }
}

fn conclude(
    journal: Journal,
    pins: Option<&Pins>,
    ended: Result<GuestReceipt, Failure>,
    credential: &Credential,
    vault: &Vault,
    ask: Ask<'_>,
) -> Result<Receipt, Failure> {
    match ended {
        Ok(receipt) => {
            let changed = receipt.changed || journal.changed();
            fault::point("journal.commit.before");
            let lane =
                journal.commit().map_err(|error| internal("the undo journal cannot be closed", &error))?;
            fault::point("journal.commit.after");
            forget(pins.map(|pins| pins.settle(&lane)));
            Ok(Receipt {
                outcome: if changed { Outcome::Changed } else { Outcome::Unchanged },
                changed,
                reference: clean(vault, &receipt.reference),
                note: clean(vault, &receipt.note),
                fingerprint: credential.fingerprint().to_owned(),
            })
        }
        Err(failure) => {
            forget(pins.map(Pins::trim));
            let failure = after(journal.undo(ask), failure);
            Err(Failure { message: clean(vault, &failure.message), ..failure })
        }
    }
}

/// The failure, with what its undo came to. Whoever was at fault still is: a server that does not run cannot be told of
/// an undo either.
fn after(undone: Result<Vec<String>, UndoError>, failure: Failure) -> Failure {
    let Failure { outcome, message, retry_after } = failure;
    match undone {
        Ok(short) if short.is_empty() => Failure { outcome, message, retry_after },
        Ok(short) => {
            let message = format!("{message}; the files are as before, but {}", short.join(", and "));
            Failure { outcome, message, retry_after }
        }
        // Another attempt asks the connector again, before anything else.
        Err(error @ UndoError::Pending { .. }) if outcome.is_retryable() => {
            Failure { outcome, message: format!("{message}; {error}"), retry_after }
        }
        Err(error @ UndoError::Pending { .. }) => {
            Failure::new(Outcome::Uncertain, format!("{}: {message}; {error}", outcome.label()))
        }
        Err(error) => Failure::new(
            Outcome::Internal,
            format!("{message}; putting the old state back failed as well: {error}"),
        ),
    }
}

/// Why nothing can be deployed over an earlier deployment.
fn unfinished(error: &UndoError) -> Failure {
    let outcome =
        if matches!(error, UndoError::Pending { .. }) { Outcome::Unavailable } else { Outcome::Internal };
    Failure::new(outcome, format!("an earlier deployment cannot be brought to its end: {error}"))
}

/// Text from a guest or a target, without secrets and without control characters.
fn clean(vault: &Vault, text: &str) -> String {
    printable(&String::from_utf8_lossy(&vault.scrub(text.as_bytes())), TEXT)
}

fn tell(recovered: &Recovered) {
    let end = if recovered.committed { "finished" } else { "put the old state back of" };
    let (message_id, fence) = (recovered.id.message, recovered.id.fence);
    tracing::warn!(message_id, fence, "{end} a deployment that a crash cut");
}

fn lapsed() -> Failure {
    Failure::new(Outcome::Unavailable, "the host lost its claim on the target before the connector was done")
}

fn internal(what: &str, error: &dyn std::fmt::Display) -> Failure {
    Failure::new(Outcome::Internal, format!("{what}: {error}"))
}
