//! One nginx-shaped deployment, three files and two commands: the whole saga through the component, against the
//! same doors and the same journal called by native code.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use lastmile::capability::document::{Document, Encoding, Part, SecretRef};
use lastmile::capability::fs::Attributes;
use lastmile::capability::process::{Command, Rollback, Status};
use lastmile::capability::vault::Vault;
use lastmile::credential::{Credential, Identity, KeyFormat};
use lastmile::deploy::Deployer;
use lastmile::deploy::doors::{GrantedDoors, Keys};
use lastmile::deploy::journal::{self, DeploymentId, Journal, Told};
use lastmile::deploy::lane::LaneLock;
use lastmile::deploy::resolve::{Catalogue, Resolved};
use lastmile::grant::Grant;
use lastmile::manifest;
use lastmile::outbox::Claim;
use lastmile::outcome::Outcome;
use lastmile::sandbox::{Cancel, Doors as _, Granted, PluginSpec, Sandbox, SandboxSettings};
use tokio::runtime::Runtime;

use crate::machine;
use crate::measure::{Side, in_turns, timed};
use crate::report::Report;
use crate::room;
use crate::specimen;

const ROUNDS: usize = 600;

pub(crate) fn measure(report: &mut Report) {
    report.section(
        "(a) One deployment: through the component, or natively",
        "Three files (key, certificate, chain) and two commands (`/bin/true`). *Component* is the whole \
         `Deployer::deploy`: recovery, opening the key, asking the component what it needs, running it, commit. \
         *Native* opens the same key and calls the same doors with the same journal, without asking and without a component.",
    );
    for (place, directory, target) in [
        ("durable, on the disk", machine::on_disk(), Some(1.05)),
        ("fsync stubbed: both directories on tmpfs", machine::in_memory(), None),
    ] {
        let stage = Stage::new(directory.path());
        let sides: Vec<Side<'_, Duration>> =
            vec![Box::new(|| stage.component()), Box::new(|| stage.native())];
        let samples = in_turns(ROUNDS, sides);
        report.line(&format!("{place}:\n"));
        let spreads = report.sides(&[("component", &samples[0]), ("native", &samples[1])]);
        let ratio = spreads[0].over(&spreads[1]);
        match target {
            Some(most) => report.ratio("component / native", ratio, "at most 1.05", ratio <= most),
            None => report.line(&format!("component / native: **{ratio:.2}**\n")),
        }
    }
}

/// A target directory, a state directory, and both ways to deploy there.
struct Stage {
    path: PathBuf,
    identity: Arc<Identity>,
    deployer: Deployer,
    resolved: Resolved,
    declared: Grant,
    claims: Vec<Claim>,
    turn: std::cell::Cell<i64>,
    runtime: Runtime,
}

impl Stage {
    fn new(path: &Path) -> Self {
        let path = path.canonicalize().unwrap();
        fs::create_dir(path.join("tls")).unwrap();
        fs::create_dir(path.join("state")).unwrap();
        let catalogue = Arc::new(catalogue(&path));
        let identity = Arc::new(Identity::generate());
        let runtime = Runtime::new().unwrap();
        let deployer = Deployer::new(
            Arc::clone(&catalogue),
            Arc::clone(&identity),
            path.join("state/journal"),
            runtime.handle().clone(),
        );
        let resolved = catalogue.resolve("default", "web").unwrap();
        let declared = resolved.declared().unwrap();
        let claims = ["a", "b"].map(|event| specimen::claim(&specimen::message(&identity, event, "web"), 0));
        let turn = std::cell::Cell::new(0);
        Self { path, identity, deployer, resolved, declared, claims: claims.into(), turn, runtime }
    }

    /// Two certificates in turns, so that every deployment changes every file.
    fn next(&self) -> Claim {
        let turn = self.turn.get() + 1;
        self.turn.set(turn);
        let mut claim = self.claims[usize::try_from(turn).unwrap() % 2].clone();
        claim.message.id = turn;
        claim
    }

    fn component(&self) -> Duration {
        let claim = self.next();
        let deadline = Instant::now() + Duration::from_secs(60);
        timed(|| {
            let receipt = self.deployer.deploy(&claim, deadline, &Cancel::default()).unwrap();
            assert_eq!(receipt.outcome, Outcome::Changed);
        })
    }

    fn native(&self) -> Duration {
        let claim = self.next();
        let root = self.path.join("state/journal");
        timed(|| {
            let message = &claim.message;
            let lane = LaneLock::take(&root, &message.tenant, &message.target).unwrap().unwrap();
            journal::recover_lane(&root, &lane, &|_, _| Ok(())).unwrap();
            let payload = &claim.message.payload;
            let key = self.identity.open(&payload.key).unwrap();
            let (leaf, chain) = (payload.certificate.as_bytes(), payload.chain.as_bytes());
            let credential =
                Credential::parse(leaf, chain, Some(key.expose()), SystemTime::now(), false).unwrap();
            let vault = Arc::new(Vault::new(Arc::new(credential), BTreeMap::new()));
            let id = DeploymentId { message: claim.message.id, fence: claim.fence };
            let journal = Arc::new(Journal::new(&root, lane, id));
            self.go_through_the_doors(&claim, &vault, &journal);
            Arc::into_inner(journal).unwrap().commit().unwrap();
        })
    }

    fn go_through_the_doors(&self, claim: &Claim, vault: &Arc<Vault>, journal: &Arc<Journal>) {
        let keys = Keys {
            resolved: &self.resolved,
            vault,
            journal,
            told: told(claim),
            runtime: self.runtime.handle().clone(),
            deadline: Instant::now() + Duration::from_secs(60),
            cancel: &Cancel::default(),
        };
        let mut doors = GrantedDoors::open(&self.declared, keys).unwrap();
        let key = Part::Sealed { secret: SecretRef::PrivateKey(KeyFormat::Pkcs8), encoding: Encoding::Raw };
        let payload = &claim.message.payload;
        let files: [(&str, Part, u32); 3] = [
            ("site.key", key, 0o600),
            ("site.pem", Part::Text(payload.certificate.clone()), 0o644),
            ("chain.pem", Part::Text(payload.chain.clone()), 0o644),
        ];
        for (name, part, mode) in files {
            let path = format!("{}/tls/{name}", self.path.display());
            let content: Document = vec![part];
            doors.fs_write(&path, content, Attributes { mode, owner: None, group: None }).unwrap();
        }
        for (arguments, on_rollback) in
            [(&["-t"][..], Rollback::Nothing), (&["-s", "reload"][..], Rollback::Repeat)]
        {
            let mut argv = vec!["/bin/true".to_owned()];
            argv.extend(arguments.iter().map(ToString::to_string));
            let command = Command { argv, stdin: Vec::new(), timeout: None, on_rollback };
            assert_eq!(doors.exec(command).unwrap().status, Status::Exited(0));
        }
    }
}

/// For a way back over the network, which nothing here has.
fn told(claim: &Claim) -> Told {
    let message = &claim.message;
    Told {
        tenant: message.tenant.clone(),
        target: message.target.clone(),
        plugin: "nginx".to_owned(),
        config: "{}".to_owned(),
        fingerprint: message.fingerprint.clone(),
        leaf: message.payload.certificate.clone(),
        chain: message.payload.chain.clone(),
        attempt: claim.attempt,
    }
}

fn catalogue(path: &Path) -> Catalogue {
    let p = path.display();
    let nginx = room::repository().join("plugins/nginx.wasm");
    let text = format!(
        "schema = 1\n[host]\nstate-dir = \"{p}/state\"\n[plugins.nginx]\ncomponent = \"{}\"\nunpinned = true\n\
         [plugins.nginx.grant]\nfs.write = [\"{p}/tls/\"]\n\
         process.exec = [[\"/bin/true\", \"-t\"], [\"/bin/true\", \"-s\", \"reload\"]]\n\
         [targets.web]\nplugin = \"nginx\"\nconfig = {{ certificate = \"{p}/tls/site.pem\", \
         chain = \"{p}/tls/chain.pem\", key = \"{p}/tls/site.key\", program = \"/bin/true\" }}\n",
        nginx.display()
    );
    let file = path.join("plugins.toml");
    fs::write(&file, text).unwrap();
    let manifest = manifest::load(&file).unwrap_or_else(|_| panic!("{} has faults", file.display()));
    let loaded = sandbox(&path.join("state")).load(&spec("nginx", nginx)).unwrap();
    Catalogue::new(manifest, BTreeMap::from([("nginx".to_owned(), loaded)]))
}

pub(crate) fn sandbox(state: &Path) -> Sandbox {
    Sandbox::new(SandboxSettings { state_dir: state.to_owned(), compiler: room::program() }).unwrap()
}

pub(crate) fn spec(name: &str, path: PathBuf) -> PluginSpec {
    PluginSpec {
        name: name.to_owned(),
        path,
        sha256: None,
        granted: Granted { fs: true, net: true, process: true },
        inert_wasi: false,
        limits: lastmile::sandbox::Limits::default(),
    }
}
