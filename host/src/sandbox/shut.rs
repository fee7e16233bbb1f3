//! The doors of a call that needs no world.

use std::time::Duration;

use super::Doors;
use crate::capability::document::Document;
use crate::capability::fs::{Attributes, FsError, Written};
use crate::capability::net::{NetError, Request, Response};
use crate::capability::process::{Command, ExecError, Output};

const SHUT: &str = "only `deploy` and `observe` reach the world";

/// Open for nothing.
pub(super) struct Shut;

impl Doors for Shut {
    fn fs_write(&mut self, _: &str, _: Document, _: Attributes) -> Result<Written, FsError> {
        Err(FsError::Denied(SHUT.to_owned()))
    }
    fn exec(&mut self, _: Command) -> Result<Output, ExecError> {
        Err(ExecError::Denied(SHUT.to_owned()))
    }
    fn dial(&mut self, _: &str) -> Result<usize, NetError> {
        Err(NetError::Denied(SHUT.to_owned()))
    }
    fn request(&mut self, _: usize, _: Request) -> Result<Response, NetError> {
        Err(NetError::Denied(SHUT.to_owned()))
    }
    fn send(&mut self, _: usize, _: Document) -> Result<(), NetError> {
        Err(NetError::Denied(SHUT.to_owned()))
    }
    fn receive(&mut self, _: usize, _: u32, _: Duration) -> Result<Vec<u8>, NetError> {
        Err(NetError::Denied(SHUT.to_owned()))
    }
    fn peer_certificates(&mut self, _: usize) -> Result<Vec<Vec<u8>>, NetError> {
        Err(NetError::Denied(SHUT.to_owned()))
    }
    fn on_rollback(&mut self, _: usize, _: &str) -> Result<(), NetError> {
        Err(NetError::Denied(SHUT.to_owned()))
    }
    fn wait(&mut self, _: usize, _: Duration) -> Result<(), NetError> {
        Err(NetError::Denied(SHUT.to_owned()))
    }
    fn close(&mut self, _: usize) {}
    fn log(&mut self, _: &str, _: &[u8]) {}
}
