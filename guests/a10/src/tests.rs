//! The connector on the SDK's double, which answers what an ACOS device would.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail by panicking")]

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use lastmile_sdk::testing::{Double, specimens};
use lastmile_sdk::{Connector, Failure};

use super::A10;
use super::files::Names;

const CONFIG: &str = r#"{"host":"adc.example","username":"lastmile","template":"shop","replaces":"old"}"#;
const NEW: &str = "shop-20261124-d584419b";
const CHAIN: &str = "-chain-e8319466";
const LOGIN: &str = "POST /axapi/v3/auth";
const LOGOFF: &str = "POST /axapi/v3/logoff";
const TEMPLATE: &str = "GET /axapi/v3/slb/template/client-ssl/shop";
const BIND: &str = "PUT /axapi/v3/slb/template/client-ssl/shop";
const CERT: &str = "POST /axapi/v3/file/ssl-cert";
const KEY: &str = "POST /axapi/v3/file/ssl-key";
const DELETE: &str = "POST /axapi/v3/pki/delete";
const SAVE: &str = "POST /axapi/v3/write/memory";
const DONE: &str = r#"{"response":{"status":"OK"}}"#;
const NEIGHBOUR: &str = r#"{"cert":"n","key":"n.key","shared":1}"#;

fn fail(code: u64) -> String {
    format!(r#"{{"response":{{"status":"fail","err":{{"code":{code},"from":"CM","msg":"why"}}}}}}"#)
}

fn entry(name: &str) -> String {
    format!(r#"{{"cert":"{name}","key":"{name}.key","chain-cert":"{name}{CHAIN}"}}"#)
}

fn template(entry: &str) -> String {
    format!(r#"{{"client-ssl":{{"name":"shop","certificate-list":[{NEIGHBOUR},{entry}],"close-notify":1}}}}"#)
}

/// A device that lets the user in and takes every change but for these answers; its template is so in turn.
fn device(config: &str, templates: &[String], but: &[(&str, u16, &str)]) -> Double {
    let mut sandbox = Double::granting(A10::capabilities(config).unwrap());
    for (line, status, body) in but {
        sandbox.on(line, *status, body);
    }
    if !but.iter().any(|(spoilt, ..)| *spoilt == LOGIN) {
        sandbox.on(LOGIN, 200, r#"{"authresponse":{"signature":"0123456789ABCDEF"}}"#);
    }
    templates.iter().for_each(|shown| sandbox.on(TEMPLATE, 200, shown));
    for line in [LOGOFF, BIND, CERT, KEY, DELETE, SAVE] {
        if !but.iter().any(|(spoilt, ..)| *spoilt == line) {
            sandbox.on(line, 200, DONE);
        }
    }
    let mut file =
        |name: &str, pem: &str| sandbox.on(&format!("GET /axapi/v3/file/ssl-cert/{name}"), 200, pem);
    file("old", specimens::ED25519);
    file(NEW, specimens::P256);
    file(&format!("{NEW}{CHAIN}"), specimens::RSA_2048);
    sandbox
}

fn renewing(but: &[(&str, u16, &str)]) -> Double {
    device(CONFIG, &[template(&entry("old")), template(&entry("old")), template(&entry(NEW))], but)
}

fn changes(sandbox: &Double) -> Vec<String> {
    sandbox.changes(&[LOGIN, LOGOFF])
}

fn bodies(sandbox: &Double, line: &str) -> Vec<String> {
    let requests = sandbox.requests.borrow();
    requests.iter().filter(|sent| sent.line == line).map(|sent| sent.body.clone()).collect()
}

fn deploy(sandbox: &mut Double) -> Result<lastmile_sdk::Receipt, Failure> {
    A10::deploy(sandbox, &specimens::deployment(CONFIG))
}

#[test]
fn new_files_take_the_place_of_the_old_ones_and_are_saved() {
    let mut sandbox = renewing(&[]);
    let receipt = deploy(&mut sandbox).unwrap();
    assert_eq!((receipt.changed, receipt.reference.as_str()), (true, NEW));
    assert_eq!(changes(&sandbox), [CERT, KEY, CERT, BIND, SAVE]);
    let put: serde_json::Value = serde_json::from_str(&bodies(&sandbox, BIND)[0]).unwrap();
    let wanted: serde_json::Value = serde_json::from_str(&template(&entry(NEW))).unwrap();
    assert_eq!(put, wanted, "the neighbour and the rest of the template are sent back as they were");
    let about = format!(
        r#"{{"ssl-cert":{{"file":"{NEW}","file-handle":"{NEW}","action":"import","certificate-type":"pem"}}}}"#
    );
    assert!(
        bodies(&sandbox, CERT)[0].contains(&about) && bodies(&sandbox, CERT)[0].contains(specimens::P256)
    );
    assert!(bodies(&sandbox, CERT)[1].contains(specimens::RSA_2048));
    let about =
        format!(r#"{{"ssl-key":{{"file":"{NEW}.key","file-handle":"{NEW}.key","action":"import"}}}}"#);
    assert!(bodies(&sandbox, KEY)[0].contains(&about) && bodies(&sandbox, KEY)[0].contains("«private key»"));
    assert_eq!(bodies(&sandbox, SAVE), [r#"{"memory":{"partition":"all"}}"#]);
    assert_eq!(
        bodies(&sandbox, LOGIN),
        [r#"{"credentials":{"username":"lastmile","password":"«password»"}}"#]
    );
    let requests = sandbox.requests.borrow();
    assert!(requests[1..].iter().all(|sent| sent.headers["authorization"] == "A10 0123456789ABCDEF"));
    assert_eq!(requests.last().unwrap().line, LOGOFF);
}

#[test]
fn what_it_holds_is_left_alone_and_observed() {
    let deployment = specimens::deployment(CONFIG);
    let mut sandbox = device(CONFIG, &[template(&entry(NEW))], &[]);
    assert!(!deploy(&mut sandbox).unwrap().changed);
    assert!(changes(&sandbox).is_empty());
    let served = A10::observe(&mut sandbox, &deployment).unwrap();
    assert_eq!(served, Some(deployment.certificate.fingerprint.clone()));
    assert_eq!(A10::observe(&mut renewing(&[]), &deployment).unwrap(), None);
}

#[test]
fn another_chain_behind_the_same_leaf_is_imported_alone() {
    let bare = format!(r#"{{"cert":"{NEW}","key":"{NEW}.key"}}"#);
    let other = format!(r#"{{"cert":"{NEW}","key":"{NEW}.key","chain-cert":"old"}}"#);
    for before in [bare, other] {
        let shown = [template(&before), template(&before), template(&entry(NEW))];
        let mut sandbox = device(CONFIG, &shown, &[]);
        assert!(deploy(&mut sandbox).unwrap().changed);
        assert_eq!(changes(&sandbox), [CERT, BIND, SAVE]);
        assert!(bodies(&sandbox, CERT)[0].contains(&format!(r#""file":"{NEW}{CHAIN}""#)));
        let put: serde_json::Value = serde_json::from_str(&bodies(&sandbox, BIND)[0]).unwrap();
        let wanted: serde_json::Value = serde_json::from_str(&template(&entry(NEW))).unwrap();
        assert_eq!(put, wanted);

        let mut back = device(CONFIG, &[template(&entry(NEW))], &[]);
        back.notes.borrow_mut().clone_from(&sandbox.notes.borrow());
        back.roll_back::<A10>(&specimens::deployment(CONFIG)).unwrap();
        assert_eq!(changes(&back), [BIND, DELETE, SAVE], "the pair is that of before");
        let put: serde_json::Value = serde_json::from_str(&bodies(&back, BIND)[0]).unwrap();
        assert_eq!(put, serde_json::from_str::<serde_json::Value>(&template(&before)).unwrap());
        assert!(bodies(&back, DELETE)[0].contains(CHAIN));
    }
}

#[test]
fn a_chain_is_named_by_all_of_its_certificates() {
    let mut certificate = specimens::deployment(CONFIG).certificate;
    certificate.chain_fingerprints.push("ab".repeat(32));
    let named = Names::of(NEW.to_string(), &certificate).chain.unwrap();
    assert_eq!(named, format!("{NEW}{CHAIN}-abababab"));
    certificate.chain_fingerprints.extend((0..20).map(|_| "cd".repeat(32)));
    let deepest = Names::of("t".repeat(127 + 18), &certificate).chain.unwrap();
    assert!(deepest.len() <= 240, "{}", deepest.len());
}

#[test]
fn another_certificate_under_our_name_stays() {
    let file = format!("GET /axapi/v3/file/ssl-cert/{NEW}");
    let mut sandbox = device(
        CONFIG,
        &[template(&entry(NEW))],
        &[(&file, 200, specimens::ED25519), (&file, 200, specimens::ED25519)],
    );
    assert!(matches!(deploy(&mut sandbox), Err(Failure::Rejected(text)) if text.contains(NEW)));
    assert!(changes(&sandbox).is_empty());
}

#[test]
fn half_a_file_is_not_another_one() {
    let half = &specimens::P256[..200];
    let (leaf, chain) =
        (format!("GET /axapi/v3/file/ssl-cert/{NEW}"), format!("GET /axapi/v3/file/ssl-cert/{NEW}{CHAIN}"));
    for (line, body) in [(&leaf, half), (&leaf, ""), (&chain, &format!("{}{half}", specimens::RSA_2048))] {
        let mut sandbox = device(CONFIG, &[template(&entry(NEW))], &[(line, 200, body)]);
        let ended = deploy(&mut sandbox);
        assert!(matches!(ended, Err(Failure::Unavailable((text, _))) if text.contains("whole")), "{body}");
        assert!(changes(&sandbox).is_empty());
    }
    // As somebody may have imported it; and under a name that is no segment of a path as it is.
    let shown = |name: &str| template(&entry("NAME").replace("NAME", name));
    let config = CONFIG.replace(r#""replaces":"old""#, r#""replaces":"o/l d""#);
    let der = ("GET /axapi/v3/file/ssl-cert/o%2Fl%20d", 200, "0\u{82}");
    let mut sandbox = device(&config, &[shown("o/l d"), shown("o/l d"), template(&entry(NEW))], &[der]);
    assert!(A10::deploy(&mut sandbox, &specimens::deployment(&config)).unwrap().changed);
}

#[test]
fn without_intermediates_there_is_no_chain() {
    let mut deployment = specimens::deployment(CONFIG);
    deployment.certificate.chain_pem.clear();
    let bare = format!(r#"{{"cert":"{NEW}","key":"{NEW}.key"}}"#);
    let mut sandbox =
        device(CONFIG, &[template(&entry("old")), template(&entry("old")), template(&bare)], &[]);
    assert!(A10::deploy(&mut sandbox, &deployment).unwrap().changed);
    assert_eq!(changes(&sandbox), [CERT, KEY, BIND, SAVE]);
    assert!(!bodies(&sandbox, BIND)[0].contains("chain-cert"));
}

#[test]
fn a_file_that_an_earlier_attempt_left_is_replaced() {
    let mut sandbox = renewing(&[(CERT, 400, &fail(67_371_011)), (KEY, 400, &fail(67_371_011))]);
    sandbox.on(CERT, 200, DONE);
    sandbox.on(KEY, 200, "");
    assert!(deploy(&mut sandbox).unwrap().changed);
    assert_eq!(changes(&sandbox)[..6], [CERT, DELETE, CERT, KEY, DELETE, KEY]);
    let deleted = [
        format!(r#"{{"delete":{{"cert-name":"{NEW}"}}}}"#),
        format!(r#"{{"delete":{{"private-key":"{NEW}.key"}}}}"#),
    ];
    assert_eq!(bodies(&sandbox, DELETE), deleted);
}

#[test]
fn going_back_puts_the_old_entry_there_and_deletes_ours() {
    let back = |now: &str, deletion: (u16, String)| {
        let mut sandbox = device(CONFIG, &[template(&entry(now))], &[(DELETE, deletion.0, &deletion.1)]);
        sandbox.notes.borrow_mut().push(format!(r#"{{"before":{}}}"#, entry("old")));
        sandbox.roll_back::<A10>(&specimens::deployment(CONFIG)).unwrap();
        sandbox
    };
    let sandbox = back(NEW, (200, DONE.to_string()));
    assert_eq!(changes(&sandbox), [BIND, DELETE, DELETE, DELETE, SAVE]);
    let put: serde_json::Value = serde_json::from_str(&bodies(&sandbox, BIND)[0]).unwrap();
    let wanted: serde_json::Value = serde_json::from_str(&template(&entry("old"))).unwrap();
    assert_eq!(put, wanted);
    assert!(bodies(&sandbox, DELETE)[2].contains(&format!(r#""cert-name":"{NEW}{CHAIN}""#)));
    // Nothing had happened; somebody else uses them.
    assert_eq!(changes(&back("old", (404, fail(1_023_460_352)))), [DELETE, DELETE, DELETE, SAVE]);
    assert_eq!(changes(&back("theirs", (400, fail(33_619_969)))), [DELETE, DELETE, DELETE, SAVE]);

    let mut untouched = device(CONFIG, &[template(&entry("old"))], &[]);
    untouched.roll_back::<A10>(&specimens::deployment(CONFIG)).unwrap();
    assert!(changes(&untouched).is_empty());
}

#[test]
fn refusals_say_who_is_at_fault() {
    let met = |line: &str, status: u16, body: &str| {
        let mut sandbox = device(CONFIG, &[template(&entry("old"))], &[(line, status, body)]);
        let ended = deploy(&mut sandbox).unwrap_err();
        assert!(line == LOGIN || sandbox.lines().last().unwrap() == LOGOFF, "logged off");
        ended
    };
    for status in [200, 400, 500] {
        let ended = met(BIND, status, &fail(1_023_459_393));
        assert!(
            matches!(ended, Failure::Rejected(text) if text.contains("error 1023459393: why")),
            "{status}"
        );
    }
    assert!(matches!(met(BIND, 404, &fail(1)), Failure::Rejected(_)));
    assert!(matches!(met(BIND, 200, &fail(1_023_464_193)), Failure::Unavailable(_)));
    assert!(
        matches!(met(BIND, 200, r#"{"response":{"sta"#), Failure::Unavailable(_)),
        "the old one is there"
    );
    assert!(matches!(
        met(BIND, 403, r#"{"authorizationschema":{"code":403,"error":"no"}}"#),
        Failure::Denied(_)
    ));
    assert!(matches!(
        met(BIND, 200, r#"{"authorizationschema":{"code":403,"error":"no"}}"#),
        Failure::Denied(_)
    ));
    assert!(matches!(
        met(LOGIN, 401, r#"{"authorizationschema":{"code":401,"error":"no"}}"#),
        Failure::Denied(_)
    ));
    assert!(matches!(met(LOGIN, 200, &fail(1_208_008_960)), Failure::Denied(_)));
    let half = met(LOGIN, 200, "{\"authresponse\":{\"signature\":\"0123456789ABCDEF\"");
    assert!(matches!(half, Failure::Unavailable((text, _)) if !text.contains("0123456789ABCDEF")));
}

#[test]
fn a_session_that_ends_is_begun_again() {
    for (status, body) in [
        (401, String::new()),
        (200, r#"{"authorizationschema":{"code":401,"error":"x"}}"#.to_string()),
        (200, fail(1_207_960_052)),
    ] {
        let mut sandbox = renewing(&[(SAVE, status, &body)]);
        sandbox.on(SAVE, 200, DONE);
        assert!(deploy(&mut sandbox).unwrap().changed, "{body}");
        assert_eq!(bodies(&sandbox, LOGIN).len(), 2);
    }
}

#[test]
fn a_template_that_does_not_fit_is_the_configurations_fault() {
    let flat = r#"{"client-ssl":{"name":"shop","cert":"old","key":"old.key"}}"#.to_string();
    let unknown = CONFIG.replace(r#","replaces":"old""#, "");
    for (config, status, shown, pointer) in [
        (CONFIG, 404, fail(1_023_460_352), "/template"),
        (CONFIG, 200, flat, "/template"),
        (&unknown, 200, template(&entry("old")), "/replaces"),
    ] {
        let mut sandbox = device(config, &[], &[(TEMPLATE, status, &shown)]);
        let ended = A10::deploy(&mut sandbox, &specimens::deployment(config));
        let Err(Failure::Misconfigured(problems)) = ended else { panic!("{shown}") };
        assert_eq!(problems[0].pointer, pointer);
        assert!(changes(&sandbox).is_empty());
    }
}

#[test]
fn our_version_is_known_by_its_name_and_a_single_one_by_being_alone() {
    let config = CONFIG.replace(r#","replaces":"old""#, "");
    let deployment = specimens::deployment(&config);
    let stale = entry("shop-20250101-00000000");
    let alone = format!(r#"{{"client-ssl":{{"name":"shop","certificate-list":[{}]}}}}"#, entry("old"));
    for shown in [template(&stale), alone] {
        let mut sandbox = device(&config, &[shown.clone(), shown, template(&entry(NEW))], &[]);
        sandbox.on("GET /axapi/v3/file/ssl-cert/shop-20250101-00000000", 200, specimens::ED25519);
        assert!(A10::deploy(&mut sandbox, &deployment).unwrap().changed);
        assert!(!bodies(&sandbox, BIND)[0].contains("20250101"));
    }
}

#[test]
fn a_key_that_it_has_no_place_for_is_refused_before_anything() {
    let mut deployment = specimens::deployment(CONFIG);
    deployment.certificate.leaf_pem = specimens::ED25519.to_string();
    let mut sandbox = renewing(&[]);
    let ended = A10::deploy(&mut sandbox, &deployment);
    assert!(matches!(ended, Err(Failure::Rejected(text)) if text.contains("Ed25519")));
    assert!(sandbox.lines().is_empty());
}

#[test]
fn every_problem_of_the_configuration_is_pointed_at() {
    let pointers = |more: &str| -> Vec<String> {
        let problems = A10::capabilities(&format!(r#"{{"host":"h",{more}}}"#)).err().unwrap_or_default();
        problems.into_iter().map(|problem| problem.pointer).collect()
    };
    assert_eq!(pointers(&format!(r#""username":"u","template":"{}""#, "t".repeat(127))), [""; 0]);
    assert_eq!(pointers(&format!(r#""username":"u","template":"{}""#, "t".repeat(128))), ["/template"]);
    assert_eq!(pointers(r#""template":"t","name":"a/b","replaces":1"#), ["/username", "/name", "/replaces"]);
    assert_eq!(pointers(r#""username":"u","template":"t","partition":"p""#), ["/partition"]);
}
