//! The three doors, as a connector sees them.

use alloc::vec::Vec;

use crate::bindings::lastmile::connector::{fs, net, process};
use crate::{Attributes, Command, ExecError, FsError, NetError, Output, Part, Request, Response, Written};

/// Where a connector runs: the real sandbox ([`Host`]) or a test's double.
pub trait Sandbox {
    /// A dialled endpoint.
    type Connection: Connection;

    /// Replaces a file atomically and durably.
    ///
    /// # Errors
    ///
    /// A path beyond the grant, attributes that expose a secret, or the file system's refusal.
    fn write(&mut self, path: &str, content: &[Part], attributes: &Attributes) -> Result<Written, FsError>;

    /// Runs a command. A program that ran and failed is no error; its status says so.
    ///
    /// # Errors
    ///
    /// A command line beyond the grant, or a program that cannot be started.
    fn exec(&mut self, command: &Command) -> Result<Output, ExecError>;

    /// Dials a granted endpoint, `scheme://host:port`.
    ///
    /// # Errors
    ///
    /// An endpoint beyond the grant, unreachable, or not who it should be.
    fn dial(&mut self, endpoint: &str) -> Result<Self::Connection, NetError>;
}

/// One dialled endpoint.
pub trait Connection {
    /// One HTTP exchange. Redirects are returned, never followed.
    ///
    /// # Errors
    ///
    /// The exchange failed; `unreachable` leaves open whether the request arrived.
    fn request(&mut self, request: &Request) -> Result<Response, NetError>;

    /// Sends bytes on a `tcp` or `tls` connection.
    ///
    /// # Errors
    ///
    /// The connection failed.
    fn send(&mut self, content: &[Part]) -> Result<(), NetError>;

    /// Receives up to `at_most` bytes; none at the end of the stream.
    ///
    /// # Errors
    ///
    /// The connection failed or the time was over.
    fn receive(&mut self, at_most: u32, timeout_ms: u32) -> Result<Vec<u8>, NetError>;

    /// The certificates that the peer presented, DER, leaf first.
    ///
    /// # Errors
    ///
    /// The connection is not encrypted.
    fn peer_certificates(&mut self) -> Result<Vec<Vec<u8>>, NetError>;

    /// Notes, before a request that changes something, what [`Reversible::rollback`](crate::Reversible::rollback) will
    /// need to take it back. The note is durable when this returns. It is no place for a secret.
    ///
    /// # Errors
    ///
    /// `invalid` where the connector is not exported as `reversible`, and for notes beyond 64 KiB each, 64 or 256 KiB
    /// together.
    fn on_rollback(&mut self, note: &str) -> Result<(), NetError>;

    /// Waits before the target is asked again: at most a minute, and never beyond the deployment's time.
    ///
    /// # Errors
    ///
    /// The connection is closed, or the deployment may not go on.
    fn wait(&mut self, ms: u32) -> Result<(), NetError>;
}

/// The sandbox that lastmile runs the component in.
#[derive(Debug)]
pub struct Host;

impl Sandbox for Host {
    type Connection = net::Connection;

    fn write(&mut self, path: &str, content: &[Part], attributes: &Attributes) -> Result<Written, FsError> {
        fs::write(path, content, attributes)
    }

    fn exec(&mut self, command: &Command) -> Result<Output, ExecError> {
        process::exec(command)
    }

    fn dial(&mut self, endpoint: &str) -> Result<Self::Connection, NetError> {
        net::dial(endpoint)
    }
}

impl Connection for net::Connection {
    fn request(&mut self, request: &Request) -> Result<Response, NetError> {
        net::Connection::request(self, request)
    }

    fn send(&mut self, content: &[Part]) -> Result<(), NetError> {
        net::Connection::send(self, content)
    }

    fn receive(&mut self, at_most: u32, timeout_ms: u32) -> Result<Vec<u8>, NetError> {
        net::Connection::receive(self, at_most, timeout_ms)
    }

    fn peer_certificates(&mut self) -> Result<Vec<Vec<u8>>, NetError> {
        net::Connection::peer_certificates(self)
    }

    fn on_rollback(&mut self, note: &str) -> Result<(), NetError> {
        net::Connection::on_rollback(self, note)
    }

    fn wait(&mut self, ms: u32) -> Result<(), NetError> {
        net::Connection::wait(self, ms)
    }
}
