//! A guest that the host has stopped reaches nothing, not even between two ticks of the clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use lastmile::capability::document::Document;
use lastmile::capability::fs::{Attributes, FsError, Written};
use lastmile::capability::net::{NetError, Request, Response};
use lastmile::capability::process::{Command, ExecError, Output};
use lastmile::sandbox::{
    Cancel, Doors, Granted, GuestDeployment, Limits, PluginSpec, RunError, Sandbox, SandboxSettings,
};

use crate::room::{Room, program, repository};

#[test]
fn a_stopped_guest_reaches_no_door() {
    let room = Room::new();
    let settings = SandboxSettings { state_dir: room.file("state"), compiler: program() };
    std::fs::create_dir(&settings.state_dir).unwrap();
    let plugin = Sandbox::new(settings).unwrap().load(&spec()).unwrap();
    let reached = Arc::<AtomicUsize>::default();
    let stopped = Cancel::default();
    stopped.cancel();
    let hour = Duration::from_secs(3600);
    for (deadline, cancel) in [(Instant::now() + hour, stopped), (Instant::now(), Cancel::default())] {
        let ended = plugin.deploy(&deployment(), Box::new(Counting(Arc::clone(&reached))), deadline, &cancel);
        assert!(matches!(ended, Err(RunError::Limit(_))), "{ended:?}");
        assert_eq!(reached.load(Ordering::Acquire), 0);
    }
}

fn spec() -> PluginSpec {
    PluginSpec {
        name: "fs-flood".to_owned(),
        path: repository().join("target/hostile/fs-flood.wasm"),
        sha256: None,
        granted: Granted { fs: true, net: false, process: false },
        inert_wasi: false,
        limits: Limits::default(),
    }
}

fn deployment() -> GuestDeployment {
    GuestDeployment {
        target: "target".to_owned(),
        config: "{\"prefix\": \"/nowhere/\"}".to_owned(),
        leaf_pem: String::new(),
        chain_pem: String::new(),
        fingerprint: String::new(),
        chain_fingerprints: Vec::new(),
        serial: String::new(),
        subject: String::new(),
        names: Vec::new(),
        not_before: 0,
        not_after: 0,
        private_key: None,
        attempt: 1,
    }
}

struct Counting(Arc<AtomicUsize>);

impl Counting {
    fn reached<T>(&self, answer: T) -> T {
        self.0.fetch_add(1, Ordering::AcqRel);
        answer
    }
}

impl Doors for Counting {
    fn fs_write(&mut self, _: &str, _: Document, _: Attributes) -> Result<Written, FsError> {
        self.reached(Ok(Written::Created))
    }
    fn exec(&mut self, _: Command) -> Result<Output, ExecError> {
        self.reached(Err(ExecError::Denied(String::new())))
    }
    fn dial(&mut self, _: &str) -> Result<usize, NetError> {
        self.reached(Ok(0))
    }
    fn request(&mut self, _: usize, _: Request) -> Result<Response, NetError> {
        self.reached(Err(NetError::Denied(String::new())))
    }
    fn send(&mut self, _: usize, _: Document) -> Result<(), NetError> {
        self.reached(Ok(()))
    }
    fn receive(&mut self, _: usize, _: u32, _: Duration) -> Result<Vec<u8>, NetError> {
        self.reached(Ok(Vec::new()))
    }
    fn peer_certificates(&mut self, _: usize) -> Result<Vec<Vec<u8>>, NetError> {
        self.reached(Ok(Vec::new()))
    }
    fn on_rollback(&mut self, _: usize, _: &str) -> Result<(), NetError> {
        self.reached(Ok(()))
    }
    fn wait(&mut self, _: usize, _: Duration) -> Result<(), NetError> {
        self.reached(Ok(()))
    }
    fn close(&mut self, _: usize) {}
    fn log(&mut self, _: &str, _: &[u8]) {}
}
