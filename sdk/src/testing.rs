//! A double of the sandbox for a connector's unit tests: it records what the connector does and answers what
//! the test wrote down. It grants what the connector declared, and nothing else.

extern crate std;

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::cell::RefCell;

use crate::{
    Attributes, Capability, Certificate, Command, Connection, Deployment, ExecError, Failure, FsError,
    Keystore, NetError, Output, Part, Passphrase, Request, Response, Reversible, Rollback, Sandbox, Secret,
    Status, Written,
};

mod script;
pub mod specimens;

use script::Script;

/// A request as the double saw it.
#[derive(Clone, Debug)]
pub struct Sent {
    /// The method and path, for example `POST /`.
    pub line: String,
    /// Names in lower case and values.
    pub headers: BTreeMap<String, String>,
    /// The body, sealed parts by name.
    pub body: String,
}

/// A sandbox that does nothing and remembers everything.
#[derive(Debug, Default)]
pub struct Double {
    declared: Vec<Capability>,
    /// What the files hold now, sealed parts by name, with their mode.
    pub files: BTreeMap<String, (String, u32)>,
    /// The owner and the group that each file was last written for.
    pub owners: BTreeMap<String, (Option<String>, Option<String>)>,
    /// The commands that ran, in order.
    pub commands: Vec<Vec<String>>,
    /// The commands that an undo would run.
    pub repeated: Vec<Vec<String>>,
    /// What a program answers, by any part of its command line; others succeed silently.
    pub outputs: BTreeMap<String, Output>,
    /// What the network answers.
    responses: Rc<RefCell<Script>>,
    /// What was requested, in order.
    pub requests: Rc<RefCell<Vec<Sent>>>,
    /// What was noted for a rollback, in order, each once.
    pub notes: Rc<RefCell<Vec<String>>>,
    /// How long it was to wait, in milliseconds, in order. A wait of the double takes no time.
    pub waits: Rc<RefCell<Vec<u32>>>,
    /// Whether a rollback runs: then only the network is open.
    going_back: bool,
}

impl Double {
    /// A double that opens for these capabilities.
    #[must_use]
    pub fn granting(declared: Vec<Capability>) -> Self {
        Self { declared, ..Self::default() }
    }

    /// Lets the next request be answered so.
    pub fn answer(&mut self, status: u16, body: &str) {
        let response = Response { status, headers: Vec::new(), body: body.as_bytes().to_vec() };
        self.responses.borrow_mut().in_order.push_back(Ok(response));
    }

    /// Lets the next request fail so.
    pub fn fail(&mut self, error: NetError) {
        self.responses.borrow_mut().in_order.push_back(Err(error));
    }

    /// Plays a rollback as the host does: with the notes newest first, and with the network alone.
    ///
    /// # Errors
    ///
    /// As the connector says.
    pub fn roll_back<R: Reversible>(&mut self, deployment: &Deployment) -> Result<(), Failure> {
        let notes: Vec<String> = self.notes.borrow().iter().rev().cloned().collect();
        let told = Deployment { private_key: None, ..deployment.clone() };
        self.going_back = true;
        let ended = R::rollback(self, &told, &notes);
        self.going_back = false;
        ended
    }

    fn granted(&self, argv: &[String]) -> Result<(), ExecError> {
        let granted =
            |power: &Capability| matches!(power, Capability::ProcessExec(granted) if granted == argv);
        if self.declared.iter().any(granted) { Ok(()) } else { Err(ExecError::Denied(argv.join(" "))) }
    }

    /// Lets a program that has `part` in its command line end with this code and complaint.
    pub fn exit(&mut self, part: &str, code: i32, stderr: &str) {
        let status = Status::Exited(code);
        let output = Output { status, stdout: Vec::new(), stderr: stderr.as_bytes().to_vec() };
        self.outputs.insert(part.to_owned(), output);
    }
}

impl Sandbox for Double {
    type Connection = DoubleConnection;

    fn write(&mut self, path: &str, content: &[Part], attributes: &Attributes) -> Result<Written, FsError> {
        if self.going_back {
            return Err(FsError::Denied(NETWORK_ALONE.to_owned()));
        }
        let granted =
            |prefix: &String| path == prefix || (prefix.ends_with('/') && path.starts_with(prefix.as_str()));
        if !self.declared.iter().any(|power| matches!(power, Capability::FsWrite(prefix) if granted(prefix)))
        {
            return Err(FsError::Denied(path.to_owned()));
        }
        let sealed = content.iter().any(|part| matches!(part, Part::Sealed(_)));
        if sealed && attributes.mode & 0o007 != 0 {
            return Err(FsError::Denied(format!("{path}: others could read a sealed part")));
        }
        self.owners.insert(path.to_owned(), (attributes.owner.clone(), attributes.group.clone()));
        let fresh = (render(content), attributes.mode);
        Ok(match self.files.insert(path.to_owned(), fresh.clone()) {
            None => Written::Created,
            Some(present) if present == fresh => Written::Unchanged,
            Some(_) => Written::Replaced,
        })
    }

    fn exec(&mut self, command: &Command) -> Result<Output, ExecError> {
        if self.going_back {
            return Err(ExecError::Denied(NETWORK_ALONE.to_owned()));
        }
        self.granted(&command.argv)?;
        self.commands.push(command.argv.clone());
        match &command.on_rollback {
            Rollback::Nothing => {}
            Rollback::Repeat if command.stdin.iter().any(|part| matches!(part, Part::Sealed(_))) => {
                return Err(ExecError::Denied("input with a sealed part cannot be repeated".to_owned()));
            }
            Rollback::Repeat => self.repeated.push(command.argv.clone()),
            Rollback::Run(argv) => {
                self.granted(argv)?;
                self.repeated.push(argv.clone());
            }
        }
        let line = command.argv.join(" ");
        let scripted = self.outputs.iter().find(|(part, _)| line.contains(part.as_str()));
        Ok(scripted.map_or_else(
            || Output { status: Status::Exited(0), stdout: Vec::new(), stderr: Vec::new() },
            |(_, output)| output.clone(),
        ))
    }

    fn dial(&mut self, endpoint: &str) -> Result<Self::Connection, NetError> {
        let granted = |power: &Capability| matches!(power, Capability::NetDial(wanted) if wanted == endpoint);
        if !self.declared.iter().any(granted) {
            return Err(NetError::Denied(endpoint.to_owned()));
        }
        Ok(DoubleConnection {
            responses: Rc::clone(&self.responses),
            requests: Rc::clone(&self.requests),
            notes: Rc::clone(&self.notes),
            waits: Rc::clone(&self.waits),
            going_back: self.going_back,
        })
    }
}

/// A connection of the double.
#[derive(Debug)]
pub struct DoubleConnection {
    responses: Rc<RefCell<Script>>,
    requests: Rc<RefCell<Vec<Sent>>>,
    notes: Rc<RefCell<Vec<String>>>,
    waits: Rc<RefCell<Vec<u32>>>,
    going_back: bool,
}

impl Connection for DoubleConnection {
    fn request(&mut self, request: &Request) -> Result<Response, NetError> {
        let mut documents = request.headers.iter().map(|(_, value)| value).chain([&request.body]).flatten();
        if self.going_back && documents.any(of_the_credential) {
            return Err(NetError::Invalid(
                "a rollback has the target's own secrets and nothing of the credential".to_owned(),
            ));
        }
        let headers =
            request.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), render(value))).collect();
        let line = format!("{} {}", request.method, request.path);
        let answer = self.responses.borrow_mut().answer(&line);
        self.requests.borrow_mut().push(Sent { line, headers, body: render(&request.body) });
        answer
    }

    fn send(&mut self, _: &[Part]) -> Result<(), NetError> {
        Err(NetError::Invalid("the double speaks HTTP only".to_owned()))
    }

    fn receive(&mut self, _: u32, _: u32) -> Result<Vec<u8>, NetError> {
        Err(NetError::Invalid("the double speaks HTTP only".to_owned()))
    }

    fn peer_certificates(&mut self) -> Result<Vec<Vec<u8>>, NetError> {
        Ok(Vec::new())
    }

    fn on_rollback(&mut self, note: &str) -> Result<(), NetError> {
        if self.going_back {
            return Err(NetError::Invalid("a rollback notes nothing".to_owned()));
        }
        let mut notes = self.notes.borrow_mut();
        if !notes.iter().any(|known| known == note) {
            notes.push(note.to_owned());
        }
        Ok(())
    }

    fn wait(&mut self, ms: u32) -> Result<(), NetError> {
        self.waits.borrow_mut().push(ms);
        Ok(())
    }
}

const NETWORK_ALONE: &str = "a rollback reaches the network alone";

/// Whether the part is a secret that is gone with the deployment.
fn of_the_credential(part: &Part) -> bool {
    matches!(part, Part::Sealed(sealed) if !matches!(sealed.secret, Secret::Named(_)))
}

/// A document as text; a sealed part is its name between guillemets.
#[must_use]
pub fn render(content: &[Part]) -> String {
    content
        .iter()
        .map(|part| match part {
            Part::Text(text) => text.clone(),
            Part::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            Part::Sealed(sealed) => format!("«{}»", name(&sealed.secret)),
            Part::BodyLength(plus) => format!("«body length {plus:+}»"),
        })
        .collect()
}

fn name(secret: &Secret) -> String {
    let locked =
        |what: &str, store: &Keystore| format!("{what} {} under {}", store.alias, lock(&store.password));
    match secret {
        Secret::PrivateKey(_) => "private key".to_owned(),
        Secret::EncryptedPrivateKey(passphrase) => format!("private key under {}", lock(passphrase)),
        Secret::Pkcs12(store) => locked("PKCS#12", store),
        Secret::Pkcs12Legacy(store) => locked("legacy PKCS#12", store),
        Secret::Jks(store) => locked("JKS", store),
        Secret::Named(name) => name.clone(),
        Secret::Ephemeral(name) => format!("ephemeral {name}"),
    }
}

fn lock(passphrase: &Passphrase) -> String {
    match passphrase {
        Passphrase::Named(name) => name.clone(),
        Passphrase::Ephemeral(name) => format!("ephemeral {name}"),
    }
}

/// A first attempt to deploy a certificate with leaf `LEAF` and chain `CHAIN` (not real PEM).
#[must_use]
pub fn deployment(config: &str) -> Deployment {
    Deployment {
        target: "test-target".to_owned(),
        config: config.to_owned(),
        certificate: Certificate {
            leaf_pem: "LEAF\n".to_owned(),
            chain_pem: "CHAIN\n".to_owned(),
            fingerprint: "00".repeat(32),
            chain_fingerprints: vec!["11".repeat(32)],
            serial: "01".to_owned(),
            subject: "CN=example.test".to_owned(),
            names: vec!["example.test".to_owned()],
            not_before: 0,
            not_after: u64::MAX,
        },
        private_key: None,
        attempt: 1,
    }
}
