//! Between the contract's types and the host's own.

use std::time::Duration;

use super::bindings::exports::lastmile::connector::connector as guest;
use super::bindings::lastmile::connector::{fs, net, process, types};
use super::{Capability, GuestDeployment, GuestFailure, GuestReceipt, Problem};
use crate::capability::document::{Document, Encoding, Part, SecretRef};
use crate::capability::fs::{Attributes, FsError, Written};
use crate::capability::net::{NetError, Request, Response};
use crate::capability::process::{Command, ExecError, Output, Status};
use crate::credential::KeyFormat;
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
            types::Part::Sealed(_) | types::Part::BodyLength(_) => 32,
        })
        .sum()
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
        types::Secret::EncryptedPrivateKey(passphrase) => SecretRef::EncryptedPrivateKey(passphrase),
        types::Secret::Pkcs12(store) => SecretRef::Pkcs12 { alias: store.alias, password: store.password },
        types::Secret::Jks(store) => SecretRef::Jks { alias: store.alias, password: store.password },
        types::Secret::Named(name) => SecretRef::Named(name),
        types::Secret::Ephemeral(name) => SecretRef::Ephemeral(name),
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
        repeat_on_rollback: command.repeat_on_rollback,
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
