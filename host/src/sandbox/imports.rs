//! The three interfaces as a guest calls them: counted, translated, handed to the doors.

use std::time::{Duration, Instant};

use wasmtime::component::Resource;

use super::bindings::lastmile::connector::{fs, net, process, types};
use super::limits::Budget;
use super::wasi::Output;
use super::{Doors, convert};

/// One wait of a connector.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// What a store holds.
pub(super) struct State {
    pub(super) doors: Box<dyn Doors>,
    pub(super) budget: Budget,
    /// When the call began.
    pub(super) started: Instant,
    noting: Noting,
    output: Output,
}

/// What becomes of a note for a rollback.
#[derive(Clone, Copy)]
pub(super) enum Noting {
    /// The doors keep it.
    Durable,
    /// The component has no `rollback` that could read it.
    NoWayBack,
    /// It is the rollback that runs.
    GoingBack,
    /// It is a call that changes nothing.
    NothingChanges,
}

/// A connection; its number is the doors' own.
#[derive(Debug)]
#[allow(unreachable_pub, reason = "the generated bindings name it again")]
pub struct Dialled;

impl State {
    pub(super) fn new(doors: Box<dyn Doors>, budget: Budget, noting: Noting) -> Self {
        Self { doors, budget, started: Instant::now(), noting, output: Output::default() }
    }

    /// What an inert WASI guest printed, as far as the limit goes.
    pub(super) fn log(&mut self, stream: &str, bytes: &[u8]) {
        let granted = self.budget.log(bytes.len());
        if let Some(whole) = self.output.take(stream, bytes.get(..granted.bytes).unwrap_or_default()) {
            self.doors.log(stream, &whole);
        }
        if let Some(limit) = granted.cut_off {
            self.end_log();
            let text = format!("the rest of what it prints is dropped: limits.log-bytes is {limit}");
            self.doors.log(stream, text.as_bytes());
        }
    }

    /// The last line has no end where the guest crashed.
    pub(super) fn end_log(&mut self) {
        for (stream, rest) in self.output.rest() {
            if let Some(rest) = rest {
                self.doors.log(stream, &rest);
            }
        }
    }
}

impl types::Host for State {}

impl fs::Host for State {
    fn write(
        &mut self,
        path: String,
        content: Vec<types::Part>,
        attributes: fs::Attributes,
    ) -> wasmtime::Result<Result<fs::Outcome, fs::Error>> {
        self.budget.call(path.len() + convert::size(&content))?;
        let written = self.doors.fs_write(&path, convert::document(content), convert::attributes(attributes));
        Ok(written.map(convert::written).map_err(convert::fs_error))
    }
}

impl process::Host for State {
    fn exec(
        &mut self,
        command: process::Command,
    ) -> wasmtime::Result<Result<process::Output, process::Error>> {
        let argv: usize = command.argv.iter().map(String::len).sum();
        self.budget.call(argv + convert::size(&command.stdin))?;
        let output = self.doors.exec(convert::command(command));
        if let Ok(output) = &output {
            self.budget.answer(output.stdout.len() + output.stderr.len())?;
        }
        Ok(output.map(convert::output).map_err(convert::exec_error))
    }
}

impl net::Host for State {
    fn dial(&mut self, endpoint: String) -> wasmtime::Result<Result<Resource<Dialled>, net::Error>> {
        self.budget.call(endpoint.len())?;
        self.budget.open_handle()?;
        match self.doors.dial(&endpoint) {
            Ok(id) => Ok(Ok(Resource::new_own(u32::try_from(id)?))),
            Err(error) => {
                self.budget.close_handle();
                Ok(Err(convert::net_error(error)))
            }
        }
    }
}

impl net::HostConnection for State {
    fn request(
        &mut self,
        connection: Resource<Dialled>,
        request: net::Request,
    ) -> wasmtime::Result<Result<net::Response, net::Error>> {
        let headers: usize =
            request.headers.iter().map(|(name, value)| name.len() + convert::size(value)).sum();
        self.budget.call(request.path.len() + headers + convert::size(&request.body))?;
        let response = self.doors.request(id(&connection), convert::request(request));
        if let Ok(response) = &response {
            let headers: usize = response.headers.iter().map(|(name, value)| name.len() + value.len()).sum();
            self.budget.answer(headers + response.body.len())?;
        }
        Ok(response.map(convert::response).map_err(convert::net_error))
    }

    fn send(
        &mut self,
        connection: Resource<Dialled>,
        content: Vec<types::Part>,
    ) -> wasmtime::Result<Result<(), net::Error>> {
        self.budget.call(convert::size(&content))?;
        Ok(self.doors.send(id(&connection), convert::document(content)).map_err(convert::net_error))
    }

    fn receive(
        &mut self,
        connection: Resource<Dialled>,
        at_most: u32,
        timeout_ms: u32,
    ) -> wasmtime::Result<Result<Vec<u8>, net::Error>> {
        self.budget.call(0)?;
        let timeout = Duration::from_millis(u64::from(timeout_ms));
        let bytes = self.doors.receive(id(&connection), at_most, timeout);
        self.budget.answer(bytes.as_ref().map_or(0, Vec::len))?;
        Ok(bytes.map_err(convert::net_error))
    }

    fn peer_certificates(
        &mut self,
        connection: Resource<Dialled>,
    ) -> wasmtime::Result<Result<Vec<Vec<u8>>, net::Error>> {
        self.budget.call(0)?;
        let certificates = self.doors.peer_certificates(id(&connection));
        self.budget.answer(certificates.iter().flatten().map(Vec::len).sum())?;
        Ok(certificates.map_err(convert::net_error))
    }

    fn on_rollback(
        &mut self,
        connection: Resource<Dialled>,
        note: String,
    ) -> wasmtime::Result<Result<(), net::Error>> {
        self.budget.call(note.len())?;
        let why = match self.noting {
            Noting::Durable => {
                return Ok(self.doors.on_rollback(id(&connection), &note).map_err(convert::net_error));
            }
            Noting::NoWayBack => {
                "the component does not export lastmile:connector/rollback, which would read the note"
            }
            Noting::GoingBack => "a rollback notes nothing",
            Noting::NothingChanges => "only `deploy` changes anything",
        };
        Ok(Err(net::Error::Invalid(why.to_owned())))
    }

    fn wait(&mut self, connection: Resource<Dialled>, ms: u32) -> wasmtime::Result<Result<(), net::Error>> {
        self.budget.call(0)?;
        let time = Duration::from_millis(u64::from(ms)).min(LONGEST_WAIT);
        let waited = self.doors.wait(id(&connection), time);
        self.budget.in_time()?;
        Ok(waited.map_err(convert::net_error))
    }

    fn drop(&mut self, connection: Resource<Dialled>) -> wasmtime::Result<()> {
        self.budget.close_handle();
        self.doors.close(id(&connection));
        Ok(())
    }
}

fn id(connection: &Resource<Dialled>) -> usize {
    connection.rep() as usize
}
