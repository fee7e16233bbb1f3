//! Between the contract's types and the host's own.

use std::time::Duration;

use super::bindings::exports::lastmile::connector::connector as guest;
use super::bindings::lastmile::connector::{fs, net, process, types};
use super::{Capability, GuestDeployment, GuestFailure, GuestReceipt, Problem};
use crate::capability::document::{Document, Encoding, Keystore, Locked, Part, Passphrase, SecretRef};
use crate::capability::fs::{Attributes, FsError, Written};
use crate::capability::net::{NetError, Request, Response};
use crate::capability::process::{Command, ExecError, Output, Rollback, Status};
use crate::credential::{KeyFormat, Protection};
use crate::printable::printable;

/// The longest text that a guest may answer, in characters.
const TEXT: usize = 4096;
/// The most problems that are passed on.
const PROBLEMS: usize = 64;

/// The bytes that a document brings along, its frame included.
pub(super) fn size(content: &[types::Part]) -> usize {
    content
        .iter()
        .map(|part| match part {
            types::Part::Text(text) => text.len(),
            types::Part::Bytes(bytes) => bytes.len(),
            types::Part::Sealed(sealed) => 32 + names(&sealed.secret),
            types::Part::BodyLength(_) => 32,
        })
        .sum()
}

/// What a sealed part is called stays in the host until the deployment is over.
fn names(secret: &types::Secret) -> usize {
    let passphrase = |passphrase: &types::Passphrase| match passphrase {
        types::Passphrase::Named(name) | types::Passphrase::Ephemeral(name) => name.len(),
    };
    match secret {
        types::Secret::PrivateKey(_) => 0,
        types::Secret::EncryptedPrivateKey(lock) => passphrase(lock),
        types::Secret::Pkcs12(store) | types::Secret::Pkcs12Legacy(store) | types::Secret::Jks(store) => {
            store.alias.len() + passphrase(&store.password)
        }
        types::Secret::Named(name) | types::Secret::Ephemeral(name) => name.len(),
    }
}

pub(super) fn document(content: Vec<types::Part>) -> Document {
    content
        .into_iter()
        .map(|part| match part {
            types::Part::Text(text) => Part::Text(text),
            types::Part::Bytes(bytes) => Part::Bytes(bytes),
            types::Part::BodyLength(plus) => Part::BodyLength(plus),
            types::Part::Sealed(sealed) => {
                Part::Sealed { secret: secret(sealed.secret), encoding: encoding(sealed.encoding) }
            }
        })
        .collect()
}

fn secret(secret: types::Secret) -> SecretRef {
    match secret {
        types::Secret::PrivateKey(types::KeyFormat::Pkcs8) => SecretRef::PrivateKey(KeyFormat::Pkcs8),
        types::Secret::PrivateKey(types::KeyFormat::Traditional) => {
            SecretRef::PrivateKey(KeyFormat::Traditional)
        }
        types::Secret::EncryptedPrivateKey(lock) => SecretRef::Locked(Locked::PrivateKey(passphrase(lock))),
        types::Secret::Pkcs12(store) => {
            SecretRef::Locked(Locked::Pkcs12(keystore(store), Protection::Modern))
        }
        types::Secret::Pkcs12Legacy(store) => {
            SecretRef::Locked(Locked::Pkcs12(keystore(store), Protection::Legacy))
        }
        types::Secret::Jks(store) => SecretRef::Locked(Locked::Jks(keystore(store))),
        types::Secret::Named(name) => SecretRef::Named(name),
        types::Secret::Ephemeral(name) => SecretRef::Ephemeral(name),
    }
}

fn keystore(store: types::Keystore) -> Keystore {
    Keystore { alias: store.alias, password: passphrase(store.password) }
}

fn passphrase(passphrase: types::Passphrase) -> Passphrase {
    match passphrase {
        types::Passphrase::Named(name) => Passphrase::Named(name),
        types::Passphrase::Ephemeral(name) => Passphrase::Ephemeral(name),
    }
}

fn encoding(encoding: types::Encoding) -> Encoding {
    match encoding {
        types::Encoding::Raw => Encoding::Raw,
        types::Encoding::Base64 => Encoding::Base64,
        types::Encoding::Json => Encoding::Json,
        types::Encoding::Url => Encoding::Url,
        types::Encoding::Xml => Encoding::Xml,
    }
}

pub(super) fn attributes(attributes: fs::Attributes) -> Attributes {
    Attributes { mode: attributes.mode, owner: attributes.owner, group: attributes.group }
}

pub(super) fn written(written: Written) -> fs::Outcome {
    match written {
        Written::Created => fs::Outcome::Created,
        Written::Replaced => fs::Outcome::Replaced,
        Written::Unchanged => fs::Outcome::Unchanged,
    }
}

pub(super) fn fs_error(error: FsError) -> fs::Error {
    match error {
        FsError::Denied(text) => fs::Error::Denied(text),
        FsError::Invalid(text) => fs::Error::Invalid(text),
        FsError::Io(text) => fs::Error::Io(text),
    }
}

pub(super) fn command(command: process::Command) -> Command {
    Command {
        argv: command.argv,
        stdin: document(command.stdin),
        timeout: command.timeout_ms.map(|ms| Duration::from_millis(u64::from(ms))),
        on_rollback: match command.on_rollback {
            process::Rollback::Nothing => Rollback::Nothing,
            process::Rollback::Repeat => Rollback::Repeat,
            process::Rollback::Run(argv) => Rollback::Run(argv),
        },
    }
}

pub(super) fn output(output: Output) -> process::Output {
    let status = match output.status {
        Status::Exited(code) => process::Status::Exited(code),
        Status::Signalled(signal) => process::Status::Signalled(signal),
        Status::TimedOut => process::Status::TimedOut,
    };
    process::Output { status, stdout: output.stdout, stderr: output.stderr }
}

pub(super) fn exec_error(error: ExecError) -> process::Error {
    match error {
        ExecError::Denied(text) => process::Error::Denied(text),
        ExecError::Invalid(text) => process::Error::Invalid(text),
        ExecError::Failed(text) => process::Error::Failed(text),
    }
}

pub(super) fn request(request: net::Request) -> Request {
    Request {
        method: request.method,
        path: request.path,
        headers: request.headers.into_iter().map(|(name, value)| (name, document(value))).collect(),
        body: document(request.body),
        timeout: request.timeout_ms.map(|ms| Duration::from_millis(u64::from(ms))),
    }
}

pub(super) fn response(response: Response) -> net::Response {
    net::Response { status: response.status, headers: response.headers, body: response.body }
}

pub(super) fn net_error(error: NetError) -> net::Error {
    match error {
        NetError::Denied(text) => net::Error::Denied(text),
        NetError::Unreachable(text) => net::Error::Unreachable(text),
        NetError::Untrusted(text) => net::Error::Untrusted(text),
        NetError::Invalid(text) => net::Error::Invalid(text),
        NetError::TooLarge(limit) => net::Error::TooLarge(limit),
    }
}

pub(super) fn deployment(deployment: &GuestDeployment) -> guest::Deployment {
    let d = deployment.clone();
    guest::Deployment {
        target: d.target,
        config: d.config,
        certificate: guest::Certificate {
            leaf_pem: d.leaf_pem,
            chain_pem: d.chain_pem,
            fingerprint: d.fingerprint,
            chain_fingerprints: d.chain_fingerprints,
            serial: d.serial,
            subject: d.subject,
            names: d.names,
            not_before: d.not_before,
            not_after: d.not_after,
        },
        private_key: d.private_key,
        attempt: d.attempt,
    }
}

pub(super) fn capability(capability: guest::Capability) -> Capability {
    match capability {
        guest::Capability::FsWrite(path) => Capability::FsWrite(path),
        guest::Capability::NetDial(endpoint) => Capability::NetDial(endpoint),
        guest::Capability::ProcessExec(argv) => Capability::ProcessExec(argv),
    }
}

/// What a guest says reaches logs and terminals.
pub(super) fn text(text: &str) -> String {
    printable(text, TEXT)
}

pub(super) fn problems(problems: Vec<guest::Problem>) -> Vec<Problem> {
    let problem = |p: guest::Problem| Problem { pointer: text(&p.pointer), message: text(&p.message) };
    problems.into_iter().take(PROBLEMS).map(problem).collect()
}

pub(super) fn receipt(receipt: guest::Receipt) -> GuestReceipt {
    GuestReceipt { changed: receipt.changed, reference: text(&receipt.reference), note: text(&receipt.note) }
}

pub(super) fn failure(failure: guest::Failure) -> GuestFailure {
    match failure {
        guest::Failure::Denied(why) => GuestFailure::Denied(text(&why)),
        guest::Failure::Misconfigured(list) => GuestFailure::Misconfigured(problems(list)),
        guest::Failure::Rejected(why) => GuestFailure::Rejected(text(&why)),
        guest::Failure::Unavailable((why, after)) => GuestFailure::Unavailable(text(&why), after),
        guest::Failure::Uncertain(why) => GuestFailure::Uncertain(text(&why)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_store_is_the_one_that_was_asked_for() {
        let store = |password| types::Keystore { alias: "site".to_owned(), password };
        let named = types::Passphrase::Named("a".to_owned());
        let ephemeral = types::Passphrase::Ephemeral("b".to_owned());
        for (asked, understood) in [
            (types::Secret::EncryptedPrivateKey(named.clone()), "private key, encrypted under `a`"),
            (types::Secret::Pkcs12(store(named.clone())), "PKCS#12 store \"site\" under `a`"),
            (types::Secret::Pkcs12Legacy(store(named)), "legacy PKCS#12 store \"site\" under `a`"),
            (types::Secret::Jks(store(ephemeral)), "Java keystore \"site\" under ephemeral `b`"),
        ] {
            assert_eq!(secret(asked).to_string(), understood);
        }
    }
}
