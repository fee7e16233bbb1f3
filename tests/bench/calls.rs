//! A call of a component against wasmtime's own floor, and loading from the cache against compiling.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use lastmile::capability::vault::Vault;
use lastmile::credential::{Credential, Identity};
use lastmile::deploy::plan::{Plan, PlanDoors};
use lastmile::grant::Grant;
use lastmile::sandbox::{Cancel, Floor, GuestDeployment};

use crate::deployment::{sandbox, spec};
use crate::machine;
use crate::measure::{Side, in_turns, timed};
use crate::report::Report;
use crate::room;
use crate::specimen;

const CALLS: usize = 4000;
const LOADS: usize = 25;

pub(crate) fn measure(report: &mut Report) {
    call(report);
    load(report);
}

fn call(report: &mut Report) {
    report.section(
        "(b) A fresh instance and an empty `deploy`",
        "A component whose `deploy` does nothing. *lastmile* is `Loaded::deploy`: the argument converted, doors, limiter, \
         host-call fuel, deadline. *Floor* is wasmtime under the same engine profile: a bare store, an instance, the typed call.",
    );
    let directory = machine::on_disk();
    let loaded =
        sandbox(directory.path()).load(&spec("idle", machine::target().join("bench/idle.wasm"))).unwrap();
    let deployment = deployment();
    let floor = Floor::new(&loaded, &deployment);
    let credential = credential();
    let sides: Vec<Side<'_, Duration>> = vec![
        Box::new(|| {
            timed(|| {
                let vault = Vault::new(Arc::clone(&credential), BTreeMap::new());
                let doors = Box::new(PlanDoors::open(Grant::default(), vault, Plan::default()).unwrap());
                let deadline = Instant::now() + Duration::from_secs(60);
                loaded.deploy(&deployment, doors, deadline, &Cancel::default()).unwrap().unwrap();
            })
        }),
        Box::new(|| timed(|| floor.call().unwrap())),
    ];
    let samples = in_turns(CALLS, sides);
    let spreads = report.sides(&[("lastmile", &samples[0]), ("floor", &samples[1])]);
    let ratio = spreads[0].over(&spreads[1]);
    report.ratio("lastmile / floor", ratio, "at most 1.5", ratio <= 1.5);
}

/// What the doors' vault holds; nobody asks for it.
fn credential() -> Arc<Credential> {
    let identity = Identity::generate();
    let payload = specimen::message(&identity, "idle", "web").payload;
    let key = identity.open(&payload.key).unwrap();
    let leaf = payload.certificate.as_bytes();
    Arc::new(Credential::parse(leaf, b"", Some(key.expose()), SystemTime::now(), false).unwrap())
}

fn deployment() -> GuestDeployment {
    GuestDeployment {
        target: "web".to_owned(),
        config: "{}".to_owned(),
        leaf_pem: "l".repeat(1200),
        chain_pem: "c".repeat(1700),
        fingerprint: "0".repeat(64),
        chain_fingerprints: vec!["0".repeat(64)],
        serial: "0".repeat(32),
        subject: "CN=example.test".to_owned(),
        names: vec!["example.test".to_owned()],
        not_before: 0,
        not_after: 0,
        private_key: None,
        attempt: 1,
    }
}

fn load(report: &mut Report) {
    report.section(
        "(c) Loading a component",
        "The shipped nginx connector through `Sandbox::load`, from reading the file to linked code. *Compile* includes the limited \
         child process; *cache* includes the MAC over the compiled form and the sealed memory file.",
    );
    let directory = machine::on_disk();
    let sandbox = sandbox(directory.path());
    let spec = spec("nginx", room::repository().join("plugins/nginx.wasm"));
    let load = || timed(|| drop(sandbox.load(&spec).unwrap()));
    let forget = || {
        for entry in fs::read_dir(directory.path().join("compiled")).unwrap() {
            fs::remove_file(entry.unwrap().path()).unwrap();
        }
    };
    // Whoever compiles leaves its work in the cache; the one who takes it from there makes sure that it is.
    let sides: Vec<Side<'_, Duration>> = vec![
        Box::new(|| {
            forget();
            load()
        }),
        Box::new(|| {
            load();
            load()
        }),
    ];
    let samples = in_turns(LOADS, sides);
    let spreads = report.sides(&[("compile", &samples[0]), ("cache", &samples[1])]);
    let ratio = spreads[0].over(&spreads[1]);
    report.ratio("compile / cache", ratio, "at least 50", ratio >= 50.0);
}
