//! The store against real files; other programs are played by the sqlite3 command.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod concurrent;
mod foreign;
mod lanes;
mod leases;
mod wiped;

use std::path::PathBuf;
use std::time::Duration;

use tempfile::TempDir;

use super::SqliteStore;
use crate::outbox::{Backoff, Claim, NewMessage, Payload, Policy, Receipt, Row, Store};
use crate::outcome::{Failure, Outcome};

/// Long enough to be in nobody's way.
const LEASE: Duration = Duration::from_secs(60);
/// Stands in for what `lastmile seal` prints.
const KEY: &str =
    "-----BEGIN AGE ENCRYPTED FILE-----\nc2VhbGVkLWtleS1tYXRlcmlhbA==\n-----END AGE ENCRYPTED FILE-----\n";

struct Outbox {
    store: SqliteStore,
    path: PathBuf,
    _directory: TempDir,
}

impl Outbox {
    fn new() -> Self {
        let backoff = Backoff { first: Duration::ZERO, ..Backoff::default() };
        Self::with(Policy { backoff, ..Policy::default() })
    }

    fn with(policy: Policy) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("outbox.db");
        let store = SqliteStore::open_with(&path, policy).unwrap();
        Self { store, path, _directory: directory }
    }

    fn add(&self, tenant: &str, target: &str, generation: Option<i64>) -> i64 {
        let message = NewMessage { tenant: tenant.to_owned(), generation, ..message(target) };
        self.store.enqueue(&message).unwrap()
    }

    fn row(&self, id: i64) -> Row {
        self.store.show(id).unwrap().unwrap()
    }

    fn claim(&self, n: usize) -> Vec<Claim> {
        self.store.claim("worker", n, LEASE).unwrap()
    }

    fn claim_one(&self) -> Claim {
        let mut claims = self.claim(10);
        assert_eq!(claims.len(), 1);
        claims.pop().unwrap()
    }

    /// Makes every lease end in the past.
    fn expire(&self) {
        sql(&self.path, "UPDATE outbox_lane SET lease_until_ms = 1 WHERE running_id IS NOT NULL").unwrap();
    }
}

fn message(target: &str) -> NewMessage {
    NewMessage {
        event_id: uuid::Uuid::new_v4().to_string(),
        tenant: "default".to_owned(),
        target: target.to_owned(),
        generation: None,
        fingerprint: "ab".repeat(32),
        payload: Payload {
            version: 1,
            certificate: "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n".to_owned(),
            chain: String::new(),
            key: KEY.to_owned(),
            not_after: 2_000_000_000,
        },
    }
}

fn receipt() -> Receipt {
    Receipt {
        outcome: Outcome::Changed,
        changed: true,
        reference: "ref".to_owned(),
        note: "installed".to_owned(),
        fingerprint: "ab".repeat(32),
    }
}

fn failure(outcome: Outcome) -> Failure {
    Failure::new(outcome, format!("it was {}", outcome.label()))
}

/// Runs the sqlite3 command as another program would; what it prints, or what it complains about.
fn sql(path: &std::path::Path, script: &str) -> Result<String, String> {
    use std::io::Write as _;
    use std::process::{Command, Stdio};
    let mut child = Command::new("sqlite3")
        .args(["-batch", "-bail", "-cmd", ".timeout 10000"])
        .arg(path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("these tests need the sqlite3 command");
    child.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    if output.status.success() {
        Ok(String::from_utf8(output.stdout).unwrap().trim().to_owned())
    } else {
        Err(String::from_utf8(output.stderr).unwrap())
    }
}
