//! Other programs: a plain INSERT in a transaction of their own.

use serde_json::{Value, json};

use super::*;
use crate::outbox::StoreError;

/// The columns of an INSERT as SQL literals, good unless changed.
struct Insert {
    columns: Vec<(&'static str, String)>,
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

impl Insert {
    fn new(event: &str) -> Self {
        let payload = serde_json::to_value(message("web").payload).unwrap();
        Self {
            columns: vec![
                ("event_id", quoted(event)),
                ("tenant", quoted("default")),
                ("target", quoted("web")),
                ("kind", quoted("connector.deploy")),
                ("fingerprint", quoted(&"ab".repeat(32))),
                ("not_after", "2000000000".to_owned()),
                ("payload", quoted(&payload.to_string())),
            ],
        }
    }

    fn with(mut self, column: &'static str, literal: &str) -> Self {
        self.columns.retain(|(name, _)| *name != column);
        self.columns.push((column, literal.to_owned()));
        self
    }

    fn with_payload(self, change: impl FnOnce(&mut Value)) -> Self {
        let mut payload = serde_json::to_value(message("web").payload).unwrap();
        change(&mut payload);
        self.with("payload", &quoted(&payload.to_string()))
    }

    fn sql(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| *name).collect();
        let values: Vec<&str> = self.columns.iter().map(|(_, value)| value.as_str()).collect();
        format!("INSERT INTO outbox_message ({}) VALUES ({})", names.join(", "), values.join(", "))
    }
}

#[test]
fn message_and_lifecycle_row_are_committed_together_or_not_at_all() {
    let outbox = Outbox::new();
    sql(&outbox.path, "CREATE TABLE renewal (name TEXT)").unwrap();
    for (end, expected) in [("ROLLBACK", 0), ("COMMIT", 1)] {
        let insert = Insert::new("event-1").sql();
        sql(&outbox.path, &format!("BEGIN; INSERT INTO renewal VALUES ('web'); {insert}; {end};")).unwrap();
        assert_eq!(sql(&outbox.path, "SELECT count(*) FROM renewal").unwrap(), expected.to_string());
        assert_eq!(outbox.claim(1).len(), expected, "{end}");
    }
}

#[test]
fn foreign_key_enforcement_does_not_get_in_the_way() {
    let outbox = Outbox::new();
    sql(&outbox.path, &format!("PRAGMA foreign_keys = ON; {};", Insert::new("e").sql())).unwrap();
    let claim = outbox.claim_one();
    assert_eq!(claim.message.generation, 1);
    assert_eq!(claim.message.payload, message("web").payload);
}

#[test]
fn generation_defaults_to_the_next_of_the_lane() {
    let outbox = Outbox::new();
    sql(&outbox.path, &Insert::new("a").with("generation", "7").sql()).unwrap();
    sql(&outbox.path, &Insert::new("b").sql()).unwrap();
    let claim = outbox.claim_one();
    assert_eq!((claim.message.event_id.as_str(), claim.message.generation), ("b", 8));
    assert_eq!(
        sql(&outbox.path, "SELECT state FROM outbox_status WHERE event_id = 'a'").unwrap(),
        "superseded"
    );
}

#[test]
fn sending_an_event_twice_is_harmless() {
    let outbox = Outbox::new();
    let insert = format!("{} ON CONFLICT (event_id) DO NOTHING", Insert::new("once").sql());
    sql(&outbox.path, &insert).unwrap();
    sql(&outbox.path, &insert).unwrap();
    assert_eq!(outbox.store.list(&all()).unwrap().len(), 1);
    assert_eq!(outbox.claim_one().message.generation, 1);
}

#[test]
fn or_replace_does_not_break_the_lane() {
    let outbox = Outbox::new();
    sql(&outbox.path, &Insert::new("same").sql()).unwrap();
    let running = outbox.claim_one();
    sql(&outbox.path, &Insert::new("same").sql().replace("INSERT", "INSERT OR REPLACE")).unwrap();
    assert!(outbox.claim(1).is_empty(), "the lane is still leased");
    outbox.store.settle(&running, &receipt()).unwrap();
    assert_eq!(outbox.claim_one().message.event_id, "same");
}

fn all() -> crate::outbox::Filter {
    crate::outbox::Filter { limit: 100, ..Default::default() }
}

#[test]
fn every_refusal_says_what_to_write_instead() {
    let outbox = Outbox::new();
    let new = || Insert::new("e");
    let unsealed = "-----BEGIN PRIVATE KEY-----";
    let cases = [
        (new().with("event_id", "''"), "event_id is empty; write an id"),
        (new().with("event_id", "NULL"), "event_id is empty; write an id"),
        (new().with("tenant", "''"), "tenant is empty; write"),
        (new().with("target", "''"), "target is empty; write"),
        (new().with("kind", "'mail'"), "unknown kind; write 'connector.deploy'"),
        (new().with("generation", "0"), "generation is not a whole number from 1; write"),
        (new().with("fingerprint", "'AB'"), "fingerprint is not a SHA-256; write the 64 lower-case"),
        (new().with("fingerprint", &quoted(&"AB".repeat(32))), "fingerprint is not a SHA-256"),
        (new().with("not_after", "-1"), "not_after is not a time; write"),
        (new().with("state", "'done'"), "state, outcome and finished_ms belong to lastmile; leave them out"),
        (new().with("payload", "'{'"), "payload is not JSON text; write"),
        (new().with("payload", "'[]'"), "unknown payload version; write {\"version\":1"),
        (new().with_payload(|p| p["version"] = json!(2)), "unknown payload version; write"),
        (new().with_payload(|p| p["certificate"] = json!("MII")), "payload.certificate is not PEM; write"),
        (new().with_payload(|p| p["chain"] = Value::Null), "payload.chain is missing; write"),
        (
            new().with_payload(|p| p["key"] = json!(unsealed)),
            "payload.key is not sealed; write what `lastmile seal`",
        ),
        (new().with_payload(|p| p["key"] = Value::Null), "payload.key is not sealed; write"),
        (
            new().with_payload(|p| p["not_after"] = json!(1)),
            "payload.not_after differs from not_after; write",
        ),
        (
            new().with_payload(|p| drop(p.as_object_mut().unwrap().remove("chain"))),
            "payload.chain is missing; write",
        ),
        (new().with_payload(|p| p["extra"] = json!(1)), "payload has members that are not known; write"),
    ];
    for (insert, expected) in cases {
        let complaint = sql(&outbox.path, &insert.sql()).unwrap_err();
        assert!(complaint.contains(&format!("lastmile: {expected}")), "{expected}: {complaint}");
        let complaint = sql(&outbox.path, &insert.sql().replace("INSERT", "INSERT OR IGNORE")).unwrap_err();
        assert!(complaint.contains(expected), "OR IGNORE: {expected}: {complaint}");
    }
    assert_eq!(sql(&outbox.path, "SELECT count(*) FROM outbox_lane").unwrap(), "0");
}

#[test]
fn the_program_itself_has_no_more_rights() {
    let outbox = Outbox::new();
    let unsealed = NewMessage {
        payload: Payload { key: "-----BEGIN PRIVATE KEY-----".to_owned(), ..message("web").payload },
        ..message("web")
    };
    let refused = outbox.store.enqueue_all(&[message("good"), unsealed]).unwrap_err();
    assert!(
        matches!(&refused, StoreError::Refused(why) if why.starts_with("payload.key is not sealed")),
        "{refused}"
    );
    assert!(outbox.claim(9).is_empty(), "all or none");
}

#[test]
fn deleting_is_for_finished_messages_and_takes_the_attempts_along() {
    let outbox = Outbox::new();
    let id = outbox.add("default", "web", None);
    let delete = format!("DELETE FROM outbox_message WHERE id = {id}");
    assert!(sql(&outbox.path, &delete).unwrap_err().contains("lastmile outbox cancel"));
    outbox.store.settle(&outbox.claim_one(), &receipt()).unwrap();
    assert_eq!(outbox.store.history("web").unwrap().len(), 1);
    sql(&outbox.path, &delete).unwrap();
    assert!(outbox.store.history("web").unwrap().is_empty());
    assert!(outbox.store.show(id).unwrap().is_none());
}

#[test]
fn a_schema_from_the_future_is_refused() {
    let outbox = Outbox::new();
    sql(&outbox.path, "PRAGMA user_version = 9").unwrap();
    let error = SqliteStore::open(&outbox.path).err().unwrap();
    assert!(matches!(error, StoreError::Newer { found: 9, known: 1, .. }));
    assert!(error.to_string().contains("use the newer lastmile"), "{error}");
}
