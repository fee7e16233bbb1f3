//! Many devices of one kind, a target for each, and one program that deploys to all of them at once.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::process::{Command, Stdio};

use rusqlite::Connection;
use serde_json::{Value, json};

use super::authority::{Authority, Key};
use super::device::{Device, Fake, State};
use super::subject::Subject;
use crate::room::{Pair, Room, program, repository};

/// What is tried again waits until nobody looks any more: a second attempt would blur what the first one left.
const ONE_ATTEMPT: &str = "
    CREATE TRIGGER IF NOT EXISTS test_one_attempt AFTER UPDATE OF run_at_ms ON outbox_lane WHEN NEW.attempts > 0
    BEGIN
      UPDATE outbox_lane SET run_at_ms = NEW.run_at_ms + 3600000 WHERE tenant = NEW.tenant AND target = NEW.target;
    END";

/// One device with what it serves, in the order of time.
pub(super) struct Bed {
    pub(super) target: String,
    pub(super) device: Device,
    /// Where the host looks after a deployment; the device's own listener but for a verification that must fail.
    pub(super) verify: u16,
    /// What no deployment may touch, as it was at first.
    pub(super) neighbours: Value,
    /// A clean-up was denied, and the receipt said so.
    pub(super) untidy: bool,
}

pub(super) struct Ward {
    pub(super) subject: Subject,
    pub(super) room: Room,
    pub(super) authority: Authority,
    pub(super) fake: Fake,
    pub(super) old: Pair,
    neighbour: Pair,
    old_rsa: Pair,
    neighbour_ec: Pair,
}

impl Ward {
    pub(super) fn open(subject: &Subject) -> Self {
        let (room, authority) = (Room::new(), Authority::new());
        let fake = Fake::start(&room, subject.fake);
        let pair = |name: &str, key: Key| authority.pair(&room, name, key);
        let (old, neighbour) = (pair("old", Key::P256), pair("neighbour", Key::Rsa2048));
        let (old_rsa, neighbour_ec) = (pair("old-rsa", Key::Rsa2048), pair("neighbour-ec", Key::P256));
        Self { subject: *subject, room, authority, fake, old, neighbour, old_rsa, neighbour_ec }
    }

    /// A device that serves an old certificate over this kind of key, and neighbours over the other.
    pub(super) fn bed(&mut self, target: &str, key: Key) -> Bed {
        let secrets: Value = self.subject.secrets.iter().map(|(name, value)| (*name, *value)).collect();
        let options = (self.subject.options)();
        let (old, neighbour) = match key.is_rsa() {
            true => (&self.old_rsa, &self.neighbour_ec),
            false => (&self.old, &self.neighbour),
        };
        let device = self.fake.device(&self.room, &options, &secrets, old, neighbour);
        let neighbours = self.fake.look(&self.room, device).0["neighbours"].clone();
        Bed { target: target.to_owned(), verify: device.main, device, neighbours, untidy: false }
    }

    /// plugins.toml for these devices, with claims that last on the busiest machine.
    pub(super) fn configure(&self, beds: &[Bed]) {
        self.configure_leasing(beds, 60);
    }

    /// The same with claims that lapse so many seconds after the worker's last sign of life.
    pub(super) fn configure_leasing(&self, beds: &[Bed], seconds: u32) {
        let name = self.subject.name;
        let dials: Vec<String> =
            beds.iter().map(|bed| format!("\"https://127.0.0.1:{}\"", bed.device.port)).collect();
        let mut text = format!(
            "schema = 1\n[host]\nstate-dir = \"{}/state\"\nlease-seconds = {seconds}\nconcurrency = 16\n\
             [plugins.{name}]\ncomponent = \"{}/{name}.wasm\"\nunpinned = true\n\
             [plugins.{name}.grant]\nnet.dial = [{}]\n",
            self.room.path.display(),
            repository().join("plugins").display(),
            dials.join(", ")
        );
        for bed in beds {
            self.target(&mut text, bed);
        }
        fs::write(self.room.file("plugins.toml"), text).unwrap();
        self.room.ok(&["init"]);
    }

    fn target(&self, text: &mut String, bed: &Bed) {
        let secrets: Vec<String> = self
            .subject
            .secrets
            .iter()
            .map(|(name, _)| format!("{name} = \"env:{}\"", variable(name)))
            .collect();
        let mut target = (self.subject.target)(bed.device.port);
        if let Some(issuer) = bed.device.issuer {
            target = target.replace("ISSUER", &format!("127.0.0.1:{issuer}"));
        }
        write!(
            text,
            "[targets.{}]\nplugin = \"{}\"\n{}\nsecrets = {{ {} }}\ntls = {{ pin-sha256 = \"{}\" }}\n\
             verify = {{ endpoint = \"127.0.0.1:{}\", server-name = \"example.test\", attempts = 3 }}\n",
            bed.target,
            self.subject.name,
            target,
            secrets.join(", "),
            self.fake.pin,
            bed.verify
        )
        .unwrap();
    }

    /// One message for each; the program seals the first, the others are copies of its row.
    pub(super) fn enqueue(&self, beds: &[Bed], pair: &Pair) {
        let [first, others @ ..] = beds else { return };
        self.room.enqueue(&first.target, pair);
        let mut store = self.store();
        let id: i64 = store.query_row("SELECT max(id) FROM outbox_message", [], |row| row.get(0)).unwrap();
        let transaction = store.transaction().unwrap();
        for bed in others {
            let copy = "INSERT INTO outbox_message (event_id, tenant, target, kind, fingerprint, not_after, payload) \
                        SELECT event_id || ?2, tenant, ?2, kind, fingerprint, not_after, payload \
                        FROM outbox_message WHERE id = ?1";
            transaction.execute(copy, rusqlite::params![id, bed.target]).unwrap();
        }
        transaction.commit().unwrap();
    }

    fn store(&self) -> Connection {
        let store = Connection::open(self.room.file("state/outbox.sqlite")).unwrap();
        store.busy_timeout(std::time::Duration::from_secs(60)).unwrap();
        store
    }

    /// What the operator does before anything else.
    pub(super) fn check(&self) {
        let output = self.with_secrets(&["check"]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }

    fn with_secrets(&self, arguments: &[&str]) -> Command {
        let mut command = self.room.command(&program(), arguments);
        command.envs(self.subject.secrets.iter().map(|(name, value)| (variable(name), *value)));
        command
    }

    /// The worker, with the target's secrets in its environment.
    pub(super) fn worker(&self, log: &str) -> Command {
        self.logging(self.with_secrets(&["run", "--until-idle"]), log)
    }

    /// The worker as a service.
    pub(super) fn staying_worker(&self) -> Command {
        self.logging(self.with_secrets(&["run"]), "warn,lastmile=debug")
    }

    fn logging(&self, mut worker: Command, log: &str) -> Command {
        let path = self.room.file("log/worker");
        let file = fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
        worker.env("RUST_LOG", log).stdin(Stdio::null());
        worker.stdout(file.try_clone().unwrap()).stderr(file);
        worker
    }

    /// Deploys to all of them, once: outcome and note of each.
    pub(super) fn deploy(&self, beds: &[Bed], pair: &Pair) -> Outcomes {
        self.enqueue(beds, pair);
        self.store().execute_batch(ONE_ATTEMPT).unwrap();
        assert!(self.worker("warn,lastmile=debug").status().unwrap().success());
        self.outcomes()
    }

    /// Failures are tried again as ever.
    pub(super) fn attempt_again(&self) {
        self.store().execute_batch("DROP TRIGGER IF EXISTS test_one_attempt").unwrap();
    }

    /// Of the last attempt of each target.
    pub(super) fn outcomes(&self) -> Outcomes {
        let store = self.store();
        let mut rows = store
            .prepare("SELECT target, outcome, note FROM outbox_attempt ORDER BY message, fence")
            .unwrap();
        let rows = rows.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?)))).unwrap();
        Outcomes(rows.map(Result::unwrap).collect())
    }

    /// How many messages wait or run.
    pub(super) fn open_messages(&self) -> i64 {
        let count = "SELECT count(*) FROM outbox_status WHERE state IN ('pending', 'running')";
        self.store().query_row(count, [], |row| row.get(0)).unwrap()
    }

    pub(super) fn look(&mut self, bed: &Bed) -> State {
        self.fake.look(&self.room, bed.device)
    }

    /// All is as it should be where this is served: saved, nothing left, nothing wrong, the neighbours untouched.
    pub(super) fn well(&mut self, bed: &Bed, shown: &Value, when: &str) {
        let state = self.look(bed);
        let what = format!("{} {}, {when}: {:#}", self.subject.name, bed.target, state.0);
        assert!(state.serves(shown), "another certificate or chain is served: {what}");
        assert_eq!(state.0["unsaved"], false, "changes are not saved: {what}");
        assert_eq!(state.0["violations"], json!([]), "{what}");
        assert_eq!(state.0["sessions"], 0, "a session was left open: {what}");
        assert!(bed.untidy || state.0["leftovers"] == json!([]), "{what}");
        assert_eq!(state.0["neighbours"], bed.neighbours, "a neighbour was touched: {what}");
    }

    /// The same, and it stays so without power.
    pub(super) fn lasting(&mut self, bed: &Bed, shown: &Value, when: &str) {
        self.well(bed, shown, when);
        self.fake.act(&self.room, bed.device, "reboot");
        self.well(bed, shown, &format!("{when}, and after a reboot"));
    }
}

/// By target: outcome and note.
pub(super) struct Outcomes(BTreeMap<String, (String, String)>);

impl Outcomes {
    pub(super) fn of(&self, bed: &Bed) -> (&str, &str) {
        let (outcome, note) =
            self.0.get(&bed.target).unwrap_or_else(|| panic!("{} was not tried", bed.target));
        (outcome, note)
    }
}

fn variable(secret: &str) -> String {
    format!("DEVICE_{}", secret.to_uppercase().replace('-', "_"))
}
