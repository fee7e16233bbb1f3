//! Scripted doors: they refuse what the real ones refuse, and answer what the transcript says.

use std::time::Duration;

use super::transcript::{Answer, End, Exchange, Seen, body, filled};
use super::world::{Shared, World, render};
use crate::capability::document::{Document, Part, SecretRef, has_sealed};
use crate::capability::fs::{Attributes, FsError, Written};
use crate::capability::net::{NetError, Request, Response};
use crate::capability::process::{Command, ExecError, Output, Rollback, Status};
use crate::grant::{CommandLine, Endpoint, PathPrefix};
use crate::sandbox::Doors;

/// Longer than the sandbox's clock ticks: a guest that was cut must not get away.
const TICKS: Duration = Duration::from_millis(25);

pub(super) struct ScriptedDoors(pub(super) Shared);

impl ScriptedDoors {
    /// Notes the call. One that is cut returns late, as a call does that was under way.
    fn note(&self, call: String) {
        let cut = self.0.lock().note(call);
        if cut {
            std::thread::sleep(TICKS);
        }
    }
}

impl Doors for ScriptedDoors {
    fn fs_write(
        &mut self,
        path: &str,
        content: Document,
        attributes: Attributes,
    ) -> Result<Written, FsError> {
        let mode = attributes.mode;
        let text = render(&content);
        self.note(format!("write {path} {mode:04o} {text}"));
        let mut world = self.0.lock();
        if world.going_back {
            world.beyond.push(format!("fs.write {path}"));
            return Err(FsError::Denied("a rollback reaches the network alone".to_owned()));
        }
        let wanted = path.parse::<PathPrefix>().ok();
        if !wanted.is_some_and(|wanted| world.declared.fs_write.iter().any(|prefix| prefix.covers(&wanted))) {
            world.beyond.push(format!("fs.write {path}"));
            return Err(FsError::Denied(format!("{path} was not declared")));
        }
        let readable = mode & 0o007 != 0;
        world.seal(&content, &format!("{path}, mode {mode:04o}"), readable);
        if readable && has_sealed(&content) {
            return Err(FsError::Denied(format!("{path}: everybody could read a sealed part")));
        }
        if mode & !0o666 != 0 || mode & 0o002 != 0 {
            return Err(FsError::Invalid(format!("{path}: no file may have the mode {mode:04o}")));
        }
        let fresh = (text, mode);
        let before = world.files.insert(path.to_owned(), fresh.clone());
        let written = match before {
            None => Written::Created,
            Some(before) if before == fresh => Written::Unchanged,
            Some(_) => Written::Replaced,
        };
        world.changed |= written != Written::Unchanged;
        Ok(written)
    }

    fn exec(&mut self, command: Command) -> Result<Output, ExecError> {
        let line = command.argv.join(" ");
        self.note(format!("exec {:?} {}", command.argv, render(&command.stdin)));
        let mut world = self.0.lock();
        if world.going_back {
            world.beyond.push(format!("process.exec {line}"));
            return Err(ExecError::Denied("a rollback reaches the network alone".to_owned()));
        }
        for argv in std::iter::once(command.argv.as_slice()).chain(command.rollback_line()) {
            if !world.declared.process_exec.iter().any(|granted: &CommandLine| granted.matches(argv)) {
                let line = argv.join(" ");
                world.beyond.push(format!("process.exec {line}"));
                return Err(ExecError::Denied(format!("{line} was not declared")));
            }
        }
        if command.on_rollback == Rollback::Repeat && has_sealed(&command.stdin) {
            return Err(ExecError::Denied(format!(
                "{line}: input with a sealed part is not kept for a rollback"
            )));
        }
        world.seal(&command.stdin, &format!("the input of {line}"), false);
        if !world.script.as_ref().is_some_and(|script| script.tells_of_commands) {
            return Ok(Output { status: Status::Exited(0), stdout: Vec::new(), stderr: Vec::new() });
        }
        ended(&mut world, &command)
    }

    fn dial(&mut self, endpoint: &str) -> Result<usize, NetError> {
        self.note(format!("dial {endpoint}"));
        let mut world = self.0.lock();
        match endpoint.parse::<Endpoint>() {
            Ok(wanted) if world.declared.net_dial.contains(&wanted) => {
                world.endpoints.push(wanted);
                Ok(world.endpoints.len() - 1)
            }
            _ => {
                world.beyond.push(format!("net.dial {endpoint}"));
                Err(NetError::Denied(format!("{endpoint} was not declared")))
            }
        }
    }

    fn request(&mut self, id: usize, request: Request) -> Result<Response, NetError> {
        let seen = Seen {
            method: request.method,
            path: request.path,
            headers: request.headers.iter().map(|(name, value)| (name.clone(), render(value))).collect(),
            body: render(&request.body),
        };
        self.note(format!("request {} {} {:?} {}", seen.method, seen.path, seen.headers, seen.body));
        let mut world = self.0.lock();
        for (name, value) in &request.headers {
            leave(&mut world, id, value, &format!("header {name}"))?;
        }
        leave(&mut world, id, &request.body, "the body")?;
        answer(&mut world, &seen)
    }

    fn send(&mut self, id: usize, content: Document) -> Result<(), NetError> {
        let text = render(&content);
        self.note(format!("send {text}"));
        let mut world = self.0.lock();
        leave(&mut world, id, &content, "what is sent")?;
        match next(&mut world)? {
            Exchange::Send(wanted) if filled(&wanted, &world.deployment) == text => Ok(()),
            other => Err(differ(&mut world, &format!("`{text}` was sent, the transcript has {other:?}"))),
        }
    }

    fn receive(&mut self, _: usize, at_most: u32, _: Duration) -> Result<Vec<u8>, NetError> {
        self.note("receive".to_owned());
        let mut world = self.0.lock();
        match next(&mut world)? {
            Exchange::Receive(text) => {
                let mut bytes = filled(&text, &world.deployment).into_bytes();
                bytes.truncate(usize::try_from(at_most).unwrap_or(usize::MAX));
                Ok(bytes)
            }
            other => Err(differ(&mut world, &format!("it receives, the transcript has {other:?}"))),
        }
    }

    fn peer_certificates(&mut self, _: usize) -> Result<Vec<Vec<u8>>, NetError> {
        self.note("peer certificates".to_owned());
        Ok(Vec::new())
    }

    fn on_rollback(&mut self, _: usize, note: &str) -> Result<(), NetError> {
        self.note(format!("on rollback {note}"));
        let mut world = self.0.lock();
        if !world.notes.add(note)? || !world.script.as_ref().is_some_and(|script| script.tells_of_notes) {
            return Ok(());
        }
        match next(&mut world)? {
            Exchange::OnRollback(wanted) if filled(&wanted, &world.deployment) == note => Ok(()),
            other => Err(differ(&mut world, &format!("it notes `{note}`, the transcript has {other:?}"))),
        }
    }

    fn wait(&mut self, _: usize, time: Duration) -> Result<(), NetError> {
        self.note(format!("wait {time:?}"));
        let mut world = self.0.lock();
        if !world.script.as_ref().is_some_and(|script| script.tells_of_waits) {
            return Ok(());
        }
        match next(&mut world)? {
            Exchange::Wait(ms) if Duration::from_millis(u64::from(ms)) == time => Ok(()),
            other => Err(differ(&mut world, &format!("it waits {time:?}, the transcript has {other:?}"))),
        }
    }

    fn close(&mut self, _: usize) {}

    fn log(&mut self, _: &str, _: &[u8]) {}
}

/// A document on its way: no sealed part crosses a line in the clear but to this machine itself.
fn leave(world: &mut World, id: usize, content: &Document, what: &str) -> Result<(), NetError> {
    let Some(endpoint) = world.endpoints.get(id).cloned() else {
        return Err(NetError::Invalid("there is no such connection".to_owned()));
    };
    if let Some(secret) = content.iter().find_map(of_the_credential).filter(|_| world.going_back) {
        world.beyond.push(format!("the {secret} in {what}"));
        return Err(NetError::Invalid(format!(
            "a rollback has the target's own secrets, and not the {secret}"
        )));
    }
    let address: Option<std::net::IpAddr> = endpoint.host.parse().ok();
    let exposed = !endpoint.scheme.is_encrypted() && !address.is_some_and(|address| address.is_loopback());
    world.seal(content, &format!("{what} to {endpoint}"), exposed);
    if exposed && has_sealed(content) {
        return Err(NetError::Denied(format!("{endpoint} is not encrypted")));
    }
    Ok(())
}

/// What a rollback has no more.
fn of_the_credential(part: &Part) -> Option<&SecretRef> {
    match part {
        Part::Sealed { secret, .. } if !matches!(secret, SecretRef::Named(_)) => Some(secret),
        _ => None,
    }
}

fn answer(world: &mut World, seen: &Seen) -> Result<Response, NetError> {
    let (expected, answer) = match next(world)? {
        Exchange::Http { request, answer } => (request, answer),
        other => return Err(differ(world, &format!("it requests, the transcript has {other:?}"))),
    };
    if let Some(difference) = expected.difference(seen, &world.deployment) {
        return Err(differ(world, &difference));
    }
    match answer {
        Answer::Unreachable(text) => Err(NetError::Unreachable(text)),
        Answer::Response { status, headers, body: value } => Ok(Response {
            status,
            headers: headers.into_iter().map(|(name, value)| (name.to_lowercase(), value)).collect(),
            body: body(&value, &world.deployment).into_bytes(),
        }),
    }
}

/// What the transcript has come of the command.
fn ended(world: &mut World, command: &Command) -> Result<Output, ExecError> {
    let failed = |error: NetError| ExecError::Failed(error.to_string());
    let (expected, answer) = match next(world).map_err(failed)? {
        Exchange::Exec { command, answer } => (command, answer),
        other => {
            let text = format!("it runs {:?}, the transcript has {other:?}", command.argv);
            return Err(failed(differ(world, &text)));
        }
    };
    let difference = expected.difference(&command.argv, &render(&command.stdin), &world.deployment);
    if let Some(difference) = difference {
        return Err(failed(differ(world, &difference)));
    }
    let status = match answer.end {
        End::Exit(code) => Status::Exited(code),
        End::Signal(signal) => Status::Signalled(signal),
        End::TimedOut => Status::TimedOut,
        End::Failed(text) => return Err(ExecError::Failed(text)),
    };
    let printed = |text: &str| filled(text, &world.deployment).into_bytes();
    Ok(Output { status, stdout: printed(&answer.stdout), stderr: printed(&answer.stderr) })
}

fn next(world: &mut World) -> Result<Exchange, NetError> {
    let Some(script) = &mut world.script else {
        world.unanswered = true;
        return Err(NetError::Unreachable("without a transcript nothing is answered".to_owned()));
    };
    match script.next() {
        Some(exchange) => Ok(exchange),
        None => Err(differ(world, "it goes on after the transcript's last exchange")),
    }
}

fn differ(world: &mut World, text: &str) -> NetError {
    world.differences.push(text.to_owned());
    NetError::Unreachable("not as the transcript says".to_owned())
}
