//! Windows behind a fake of WinRM: no real Windows was here. The fake knows the connector's scripts by their
//! text; what it proves is every message, the sealed file and what the connector makes of every fault.

mod faults;
mod machine;

use serde_json::json;

use self::machine::Machine;
use crate::credentials::Authority;
use crate::room::Room;

const SITE: &str = "hostnameport=www.example.test:443";
const NEIGHBOUR: &str = "hostnameport=other.example.test:443";
const BY_ADDRESS: &str = "ipport=0.0.0.0:443";
const BINDINGS: &str = ", bindings = [\"www.example.test:443\", \"0.0.0.0:443\"]";

#[test]
fn it_is_imported_bound_left_alone_renewed_and_brought_back() {
    let (room, authority) = (Room::new(), Authority::new());
    let [old, first, second] =
        ["old", "first", "second"].map(|n| authority.pair(&room, n, "www.example.test"));
    let windows = Machine::start(&room, &[(SITE, &old), (NEIGHBOUR, &old)], false);
    windows.configure(BINDINGS);
    let neighbour = windows.state()["records"][NEIGHBOUR].clone();

    let (outcome, note) = windows.deploy(&first);
    assert_eq!((outcome.as_str(), note.as_str()), ("changed", "imported and bound"));
    // What was bound is updated in place; only what never was is added. Nothing is deleted.
    let steps = ["import My", &format!("update {SITE}"), &format!("add {BY_ADDRESS}")];
    assert_eq!(windows.mutations(), steps);
    assert_eq!(
        (windows.bound(SITE), windows.bound(BY_ADDRESS)),
        (first.fingerprint.clone(), first.fingerprint.clone())
    );
    let held = &windows.state()["stores"]["My"];
    assert!(held.as_array().unwrap().contains(&json!([first.fingerprint, true, "win"])), "{held}");
    assert!(held.to_string().contains(&old.fingerprint), "the old certificate is kept");
    assert_eq!(windows.state()["stores"]["CA"].as_array().unwrap().len(), 1, "the chain goes along");

    let (outcome, note) = windows.deploy(&first);
    assert_eq!(outcome, "unchanged", "{note}");
    assert_eq!(windows.mutations(), steps, "the second time looks and changes nothing");

    assert_eq!(windows.deploy(&second).0, "changed");
    let renewal = ["import My", &format!("update {SITE}"), &format!("update {BY_ADDRESS}")];
    assert_eq!(windows.mutations()[3..], renewal);
    assert_eq!(windows.bound(SITE), second.fingerprint);

    // The way back is the old credential once more: it is still in the store, and only bound.
    let (outcome, note) = windows.deploy(&first);
    assert_eq!((outcome.as_str(), note.as_str()), ("changed", "bound"));
    assert_eq!(windows.mutations()[6..], renewal[1..]);
    assert_eq!(windows.bound(SITE), first.fingerprint);
    assert_eq!(windows.state()["records"][NEIGHBOUR], neighbour, "its neighbour was touched");
}

#[test]
fn five_kinds_of_messages_in_their_order() {
    let room = Room::new();
    let windows = Machine::start(&room, &[], false);
    windows.configure("");
    assert_eq!(windows.deploy(&room.pair("new")).0, "changed");
    let receives = |kind: &str| vec![format!("Receive:{kind}"); 3];
    let look = [vec!["Command".into(), "Send:look:end".into()], receives("look"), vec!["Signal:look".into()]]
        .concat();
    let sends = ["Command", "Send:apply", "Send:apply", "Send:apply", "Send:apply:end"].map(str::to_owned);
    let apply = [sends.to_vec(), receives("apply"), vec!["Signal:apply".into()]].concat();
    let expected = [vec!["Create".into()], look.clone(), apply, look, vec!["Delete".into()]].concat();
    assert_eq!(windows.state()["steps"], json!(expected));
}

#[test]
fn the_store_alone_and_another_store() {
    let room = Room::new();
    let windows = Machine::start(&room, &[], false);
    let new = room.pair_of("rsa", &["-algorithm", "RSA"]);
    for store in ["My", "WebHosting"] {
        windows.configure(&format!(", store = \"{store}\""));
        assert_eq!(windows.deploy(&new).0, "changed");
        assert_eq!(windows.deploy(&new).0, "unchanged");
        assert_eq!(windows.state()["stores"][store], json!([[new.fingerprint, true, "win"]]));
    }
    assert_eq!(windows.mutations(), ["import My", "import WebHosting"]);
}

#[test]
fn an_old_windows_reads_the_old_ciphers_and_says_so_about_the_new_ones() {
    let room = Room::new();
    let (old, new) = (room.pair("old"), room.pair("new"));
    let windows = Machine::start(&room, &[(SITE, &old)], true);
    windows.configure(BINDINGS);
    let (outcome, note) = windows.deploy(&new);
    assert!(outcome == "rejected" && note.contains("network password is not correct"), "{outcome}: {note}");
    assert_eq!((windows.bound(SITE), windows.mutations().len()), (old.fingerprint, 0));
    windows.configure(&format!("{BINDINGS}, legacy = true"));
    assert_eq!(windows.deploy(&new).0, "changed");
    assert_eq!(windows.bound(SITE), new.fingerprint);
}
