//! What is on the disk: nobody else's business, and no key longer than needed.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::*;
use crate::outbox::StoreError;

/// Whether the sealed key is anywhere in the database's files.
fn key_on_disk(path: &Path) -> bool {
    let needle = b"c2VhbGVkLWtleS1tYXRlcmlhbA";
    ["", "-wal"].iter().any(|suffix| {
        let file = format!("{}{suffix}", path.display());
        let bytes = std::fs::read(file).unwrap_or_default();
        bytes.windows(needle.len()).any(|window| window == needle)
    })
}

/// Waits for the idle writer to empty the WAL.
fn settled_on_disk(path: &Path) -> bool {
    let started = std::time::Instant::now();
    while key_on_disk(path) && started.elapsed() < Duration::from_secs(10) {
        std::thread::sleep(Duration::from_millis(50));
    }
    !key_on_disk(path)
}

#[test]
fn the_key_leaves_the_disk_when_the_message_is_done() {
    let outbox = Outbox::new();
    let id = outbox.add("default", "web", None);
    assert!(key_on_disk(&outbox.path));
    outbox.store.settle(&outbox.claim_one(), &receipt()).unwrap();
    assert!(settled_on_disk(&outbox.path));
    let payload = sql(&outbox.path, &format!("SELECT payload FROM outbox_message WHERE id = {id}")).unwrap();
    assert!(payload.contains("\"key\":\"\"") && payload.contains("BEGIN CERTIFICATE"), "{payload}");
}

#[test]
fn superseded_and_cancelled_keys_leave_the_disk() {
    let outbox = Outbox::new();
    outbox.add("default", "web", Some(5));
    outbox.add("default", "web", Some(4));
    let newest = outbox.add("default", "web", Some(6));
    outbox.store.cancel(newest).unwrap();
    assert!(settled_on_disk(&outbox.path));
}

#[test]
fn a_dead_message_keeps_its_key_until_a_newer_one_comes() {
    let outbox = Outbox::new();
    let key =
        "SELECT count(*) FROM outbox_message WHERE state = 'dead' AND json_extract(payload, '$.key') <> ''";
    for end in ["newer", "cancel"] {
        let id = outbox.add("default", "web", None);
        outbox.store.fail(&outbox.claim_one(), &failure(Outcome::Denied)).unwrap();
        assert_eq!(sql(&outbox.path, key).unwrap(), "1");
        if end == "newer" {
            outbox.add("default", "web", None);
            outbox.store.settle(&outbox.claim_one(), &receipt()).unwrap();
            assert_eq!(outbox.row(id).state, "dead");
        } else {
            outbox.store.cancel(id).unwrap();
        }
        assert_eq!(sql(&outbox.path, key).unwrap(), "0", "{end}");
    }
    assert!(settled_on_disk(&outbox.path));
}

#[test]
fn only_the_owner_may_open_the_files() {
    let outbox = Outbox::new();
    outbox.add("default", "web", None);
    for suffix in ["", "-wal", "-shm"] {
        let file = format!("{}{suffix}", outbox.path.display());
        assert_eq!(std::fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600, "{suffix}");
    }
    std::fs::set_permissions(&outbox.path, PermissionsExt::from_mode(0o644)).unwrap();
    let error = SqliteStore::open(&outbox.path).err().unwrap();
    assert!(matches!(&error, StoreError::Open { reason, .. } if reason.contains("chmod 600")), "{error}");
}

#[test]
fn what_was_enqueued_is_there_after_a_restart() {
    let outbox = Outbox::new();
    let id = outbox.add("default", "web", None);
    let Outbox { store, path, _directory } = outbox;
    drop(store);
    assert_eq!(SqliteStore::open(&path).unwrap().claim("w", 1, LEASE).unwrap()[0].message.id, id);
}
