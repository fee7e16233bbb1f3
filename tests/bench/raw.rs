//! The least SQL that keeps the same rows: what the outbox is measured against.
//!
//! Three transactions a batch (enqueue, claim, settle), the same settings, one index for the claim. No triggers, no
//! checks, no fences, no supersession, no back-off; every statement is prepared once.

use std::path::Path;

use lastmile::outbox::NewMessage;
use rusqlite::{Connection, params};

const SCHEMA: &str = "
    CREATE TABLE lane (tenant TEXT, target TEXT, pending INTEGER, running INTEGER, fence INTEGER, lease INTEGER,
                       PRIMARY KEY (tenant, target)) WITHOUT ROWID;
    CREATE INDEX ready ON lane (tenant, target) WHERE pending IS NOT NULL;
    CREATE TABLE message (id INTEGER PRIMARY KEY, event TEXT UNIQUE, tenant TEXT, target TEXT, generation INTEGER,
                          fingerprint TEXT, not_after INTEGER, state TEXT, outcome TEXT, finished INTEGER, payload TEXT);
    CREATE TABLE attempt (target TEXT, tenant TEXT, message INTEGER, fence INTEGER, outcome TEXT, note TEXT,
                          PRIMARY KEY (target, tenant, message, fence)) WITHOUT ROWID;";

/// The pragmas are those of the outbox (host/src/outbox/sqlite/open.rs).
const SETTINGS: &str = "
    PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY;
    PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 4096;";

pub(crate) struct Raw(Connection);

impl Raw {
    pub(crate) fn open(path: &Path) -> Self {
        let connection = Connection::open(path).unwrap();
        connection.execute_batch(SETTINGS).unwrap();
        connection.execute_batch(SCHEMA).unwrap();
        Self(connection)
    }

    /// Enqueues, claims and settles the messages, one commit each.
    pub(crate) fn cycle(&self, messages: &[NewMessage]) {
        self.commit(|tx| messages.iter().for_each(|message| enqueue(tx, message)));
        let claimed = self.commit(|tx| claim(tx, messages.len()));
        assert_eq!(claimed.len(), messages.len());
        self.commit(|tx| claimed.iter().for_each(|claimed| settle(tx, claimed)));
    }

    fn commit<T>(&self, write: impl FnOnce(&Connection) -> T) -> T {
        self.0.execute_batch("BEGIN IMMEDIATE").unwrap();
        let answer = write(&self.0);
        self.0.execute_batch("COMMIT").unwrap();
        answer
    }
}

struct Claimed {
    tenant: String,
    target: String,
    id: i64,
    payload: lastmile::outbox::Payload,
}

fn run(tx: &Connection, sql: &str, values: impl rusqlite::Params) {
    tx.prepare_cached(sql).unwrap().execute(values).unwrap();
}

fn enqueue(tx: &Connection, message: &NewMessage) {
    let payload = serde_json::to_string(&message.payload).unwrap();
    run(
        tx,
        "INSERT INTO message (event, tenant, target, generation, fingerprint, not_after, state, payload)
         VALUES (?1, ?2, ?3, 1, ?4, ?5, 'pending', ?6)",
        params![
            message.event_id,
            message.tenant,
            message.target,
            message.fingerprint,
            message.payload.not_after as i64,
            payload
        ],
    );
    run(
        tx,
        "INSERT INTO lane (tenant, target, pending, fence) VALUES (?1, ?2, ?3, 0)
         ON CONFLICT DO UPDATE SET pending = excluded.pending",
        params![message.tenant, message.target, tx.last_insert_rowid()],
    );
}

fn claim(tx: &Connection, count: usize) -> Vec<Claimed> {
    let mut ready = tx
        .prepare_cached(
            "SELECT lane.tenant, lane.target, id, payload FROM lane JOIN message ON id = pending
             WHERE pending IS NOT NULL LIMIT ?1",
        )
        .unwrap();
    let claimed: Vec<Claimed> = ready
        .query_map([count as i64], |row| {
            let payload: String = row.get(3)?;
            let payload = serde_json::from_str(&payload).unwrap();
            Ok(Claimed { tenant: row.get(0)?, target: row.get(1)?, id: row.get(2)?, payload })
        })
        .unwrap()
        .map(Result::unwrap)
        .collect();
    for one in &claimed {
        run(
            tx,
            "UPDATE lane SET pending = NULL, running = ?3, fence = fence + 1, lease = 1 WHERE tenant = ?1 AND target = ?2",
            params![one.tenant, one.target, one.id],
        );
    }
    claimed
}

/// The payload loses its key, as in the outbox.
fn settle(tx: &Connection, claimed: &Claimed) {
    let payload = lastmile::outbox::Payload { key: String::new(), ..claimed.payload.clone() };
    let payload = serde_json::to_string(&payload).unwrap();
    run(
        tx,
        "UPDATE lane SET running = NULL, lease = NULL WHERE tenant = ?1 AND target = ?2",
        params![claimed.tenant, claimed.target],
    );
    run(
        tx,
        "INSERT INTO attempt VALUES (?1, ?2, ?3, 1, 'changed', 'note')",
        params![claimed.target, claimed.tenant, claimed.id],
    );
    run(
        tx,
        "UPDATE message SET state = 'done', outcome = 'changed', finished = 1, payload = ?2 WHERE id = ?1",
        params![claimed.id, payload],
    );
}
