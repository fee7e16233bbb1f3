//! The double tells requests by their lines, and all forms of this API have one. So a look is shown to it with the form in its line.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use lastmile_sdk::testing::render;
use lastmile_sdk::{
    Attributes, Capability, Command, Connection, Connector, Deployment, ExecError, Failure, FsError,
    NetError, Output, Part, Problem, Receipt, Request, Response, Reversible, Sandbox, Written,
};

use crate::Paloalto;

/// Where the double sees looks.
pub(super) const LOOKS: &str = "POST /looks";
const FORM: &str = "application/x-www-form-urlencoded";

/// The connector on such a double.
pub(super) struct ByForm;

impl Connector for ByForm {
    fn name() -> &'static str {
        Paloalto::name()
    }

    fn capabilities(config: &str) -> Result<Vec<Capability>, Vec<Problem>> {
        Paloalto::capabilities(config)
    }

    fn deploy<S: Sandbox>(sandbox: &mut S, deployment: &Deployment) -> Result<Receipt, Failure> {
        Paloalto::deploy(&mut Lines(sandbox), deployment)
    }
}

impl Reversible for ByForm {
    fn rollback<S: Sandbox>(
        sandbox: &mut S,
        deployment: &Deployment,
        notes: &[String],
    ) -> Result<(), Failure> {
        Paloalto::rollback(&mut Lines(sandbox), deployment, notes)
    }
}

/// A sandbox whose connections show forms so.
pub(super) struct Lines<'a, S>(pub(super) &'a mut S);

pub(super) struct Line<C>(C);

impl<S: Sandbox> Sandbox for Lines<'_, S> {
    type Connection = Line<S::Connection>;

    fn write(&mut self, path: &str, content: &[Part], attributes: &Attributes) -> Result<Written, FsError> {
        self.0.write(path, content, attributes)
    }

    fn exec(&mut self, command: &Command) -> Result<Output, ExecError> {
        self.0.exec(command)
    }

    fn dial(&mut self, endpoint: &str) -> Result<Self::Connection, NetError> {
        self.0.dial(endpoint).map(Line)
    }
}

impl<C: Connection> Connection for Line<C> {
    fn request(&mut self, request: &Request) -> Result<Response, NetError> {
        let form = render(&request.body);
        let kinds = request.headers.iter().filter(|(name, _)| name == "content-type");
        let is_form = kinds.map(|(_, kind)| render(kind)).any(|kind| kind == FORM);
        let looks = ["type=op&", "type=config&action=get&", "type=config&action=show&"];
        let right = request.method == "POST" && request.path == "/api/" && is_form;
        if !right || !looks.iter().any(|look| form.starts_with(look)) {
            return self.0.request(request);
        }
        self.0.request(&Request { path: format!("/looks?{form}"), ..request.clone() })
    }

    fn send(&mut self, content: &[Part]) -> Result<(), NetError> {
        self.0.send(content)
    }

    fn receive(&mut self, at_most: u32, timeout_ms: u32) -> Result<Vec<u8>, NetError> {
        self.0.receive(at_most, timeout_ms)
    }

    fn peer_certificates(&mut self) -> Result<Vec<Vec<u8>>, NetError> {
        self.0.peer_certificates()
    }

    fn on_rollback(&mut self, note: &str) -> Result<(), NetError> {
        self.0.on_rollback(note)
    }

    fn wait(&mut self, ms: u32) -> Result<(), NetError> {
        self.0.wait(ms)
    }
}
