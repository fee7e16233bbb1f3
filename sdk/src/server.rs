//! The shape of a server that takes its certificate from files: write them, let it check, tell it to reload.
//!
//! A connector of this shape says what a configuration comes to, and is done:
//!
//! ```
//! use lastmile_sdk::config::Fields;
//! use lastmile_sdk::server::{File, Piece, Plan, Run, Server};
//! use lastmile_sdk::{Connector, Problem};
//!
//! struct Example;
//!
//! impl Server for Example {
//!     const NAME: &'static str = "example";
//!
//!     fn plan(config: &str) -> Result<Plan, Vec<Problem>> {
//!         let mut fields = Fields::parse(config)?;
//!         let pem = fields.path("pem", "the path of the file that the server reads");
//!         fields.finish()?;
//!         Ok(Plan {
//!             files: vec![File::new(pem.unwrap_or_default(), &[Piece::FullChain, Piece::Key])],
//!             check: Some(Run::new(["/usr/sbin/example", "-t"])),
//!             reload: Some(Run::new(["/usr/sbin/example", "-s", "reload"])),
//!         })
//!     }
//! }
//!
//! assert_eq!(Example::capabilities(r#"{ "pem": "/tls/site.pem" }"#).unwrap().len(), 3);
//! ```
//!
//! What holds for every one of them:
//!
//! - A file with a sealed piece gets mode 0600, or 0640 where a group is to read it; others get 0644.
//! - The server is not told to reload what its own check refused; the host then puts the old files back.
//! - The same again writes nothing, checks nothing and reloads nothing. A later attempt of the same deployment
//!   reloads in any case: the files may be right and the server may not have read them.
//! - The reload is repeated by the host after it has put files back, or what stands in its place is run.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::failure::complaint;
use crate::{
    Attributes, Capability, Command, Connector, Deployment, Failure, KeyFormat, Keystore, Output, Part,
    Problem, Receipt, Rollback, Sandbox, Secret, Written, document,
};

/// A connector of this shape. Every [`Server`] is a [`Connector`].
pub trait Server {
    /// The connector's name, as in its file's name.
    const NAME: &'static str;

    /// What a configuration (a JSON object) comes to.
    ///
    /// # Errors
    ///
    /// Every problem of the configuration at once.
    fn plan(config: &str) -> Result<Plan, Vec<Problem>>;
}

impl<T: Server> Connector for T {
    fn name() -> &'static str {
        T::NAME
    }

    fn capabilities(config: &str) -> Result<Vec<Capability>, Vec<Problem>> {
        Ok(T::plan(config)?.capabilities())
    }

    fn deploy<S: Sandbox>(sandbox: &mut S, deployment: &Deployment) -> Result<Receipt, Failure> {
        T::plan(&deployment.config).map_err(Failure::Misconfigured)?.deploy(sandbox, deployment)
    }
}

/// What one configuration comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What is written, in this order. Not empty.
    pub files: Vec<File>,
    /// What must find the new files good before the server is told.
    pub check: Option<Run>,
    /// What makes the server take the new files up; none where it looks by itself.
    pub reload: Option<Run>,
}

/// One file that the server reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its absolute path.
    pub path: String,
    /// What stands in it, one after the other.
    pub content: Vec<Piece>,
    /// The owner's name; the present file's where none is named.
    pub owner: Option<String>,
    /// The name of a group that is to read it; the present file's where none is named.
    pub group: Option<String>,
}

/// What a file, or the input of a command, may hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// The leaf certificate alone, PEM.
    Leaf,
    /// The intermediates alone, PEM, the leaf's issuer first.
    Chain,
    /// Leaf, then intermediates, PEM: the order in which TLS sends them.
    FullChain,
    /// The private key, PKCS#8 PEM.
    Key,
    /// The private key as `RSA PRIVATE KEY` or `EC PRIVATE KEY`.
    TraditionalKey,
    /// The private key as encrypted PKCS#8 PEM under one of the target's secrets.
    EncryptedKey(String),
    /// A PKCS#12 file with everything.
    Pkcs12(Keystore),
    /// The same with the ciphers of old.
    Pkcs12Legacy(Keystore),
    /// A Java KeyStore file with everything.
    Jks(Keystore),
    /// Leaf, then intermediates, for use between the quotes of a JSON (or YAML double-quoted) string.
    FullChainJson,
    /// The private key, PKCS#8 PEM, for use between the quotes of a JSON (or YAML double-quoted) string.
    KeyJson,
    /// The SHA-256 of the leaf's DER, lower-case hex: makes a file differ with each certificate.
    Fingerprint,
    /// One of the target's secrets, by its name.
    Secret(String),
    /// Text of the connector's own.
    Text(String),
}

/// A command line, how to tell that it succeeded, and how to tell the server after an undo.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// The absolute program, then its arguments.
    pub argv: Vec<String>,
    /// What it reads.
    pub stdin: Vec<Piece>,
    /// What an undo runs instead of repeating it; needed where what it reads is sealed.
    pub back: Option<Vec<String>>,
    /// What its output holds if it succeeded, where its exit code says nothing; empty asks for nothing.
    pub says: String,
    /// What its output holds if it failed, where its exit code says nothing.
    pub never_says: Vec<String>,
}

impl Plan {
    /// The powers that the plan needs, each once.
    #[must_use]
    pub fn capabilities(&self) -> Vec<Capability> {
        let files = self.files.iter().map(|file| Capability::FsWrite(file.path.clone()));
        let runs = self.check.iter().chain(&self.reload);
        let lines = runs.flat_map(|run| core::iter::once(&run.argv).chain(&run.back));
        files.chain(lines.map(|argv| Capability::ProcessExec(argv.clone()))).collect()
    }

    /// Writes, checks, reloads.
    ///
    /// # Errors
    ///
    /// `rejected` where the check says no, `unavailable` where the reload does not succeed.
    pub fn deploy<S: Sandbox>(&self, sandbox: &mut S, deployment: &Deployment) -> Result<Receipt, Failure> {
        let mut changed = false;
        for file in &self.files {
            changed |= file.write(sandbox, deployment)? != Written::Unchanged;
        }
        if !changed && deployment.attempt <= 1 {
            return Ok(self.receipt(false, "the files are as they should be"));
        }
        if let Some(check) = &self.check
            && let Some(text) = check.run(sandbox, deployment, false)?
        {
            return Err(Failure::Rejected(text));
        }
        if let Some(reload) = &self.reload
            && let Some(text) = reload.run(sandbox, deployment, true)?
        {
            return Err(Failure::Unavailable((text, None)));
        }
        let done = if self.reload.is_some() { "written and reloaded" } else { "written" };
        Ok(self.receipt(changed, done))
    }

    fn receipt(&self, changed: bool, note: &str) -> Receipt {
        let certificate = |file: &&File| file.content.iter().any(|piece| !matches!(piece, Piece::Key));
        let file = self.files.iter().find(certificate).or(self.files.first());
        let reference = file.map(|file| file.path.clone()).unwrap_or_default();
        Receipt { changed, reference, note: note.to_string() }
    }
}

impl File {
    /// A file that keeps its present owner and group.
    #[must_use]
    pub fn new(path: String, content: &[Piece]) -> Self {
        Self { path, content: content.to_vec(), owner: None, group: None }
    }

    /// The same, for this owner and this group where they are named.
    #[must_use]
    pub fn owned(self, owner: Option<&str>, group: Option<&str>) -> Self {
        Self { owner: owner.map(ToOwned::to_owned), group: group.map(ToOwned::to_owned), ..self }
    }

    fn write<S: Sandbox>(&self, sandbox: &mut S, deployment: &Deployment) -> Result<Written, Failure> {
        let parts: Vec<Part> = self.content.iter().map(|piece| piece.part(deployment)).collect();
        let sealed = parts.iter().any(|part| matches!(part, Part::Sealed(_)));
        let mode = match (sealed, &self.group) {
            (false, _) => 0o644,
            (true, None) => 0o600,
            // A group was named so that it may read the key.
            (true, Some(_)) => 0o640,
        };
        let attributes = Attributes { mode, owner: self.owner.clone(), group: self.group.clone() };
        Ok(sandbox.write(&self.path, &parts, &attributes)?)
    }
}

impl Piece {
    fn part(&self, deployment: &Deployment) -> Part {
        let certificate = &deployment.certificate;
        let sealed = |secret| document::sealed(secret, crate::Encoding::Raw);
        match self {
            Self::Leaf => document::text(&certificate.leaf_pem),
            Self::Chain => document::text(&certificate.chain_pem),
            Self::FullChain => Part::Text(document::full_chain(certificate)),
            Self::Key => document::private_key(),
            Self::TraditionalKey => sealed(Secret::PrivateKey(KeyFormat::Traditional)),
            Self::EncryptedKey(passphrase) => document::encrypted_private_key(passphrase.as_str()),
            Self::Pkcs12(store) => sealed(Secret::Pkcs12(store.clone())),
            Self::Pkcs12Legacy(store) => sealed(Secret::Pkcs12Legacy(store.clone())),
            Self::Jks(store) => sealed(Secret::Jks(store.clone())),
            Self::FullChainJson => Part::Text(document::json(&document::full_chain(certificate))),
            Self::KeyJson => document::sealed(Secret::PrivateKey(KeyFormat::Pkcs8), crate::Encoding::Json),
            Self::Fingerprint => document::text(&certificate.fingerprint),
            Self::Secret(name) => document::named(name, crate::Encoding::Raw),
            Self::Text(text) => document::text(text),
        }
    }
}

impl Run {
    /// A command line whose exit code tells.
    #[must_use]
    pub fn new<A: ToString>(argv: impl IntoIterator<Item = A>) -> Self {
        Self { argv: argv.into_iter().map(|argument| argument.to_string()).collect(), ..Self::default() }
    }

    /// `None` if it succeeded, otherwise what it said. `tells`: an undo has to tell the server, too.
    fn run<S: Sandbox>(
        &self,
        sandbox: &mut S,
        deployment: &Deployment,
        tells: bool,
    ) -> Result<Option<String>, Failure> {
        let output = sandbox.exec(&Command {
            argv: self.argv.clone(),
            stdin: self.stdin.iter().map(|piece| piece.part(deployment)).collect(),
            timeout_ms: None,
            on_rollback: match (&self.back, tells) {
                (Some(argv), true) => Rollback::Run(argv.clone()),
                (None, true) => Rollback::Repeat,
                (_, false) => Rollback::Nothing,
            },
        })?;
        let shown = self.argv.join(" ");
        Ok(complaint(&shown, &output).or_else(|| self.lie(&shown, &output)))
    }

    /// Some programs end with 0 whatever happens; then their output tells.
    fn lie(&self, shown: &str, output: &Output) -> Option<String> {
        let said =
            format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        let never = self.never_says.iter().any(|text| said.contains(text.as_str()));
        if never || !said.contains(self.says.as_str()) {
            return Some(format!("{shown}: exit code 0, but it said: {}", said.trim()));
        }
        None
    }
}

#[cfg(test)]
mod tests;
