//! The admission check: a component against scripted doors, with no power over anything real.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use serde::Serialize;
use thiserror::Error;

use crate::capability::document::{Document, Part};
use crate::capability::fs::{Attributes, FsError, Written};
use crate::capability::net::{NetError, Request, Response};
use crate::capability::process::{Command, ExecError, Output, Status};
use crate::credential::{Credential, CredentialError};
use crate::sandbox::{
    Cancel, Capability, Doors, Granted, GuestDeployment, GuestFailure, Limits, LoadError, Loaded, PluginSpec,
    RunError, Sandbox,
};

/// What is examined.
pub struct Subject {
    /// The component file.
    pub component: PathBuf,
    /// A target's configuration, JSON.
    pub config: String,
    /// Whether WASI is answered inertly.
    pub inert_wasi: bool,
}

/// One check; `fault` says what is wrong.
#[derive(Debug, Serialize)]
pub struct Check {
    /// What was asked.
    pub name: &'static str,
    /// What is wrong, if anything.
    pub fault: Option<String>,
}

/// The examination could not begin.
#[derive(Debug, Error)]
pub enum ConformanceError {
    /// The component was refused at load.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The specimen certificate is unusable: a fault of lastmile's.
    #[error("the specimen certificate: {0}")]
    Specimen(#[from] CredentialError),
}

/// A certificate that exists only to be examined with; no authority signed it.
const SPECIMEN: &str = include_str!("conformance/specimen.pem");

/// Loads the component with all three powers linked and runs every check against scripted doors.
///
/// # Errors
///
/// The component is refused at load.
pub fn examine(sandbox: &Sandbox, subject: &Subject) -> Result<Vec<Check>, ConformanceError> {
    let loaded = sandbox.load(&PluginSpec {
        name: "candidate".to_owned(),
        path: subject.component.clone(),
        sha256: None,
        granted: Granted { fs: true, net: true, process: true },
        inert_wasi: subject.inert_wasi,
        limits: Limits::default(),
    })?;
    let credential = Credential::parse(SPECIMEN.as_bytes(), b"", None, SystemTime::now(), true)?;
    let examiner = Examiner { loaded, guest: specimen(&credential, &subject.config) };
    let declared = examiner.declared();
    let mut report = vec![
        check("names itself", examiner.names_itself()),
        check("declares at least one capability", declared.as_ref().map(drop).map_err(Clone::clone)),
    ];
    if let Ok(declared) = declared {
        report.push(check("deploys within what it declared", examiner.deploys(&declared)));
        report.push(check("converges on a second deployment", examiner.converges(&declared)));
        report.push(check("reports a refusal of each capability", examiner.denied(&declared)));
        report.push(check("ends when it is cancelled", examiner.cancelled(&declared)));
    }
    Ok(report)
}

struct Examiner {
    loaded: Arc<Loaded>,
    guest: GuestDeployment,
}

impl Examiner {
    fn names_itself(&self) -> Result<(), String> {
        let name = self.loaded.name().map_err(|error| error.to_string())?;
        if name.is_empty() { Err("its name is empty".to_owned()) } else { Ok(()) }
    }

    fn declared(&self) -> Result<Vec<Capability>, String> {
        let answer = self.loaded.capabilities(&self.guest.config).map_err(|error| error.to_string())?;
        let declared = answer.map_err(|problems| {
            let text: Vec<String> =
                problems.iter().map(|p| format!("{}: {}", p.pointer, p.message)).collect();
            format!("it refuses the configuration: {}", text.join("; "))
        })?;
        if declared.is_empty() { Err("it declares nothing".to_owned()) } else { Ok(declared) }
    }

    fn attempt(
        &self,
        script: &Arc<Mutex<Script>>,
        cancel: &Cancel,
    ) -> Result<Result<bool, GuestFailure>, RunError> {
        let doors = ScriptedDoors(Arc::clone(script));
        let deadline = Instant::now() + Duration::from_secs(20);
        let ended = self.loaded.deploy(&self.guest, Box::new(doors), deadline, cancel)?;
        Ok(ended.map(|receipt| receipt.changed))
    }

    fn deploys(&self, declared: &[Capability]) -> Result<(), String> {
        let script = Script::new(declared);
        let ended = self.attempt(&script, &Cancel::default()).map_err(|error| error.to_string())?;
        let script = script.lock().map_err(|_| "the script is broken".to_owned())?;
        if let Some(beyond) = script.beyond.first() {
            return Err(format!("it asked for what it had not declared: {beyond}"));
        }
        match ended {
            Ok(_) => Ok(()),
            // Scripted doors answer no request: a connector over HTTP can only say so.
            Err(GuestFailure::Unavailable(..) | GuestFailure::Uncertain(_)) if script.dialled => Ok(()),
            Err(failure) => Err(format!("{:?}", crate::deploy::guest_failure(failure).message)),
        }
    }

    fn converges(&self, declared: &[Capability]) -> Result<(), String> {
        let script = Script::new(declared);
        for _ in 0..2 {
            let ended = self.attempt(&script, &Cancel::default()).map_err(|error| error.to_string())?;
            let mut script = script.lock().map_err(|_| "the script is broken".to_owned())?;
            if script.dialled {
                return Ok(());
            }
            if script.runs > 0 && matches!(ended, Ok(true)) {
                return Err("the same deployment again reports a change".to_owned());
            }
            script.runs += 1;
        }
        Ok(())
    }

    fn denied(&self, declared: &[Capability]) -> Result<(), String> {
        for index in 0..declared.len() {
            let mut fewer = declared.to_vec();
            let withheld = fewer.remove(index);
            let script = Script::new(&fewer);
            let ended = self.attempt(&script, &Cancel::default()).map_err(|error| error.to_string())?;
            let asked = script.lock().map(|script| !script.beyond.is_empty()).unwrap_or_default();
            if asked && ended.is_ok() {
                return Err(format!("it reports success though {withheld:?} was refused"));
            }
        }
        Ok(())
    }

    fn cancelled(&self, declared: &[Capability]) -> Result<(), String> {
        let cancel = Cancel::default();
        cancel.cancel();
        match self.attempt(&Script::new(declared), &cancel) {
            Err(_) | Ok(Err(_)) => Ok(()),
            Ok(Ok(_)) => Err("it went on after it was cancelled".to_owned()),
        }
    }
}

fn check(name: &'static str, result: Result<(), String>) -> Check {
    Check { name, fault: result.err() }
}

fn specimen(credential: &Credential, config: &str) -> GuestDeployment {
    GuestDeployment {
        target: "specimen".to_owned(),
        config: config.to_owned(),
        leaf_pem: credential.leaf_pem().to_owned(),
        chain_pem: credential.chain_pem().to_owned(),
        fingerprint: credential.fingerprint().to_owned(),
        serial: credential.serial().to_owned(),
        subject: credential.subject().to_owned(),
        names: credential.names().to_vec(),
        not_before: credential.not_before(),
        not_after: credential.not_after(),
        private_key: None,
        attempt: 1,
    }
}

/// What the doors answer and what was asked of them.
struct Script {
    declared: Vec<Capability>,
    files: BTreeMap<String, String>,
    beyond: Vec<String>,
    dialled: bool,
    runs: u32,
}

impl Script {
    fn new(declared: &[Capability]) -> Arc<Mutex<Self>> {
        Arc::new(Mutex::new(Self {
            declared: declared.to_vec(),
            files: BTreeMap::new(),
            beyond: Vec::new(),
            dialled: false,
            runs: 0,
        }))
    }

    fn allows(&mut self, asked: &Capability) -> bool {
        let allowed = self.declared.iter().any(|declared| match (declared, asked) {
            (Capability::FsWrite(prefix), Capability::FsWrite(path)) => {
                prefix == path || (prefix.ends_with('/') && path.starts_with(prefix.as_str()))
            }
            (declared, asked) => declared == asked,
        });
        if !allowed {
            self.beyond.push(format!("{asked:?}"));
        }
        allowed
    }
}

struct ScriptedDoors(Arc<Mutex<Script>>);

fn fingerprint(content: &Document) -> String {
    content
        .iter()
        .map(|part| match part {
            Part::Text(text) => text.clone(),
            Part::Bytes(bytes) => hex::encode(bytes),
            Part::Sealed { secret, .. } => format!("<{secret}>"),
            Part::BodyLength(extra) => format!("<{extra}>"),
        })
        .collect()
}

impl Doors for ScriptedDoors {
    fn fs_write(&mut self, path: &str, content: Document, _: Attributes) -> Result<Written, FsError> {
        let Ok(mut script) = self.0.lock() else { return Err(FsError::Io("script".to_owned())) };
        if !script.allows(&Capability::FsWrite(path.to_owned())) {
            return Err(FsError::Denied(path.to_owned()));
        }
        let content = fingerprint(&content);
        Ok(match script.files.insert(path.to_owned(), content.clone()) {
            None => Written::Created,
            Some(before) if before == content => Written::Unchanged,
            Some(_) => Written::Replaced,
        })
    }

    fn exec(&mut self, command: Command) -> Result<Output, ExecError> {
        let Ok(mut script) = self.0.lock() else { return Err(ExecError::Failed("script".to_owned())) };
        if !script.allows(&Capability::ProcessExec(command.argv.clone())) {
            return Err(ExecError::Denied(command.argv.join(" ")));
        }
        Ok(Output { status: Status::Exited(0), stdout: Vec::new(), stderr: Vec::new() })
    }

    fn dial(&mut self, endpoint: &str) -> Result<usize, NetError> {
        let Ok(mut script) = self.0.lock() else { return Err(NetError::Invalid("script".to_owned())) };
        if !script.allows(&Capability::NetDial(endpoint.to_owned())) {
            return Err(NetError::Denied(endpoint.to_owned()));
        }
        script.dialled = true;
        Ok(0)
    }

    fn request(&mut self, _: usize, _: Request) -> Result<Response, NetError> {
        Err(NetError::Unreachable("a scripted door answers no request".to_owned()))
    }

    fn send(&mut self, _: usize, _: Document) -> Result<(), NetError> {
        Err(NetError::Unreachable("a scripted door takes no bytes".to_owned()))
    }

    fn receive(&mut self, _: usize, _: u32, _: Duration) -> Result<Vec<u8>, NetError> {
        Err(NetError::Unreachable("a scripted door sends no bytes".to_owned()))
    }

    fn peer_certificates(&mut self, _: usize) -> Result<Vec<Vec<u8>>, NetError> {
        Ok(Vec::new())
    }

    fn close(&mut self, _: usize) {}

    fn log(&mut self, _: &str, _: &[u8]) {}
}
