//! What the connector makes of a service that refuses, breaks off or lies.

use super::machine::{Machine, PASSWORD};
use super::{BINDINGS, BY_ADDRESS, SITE};
use crate::room::{Room, await_that, free_port};

#[test]
fn wrong_credentials_are_denied() {
    let room = Room::new();
    let windows = Machine::start(&room, &[], false);
    windows.configure(BINDINGS);
    room.enqueue("win", &room.pair("new"));
    let (outcome, note) = windows.deliver("another-password");
    assert!(outcome == "denied" && note.contains("401"), "{outcome}: {note}");
    assert!(!note.contains("another-password"), "{note}");
    assert_eq!(windows.state()["refused"], 1, "it was tried more than once");
}

#[test]
fn a_service_that_is_not_there_is_unavailable() {
    let room = Room::new();
    let windows = Machine::start(&room, &[], false);
    windows.configure_for(free_port(), BINDINGS);
    assert_eq!(windows.deploy(&room.pair("new")).0, "unavailable");
}

/// Before anything was changed: the fault, the outcome, and what the note says.
#[test]
fn faults_before_the_change_leave_all_as_it_was() {
    for (fault, expected, says) in [
        ("Create fault 2150859174", "unavailable", "Create: 500 2150859174"),
        ("Create fault 5", "denied", "Create: 500 5"),
        ("Command 401", "denied", "401"),
        ("Command cut-before", "unavailable", "Command"),
        ("Receive:look cut-behind", "unavailable", "Receive"),
        ("Send:look:end other", "rejected", "no answer to it"),
        ("Send:apply cut-before", "unavailable", "Send"),
        ("Send:apply cut-behind", "unavailable", "Send"),
    ] {
        let room = Room::new();
        let old = room.pair("old");
        let windows = Machine::start(&room, &[(SITE, &old)], false);
        windows.configure(BINDINGS);
        windows.spoil(fault);
        let (outcome, note) = windows.deploy(&room.pair("new"));
        assert!(windows.spoilt(), "{fault} did not happen");
        assert!(outcome == expected && note.contains(says), "{fault}: {outcome}: {note}");
        // `state` asserts that the shell is gone, too.
        assert_eq!((windows.bound(SITE), windows.mutations().len()), (old.fingerprint, 0), "{fault}");
    }
}

#[test]
fn a_line_that_is_cut_at_the_change_is_uncertain_and_the_next_attempt_looks_first() {
    let all = ["import My", &format!("update {SITE}"), &format!("add {BY_ADDRESS}")].map(str::to_owned);
    for (fault, then) in [
        ("Send:apply:end cut-before", "changed"),
        ("Send:apply:end cut-behind", "unchanged"),
        ("Send:apply:end fault 2150858793", "changed"),
        ("Receive:apply cut-behind", "unchanged"),
        ("Receive:apply fault 1726", "unchanged"),
        ("Receive:apply 401", "unchanged"),
    ] {
        let room = Room::new();
        let (old, new) = (room.pair("old"), room.pair("new"));
        let windows = Machine::start(&room, &[(SITE, &old)], false);
        windows.configure(BINDINGS);
        windows.spoil(fault);
        let (outcome, note) = windows.deploy(&new);
        assert!(windows.spoilt() && outcome == "uncertain", "{fault}: {outcome}: {note}");
        let made = windows.mutations();
        assert_eq!(made.is_empty(), then == "changed", "{fault}: {made:?}");
        await_that("the second attempt is made", || {
            windows.deliver(PASSWORD);
            room.history("win").len() == 2
        });
        let history = room.history("win");
        assert_eq!(history[1].0, then, "{fault}: {history:?}");
        assert_eq!(windows.mutations(), all, "{fault}: it was done twice");
        assert_eq!(windows.bound(SITE), new.fingerprint);
    }
}

#[test]
fn what_powershell_refuses_is_rejected_in_its_words_and_put_back() {
    let room = Room::new();
    let (old, new) = (room.pair("old"), room.pair("new"));
    let windows = Machine::start(&room, &[(SITE, &old)], false);
    windows.configure(BINDINGS);
    windows.spoil(&format!("Windows netsh {BY_ADDRESS}"));
    let (outcome, note) = windows.deploy(&new);
    assert_eq!(outcome, "rejected", "{note}");
    assert!(note.contains("Zugriff <verweigert> & Ende") && !note.contains("CLIXML"), "{note}");
    assert_eq!(windows.bound(SITE), old.fingerprint, "the binding before it was put back");
    assert_eq!(windows.mutations(), ["import My", &format!("update {SITE}"), &format!("update {SITE}")]);
}

#[test]
fn a_success_that_is_none_is_found_out() {
    let room = Room::new();
    let old = room.pair("old");
    let windows = Machine::start(&room, &[(SITE, &old)], false);
    windows.configure(BINDINGS);
    windows.spoil("Windows lie");
    let (outcome, note) = windows.deploy(&room.pair("new"));
    assert!(outcome == "rejected" && note.contains("PowerShell ended well, but"), "{outcome}: {note}");
    assert_eq!(windows.bound(SITE), old.fingerprint);
}

#[test]
fn settings_that_an_update_lost_are_told() {
    let room = Room::new();
    let old = room.pair("old");
    let windows = Machine::start(&room, &[(SITE, &old)], false);
    windows.configure(BINDINGS);
    windows.spoil("Windows forgetful");
    let (outcome, note) = windows.deploy(&room.pair("new"));
    assert!(outcome == "changed" && note.contains(&format!("other settings of {SITE}")), "{outcome}: {note}");
}

/// Such a shell stays until its idle time-out; the deployment is what it was.
#[test]
fn a_shell_that_cannot_be_deleted_does_not_spoil_the_deployment() {
    for (fault, expected) in [("Delete cut-before", "changed"), ("Create cut-behind", "unavailable")] {
        let room = Room::new();
        let windows = Machine::start(&room, &[], false);
        windows.configure("");
        windows.spoil(fault);
        assert_eq!(windows.deploy(&room.pair("new")).0, expected, "{fault}");
        assert_eq!(
            (windows.spoilt(), &windows.raw_state()["open"]),
            (true, &serde_json::json!(1)),
            "{fault}"
        );
    }
}
