//! The connector on the SDK's double, which answers what a BIG-IP would.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail by panicking")]

use alloc::format;
use alloc::string::{String, ToString};

use lastmile_sdk::testing::specimens::ED25519;
use lastmile_sdk::testing::{Double, deployment};
use lastmile_sdk::{Connector, Failure};

use super::F5;

const CONFIG: &str = r#"{ "host": "bigip.example", "username": "lastmile", "profile": "/Common/shop" }"#;
const PROFILE: &str = "/mgmt/tm/ltm/profile/client-ssl/~Common~shop";
const CERT: &str = "/mgmt/tm/sys/file/ssl-cert";
const KEY: &str = "/mgmt/tm/sys/file/ssl-key/~Common~shop-19700101-00000000.key";
const CREATE_CERT: &str = "POST /mgmt/tm/sys/file/ssl-cert";
const CREATE_KEY: &str = "POST /mgmt/tm/sys/file/ssl-key";
const NEW: &str = "shop-19700101-00000000";
const HARMLESS: &[&str] = &["POST /mgmt/shared/authn/login", "DELETE /mgmt/shared/authz/tokens/T"];

fn profile(cert: &str, key: &str, chain: &str) -> String {
    format!(
        r#"{{"certKeyChain":[{{"name":"a","cert":"{cert}","key":"{key}","chain":"{chain}","certReference":{{"link":"x"}},"usage":"SERVER"}},
            {{"name":"b","cert":"/Common/b.crt","key":"/Common/b.key","passphrase":"$M$x"}}],"inheritCertkeychain":"false"}}"#
    )
}

fn old() -> String {
    profile("/Common/a.crt", "/Common/a.key", "none")
}

fn new() -> String {
    let path = |end: &str| format!("/Common/{NEW}{end}");
    profile(&path(".crt"), &path(".key"), &path("-chain.crt"))
}

/// A device that lets the user in, and serves these profiles in turn.
fn device(config: &str, profiles: &[&str]) -> Double {
    let mut device = Double::granting(F5::capabilities(config).unwrap());
    device.on("POST /mgmt/shared/authn/login", 200, r#"{"token":{"token":"T"}}"#);
    device.on("DELETE /mgmt/shared/authz/tokens/T", 200, "");
    for profile in profiles {
        device.on(&format!("GET {PROFILE}"), 200, profile);
    }
    for (name, kind) in [("a", "ec"), ("b", "rsa")] {
        let shown = format!(r#"{{"keyType":"{kind}-public"}}"#);
        device.on(&format!("GET {CERT}/~Common~{name}.crt"), 200, &shown);
    }
    device
}

/// The same, once the new objects are there.
fn holding(device: &mut Double, leaf: &str) {
    device.on(&format!("GET {CERT}/~Common~{NEW}.crt"), 200, leaf);
    device.on(&format!("GET {CERT}/~Common~{NEW}-chain.crt"), 200, r#"{"checksum":"SHA1:6:x"}"#);
}

const LEAF: &str = r#"{"keyType":"ec-public","fingerprint":"SHA256/00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00","checksum":"SHA1:5:x"}"#;
const OLDER_RELEASE: &str = r#"{"keyType":"ec-public","checksum":"SHA1:5:x"}"#;

/// A device on which a deployment goes through, but for these answers.
fn willing(but: &[(&str, u16, &str)]) -> Double {
    let mut device = device(CONFIG, &[&old(), &old(), &new()]);
    let mut on = |line: String, status: u16, body: &str| {
        let other = but.iter().find(|(spoilt, ..)| *spoilt == line);
        device.on(&line, other.map_or(status, |other| other.1), other.map_or(body, |other| other.2));
    };
    for file in
        [format!("{CERT}/~Common~{NEW}.crt"), format!("{CERT}/~Common~{NEW}-chain.crt"), KEY.to_string()]
    {
        on(format!("GET {file}"), 404, "");
    }
    for end in [".crt", ".key", "-chain.crt"] {
        on(format!("POST /mgmt/shared/file-transfer/uploads/{NEW}{end}"), 200, "{}");
    }
    for line in [CREATE_CERT, CREATE_KEY, "POST /mgmt/tm/sys/config", "POST /mgmt/tm/util/unix-rm"] {
        on(line.to_string(), 200, "{}");
    }
    on(format!("PATCH {PROFILE}"), 200, "{}");
    on(format!("PATCH {KEY}"), 200, "{}");
    on("POST /mgmt/tm/transaction".to_string(), 200, r#"{"transId":7,"state":"STARTED"}"#);
    on("PATCH /mgmt/tm/transaction/7".to_string(), 200, r#"{"transId":7,"state":"COMPLETED"}"#);
    holding(&mut device, LEAF);
    device
}

#[test]
fn it_is_uploaded_bound_in_one_transaction_saved_and_cleaned_up() {
    let mut device = willing(&[]);
    let receipt = F5::deploy(&mut device, &deployment(CONFIG)).unwrap();
    assert!(receipt.changed && receipt.reference == format!("/Common/{NEW}.crt"), "{receipt:?}");
    let requests = device.requests.borrow();
    let sent = |line: &str| requests.iter().find(|sent| sent.line == line).unwrap();
    let key = sent(&format!("POST /mgmt/shared/file-transfer/uploads/{NEW}.key"));
    assert_eq!(key.headers["content-range"], "0-«body length -1»/«body length +0»");
    assert_eq!(key.body, "«private key»");
    let bound = sent(&format!("PATCH {PROFILE}"));
    let list: serde_json::Value = serde_json::from_str(&bound.body).unwrap();
    let now: serde_json::Value = serde_json::from_str(&new()).unwrap();
    let mut wanted = now["certKeyChain"].clone();
    wanted[0].as_object_mut().unwrap().remove("certReference");
    assert_eq!(list["certKeyChain"], wanted, "the neighbour and the usage are sent back as they were");
    for sent in requests.iter() {
        let queued = [CREATE_CERT, CREATE_KEY, bound.line.as_str()].contains(&sent.line.as_str());
        assert_eq!(sent.headers.contains_key("x-f5-rest-coordination-id"), queued, "{}", sent.line);
        assert_eq!(
            sent.headers.contains_key("x-f5-auth-token"),
            !sent.line.ends_with("login"),
            "{}",
            sent.line
        );
    }
    let removed = requests.iter().filter(|sent| sent.line.ends_with("unix-rm")).count();
    assert_eq!((removed, requests.last().unwrap().line.as_str()), (3, HARMLESS[1]));
}

#[test]
fn what_is_bound_is_left_alone_also_where_no_fingerprint_is_shown() {
    for shown in [LEAF, OLDER_RELEASE] {
        let mut device = device(CONFIG, &[&new()]);
        holding(&mut device, shown);
        let receipt = F5::deploy(&mut device, &deployment(CONFIG)).unwrap();
        assert!(!receipt.changed);
        assert_eq!(device.changes(HARMLESS), [""; 0]);
    }
}

#[test]
fn objects_of_these_names_are_filled_anew() {
    let mut device = willing(&[(&format!("GET {KEY}"), 200, "{}")]);
    F5::deploy(&mut device, &deployment(CONFIG)).unwrap();
    let lines = device.lines();
    assert!(lines.contains(&format!("PATCH {KEY}")) && !lines.contains(&CREATE_KEY.to_string()), "{lines:?}");
}

#[test]
fn a_transaction_that_ends_otherwise_is_a_failure() {
    let failed = r#"{"transId":7,"state":"FAILED"}"#;
    let mut device = willing(&[("PATCH /mgmt/tm/transaction/7", 200, failed)]);
    let ended = F5::deploy(&mut device, &deployment(CONFIG));
    assert!(matches!(&ended, Err(Failure::Rejected(text)) if text.contains("FAILED")), "{ended:?}");
    assert!(!device.lines().contains(&"POST /mgmt/tm/sys/config".to_string()));
}

#[test]
fn a_save_that_fails_twice_fails_the_deployment() {
    let mut device = willing(&[("POST /mgmt/tm/sys/config", 500, "")]);
    let ended = F5::deploy(&mut device, &deployment(CONFIG));
    assert!(matches!(&ended, Err(Failure::Uncertain(text)) if text.contains("save")), "{ended:?}");
    let saves = device.lines().iter().filter(|line| *line == "POST /mgmt/tm/sys/config").count();
    assert_eq!(saves, 2);
}

#[test]
fn a_role_that_may_not_remove_uploads_is_told_of() {
    let denied = r#"{"code":401,"message":"Authorization failed: user=x"}"#;
    let mut device = willing(&[("POST /mgmt/tm/util/unix-rm", 401, denied)]);
    let receipt = F5::deploy(&mut device, &deployment(CONFIG)).unwrap();
    assert!(receipt.changed && receipt.note.contains("left in /var/config/rest/downloads"), "{receipt:?}");
}

#[test]
fn what_the_device_says_decides() {
    for (status, message, wanted) in [
        (401, "Authorization failed: user=x", "denied"),
        (400, "user x has reached maximum active login tokens", "unavailable"),
        (400, "01070277:3: The requested key was not found", "rejected"),
        (503, "There is an active asynchronous task executing.", "unavailable"),
        (400, "Configuration Utility restarting...", "unavailable"),
        (500, "", "unavailable"),
    ] {
        let mut device = Double::granting(F5::capabilities(CONFIG).unwrap());
        device.on(HARMLESS[0], 200, r#"{"token":{"token":"T"}}"#);
        device.on(HARMLESS[1], 200, "");
        device.on(&format!("GET {PROFILE}"), status, &format!(r#"{{"message":"{message}"}}"#));
        let ended = F5::deploy(&mut device, &deployment(CONFIG)).unwrap_err();
        let kind = match &ended {
            Failure::Denied(_) => "denied",
            Failure::Rejected(_) => "rejected",
            Failure::Unavailable(_) => "unavailable",
            _ => "another",
        };
        assert!(kind == wanted && format!("{ended:?}").contains(message), "{status} {message}: {ended:?}");
        assert_eq!(device.lines().last().unwrap(), HARMLESS[1], "the token is given back");
    }
}

#[test]
fn a_token_that_expires_is_taken_anew_once() {
    for message in ["X-F5-Auth-Token has expired.", "X-F5-Auth-Token does not exist."] {
        let mut device = Double::granting(F5::capabilities(CONFIG).unwrap());
        device.on(HARMLESS[0], 200, r#"{"token":{"token":"T"}}"#);
        device.on(HARMLESS[1], 200, "");
        device.on(&format!("GET {PROFILE}"), 401, &format!(r#"{{"message":"{message}"}}"#));
        assert!(F5::deploy(&mut device, &deployment(CONFIG)).is_err());
        assert_eq!(device.lines().iter().filter(|line| *line == HARMLESS[0]).count(), 2, "{message}");
    }
}

#[test]
fn the_element_is_named_or_found_by_its_kind_of_key() {
    for (element, first_kind, second_kind, says) in [
        (Some("c"), "ec", "rsa", "/element"),
        (None, "rsa", "rsa", "/element"),
        (None, "rsa", "ec", "POST /mgmt/tm/transaction"),
        (Some("b"), "ec", "rsa", "POST /mgmt/tm/transaction"),
    ] {
        let named = element.map(|name| format!(r#", "element": "{name}" }}"#));
        let config = named.map_or(CONFIG.to_string(), |named| CONFIG.replace(" }", &named));
        let mut device = Double::granting(F5::capabilities(&config).unwrap());
        device.on(HARMLESS[0], 200, r#"{"token":{"token":"T"}}"#);
        device.on(HARMLESS[1], 200, "");
        device.on(&format!("GET {PROFILE}"), 200, &old());
        for (name, kind) in [("a", first_kind), ("b", second_kind)] {
            device.on(
                &format!("GET {CERT}/~Common~{name}.crt"),
                200,
                &format!(r#"{{"keyType":"{kind}-public"}}"#),
            );
        }
        for file in
            [format!("{CERT}/~Common~{NEW}.crt"), format!("{CERT}/~Common~{NEW}-chain.crt"), KEY.to_string()]
        {
            device.on(&format!("GET {file}"), 404, "");
        }
        for end in [".crt", ".key", "-chain.crt"] {
            device.on(&format!("POST /mgmt/shared/file-transfer/uploads/{NEW}{end}"), 200, "{}");
        }
        let ended = F5::deploy(&mut device, &deployment(&config)).unwrap_err();
        assert!(format!("{ended:?}").contains(says), "{element:?}: {ended:?}");
        let notes = device.notes.borrow();
        if says.starts_with("POST") {
            assert!(notes[0].contains(r#""name":"b""#) && !notes[0].contains(r#""name":"a""#), "{notes:?}");
        }
    }
}

#[test]
fn a_profile_that_is_not_there_is_the_operators() {
    let mut device = Double::granting(F5::capabilities(CONFIG).unwrap());
    device.on(HARMLESS[0], 200, r#"{"token":{"token":"T"}}"#);
    device.on(HARMLESS[1], 200, "");
    device.on(&format!("GET {PROFILE}"), 404, r#"{"message":"01020036:3: not found"}"#);
    let ended = F5::deploy(&mut device, &deployment(CONFIG));
    assert!(
        matches!(&ended, Err(Failure::Misconfigured(problems)) if problems[0].pointer == "/profile"),
        "{ended:?}"
    );
}

/// The device of a deployment with its notes, as a rollback finds it.
fn going_back(deployed: &Double, profiles: &[&str]) -> Double {
    let mut device = device(CONFIG, profiles);
    device.notes.borrow_mut().clone_from(&deployed.notes.borrow());
    device.on("DELETE /mgmt/tm/transaction/7", 404, "");
    device.on(&format!("PATCH {PROFILE}"), 200, "{}");
    for url in
        [format!("{CERT}/~Common~{NEW}.crt"), format!("{CERT}/~Common~{NEW}-chain.crt"), KEY.to_string()]
    {
        device.on(&format!("DELETE {url}"), 200, "");
    }
    device.on("POST /mgmt/tm/sys/config", 200, "{}");
    device.on("POST /mgmt/tm/util/unix-rm", 200, "{}");
    device
}

#[test]
fn the_way_back_binds_the_old_element_alone_and_removes_what_was_made() {
    let mut deployed = willing(&[]);
    F5::deploy(&mut deployed, &deployment(CONFIG)).unwrap();
    let mut device = going_back(&deployed, &[&new()]);
    device.roll_back::<F5>(&deployment(CONFIG)).unwrap();
    let requests = device.requests.borrow();
    let bound = requests.iter().find(|sent| sent.line == format!("PATCH {PROFILE}")).unwrap();
    let list: serde_json::Value = serde_json::from_str(&bound.body).unwrap();
    let before: serde_json::Value = serde_json::from_str(&old()).unwrap();
    assert_eq!(list["certKeyChain"], before["certKeyChain"]);
    let lines: alloc::vec::Vec<&str> = requests.iter().map(|sent| sent.line.as_str()).collect();
    let at = |line: &str| {
        lines.iter().position(|sent| *sent == line).unwrap_or_else(|| panic!("{line}: {lines:?}"))
    };
    assert!(
        at("DELETE /mgmt/tm/transaction/7") < at(&bound.line)
            && at(&bound.line) < at(&format!("DELETE {KEY}"))
    );
    assert!(at(&format!("DELETE {KEY}")) < at("POST /mgmt/tm/sys/config"));
    assert_eq!(lines.iter().filter(|line| line.ends_with("unix-rm")).count(), 3);
}

#[test]
fn what_is_back_already_or_was_bound_by_another_is_left() {
    let mut deployed = willing(&[]);
    F5::deploy(&mut deployed, &deployment(CONFIG)).unwrap();
    let another = profile("/Common/c.crt", "/Common/c.key", "none");
    for present in [old(), another] {
        let mut device = going_back(&deployed, &[&present]);
        device.roll_back::<F5>(&deployment(CONFIG)).unwrap();
        assert!(!device.lines().contains(&format!("PATCH {PROFILE}")));
        assert!(
            device.lines().contains(&"POST /mgmt/tm/sys/config".to_string()),
            "a save may have been cut before"
        );
    }
}

#[test]
fn a_transaction_that_is_over_does_not_stop_the_way_back() {
    let mut deployed = willing(&[]);
    F5::deploy(&mut deployed, &deployment(CONFIG)).unwrap();
    let mut device = device(CONFIG, &[&new()]);
    device.notes.borrow_mut().clone_from(&deployed.notes.borrow());
    device.on("DELETE /mgmt/tm/transaction/7", 400, r#"{"code":400,"message":"it is COMPLETED"}"#);
    let ended = device.roll_back::<F5>(&deployment(CONFIG));
    assert!(device.lines().contains(&format!("PATCH {PROFILE}")), "{ended:?}");
}

#[test]
fn a_kind_of_key_that_it_lacks_is_refused_before_anything_is_asked() {
    let mut deployment = deployment(CONFIG);
    deployment.certificate.leaf_pem = ED25519.to_string();
    let mut device = willing(&[]);
    let ended = F5::deploy(&mut device, &deployment);
    assert!(matches!(&ended, Err(Failure::Rejected(text)) if text.contains("Ed25519")), "{ended:?}");
    assert!(device.lines().is_empty());
}

#[test]
fn it_tells_what_is_served() {
    let mut device = device(CONFIG, &[&new()]);
    holding(&mut device, LEAF);
    assert_eq!(F5::observe(&mut device, &deployment(CONFIG)).unwrap(), Some("00".repeat(32)));
}

#[test]
fn the_configuration_says_what_to_write() {
    for (profile, name, pointer) in [
        ("shop", "x", "/profile"),
        ("/Common/", "x", "/profile"),
        ("/Common/a b", "x", "/profile"),
        ("/Common/shop", "a/b", "/name"),
    ] {
        let config = format!(r#"{{"host":"h","username":"u","profile":"{profile}","name":"{name}"}}"#);
        let problems = F5::capabilities(&config).unwrap_err();
        assert_eq!((problems.len(), problems[0].pointer.as_str()), (1, pointer), "{profile} {name}");
    }
    assert!(F5::capabilities(r#"{"host":"h","username":"u","profile":"/Common/folder/shop"}"#).is_ok());
}
