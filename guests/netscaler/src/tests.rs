//! The connector on the SDK's double, which answers what a NetScaler would.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail by panicking")]

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use lastmile_sdk::document::{base64, first_der};
use lastmile_sdk::testing::{Double, specimens};
use lastmile_sdk::{Connector, Failure};

use super::NetScaler;

const CONFIG: &str = r#"{"host":"ns.example","username":"lastmile","certkey":"shop","sync":true}"#;
const NEW: &str = "shop-20261124-d584419b";
const CA: &str = "shop-ca-44f653bb";
const UPDATE: &str = "POST /nitro/v1/config/sslcertkey?action=update";
const LINK: &str = "POST /nitro/v1/config/sslcertkey?action=link";
const UNLINK: &str = "POST /nitro/v1/config/sslcertkey?action=unlink";
const ADD: &str = "POST /nitro/v1/config/sslcertkey";
const UPLOAD: &str = "POST /nitro/v1/config/systemfile?warning=yes";
const SAVE: &str = "POST /nitro/v1/config/nsconfig?action=save";
const SYNC: &str = "POST /nitro/v1/config/hafiles?action=sync";
const LOGIN: &str = "POST /nitro/v1/config/login";
const LOGOUT: &str = "POST /nitro/v1/config/logout";
const DONE: &str = r#"{"errorcode":0,"message":"Done","severity":"NONE"}"#;
const DROPPED: &str = r#"{"errorcode":1587,"message":"links were broken","severity":"WARNING"}"#;

fn error(code: u32, message: &str) -> String {
    format!(r#"{{"errorcode":{code},"message":"{message}","severity":"ERROR"}}"#)
}

fn certkey(cert: &str, link: &str) -> String {
    format!(
        r#"{{"errorcode":0,"sslcertkey":[{{"cert":"{cert}","key":"the.key","inform":"PEM","linkcertkeyname":"{link}"}}]}}"#
    )
}

fn get(name: &str) -> String {
    format!("GET /nitro/v1/config/sslcertkey/{name}")
}

fn file(method: &str, name: &str, location: &str) -> String {
    format!("{method} /nitro/v1/config/systemfile/{name}?args=filelocation:{location}")
}

fn holding(sandbox: &mut Double, name: &str, pem: &str) {
    let content = base64(pem.as_bytes());
    let shown = format!(r#"{{"errorcode":0,"systemfile":[{{"filecontent":"{content}"}}]}}"#);
    sandbox.on(&file("GET", name, "%2Fnsconfig%2Fssl"), 200, &shown);
}

/// A device that lets the user in and takes every change but for these answers; its certkey is so in turn.
fn device(config: &str, shop: &[String], but: &[(&str, u16, &str)]) -> Double {
    let mut sandbox = Double::granting(NetScaler::capabilities(config).unwrap());
    shop.iter().for_each(|shown| sandbox.on(&get("shop"), 200, shown));
    for (line, status, body) in but {
        sandbox.on(line, *status, body);
    }
    // An answer that the test wrote down comes first; the last one stays.
    if !but.iter().any(|(spoilt, ..)| *spoilt == LOGIN) {
        sandbox.on(LOGIN, 201, r###"{"errorcode":0,"sessionid":"##0123456789ABCDEF"}"###);
    }
    sandbox.on(LOGOUT, 201, "");
    for line in [UPDATE, LINK, UNLINK, ADD, UPLOAD, SAVE, SYNC] {
        if !but.iter().any(|(spoilt, ..)| *spoilt == line) {
            sandbox.on(line, if line == ADD || line == UPLOAD { 201 } else { 200 }, DONE);
        }
    }
    sandbox.on("GET /nitro/v1/config/nsconfig", 200, r#"{"errorcode":0,"nsconfig":{"configchanged":false}}"#);
    holding(&mut sandbox, "old.crt", specimens::ED25519);
    holding(&mut sandbox, &format!("{NEW}.crt"), specimens::P256);
    holding(&mut sandbox, "ca.crt", specimens::RSA_2048);
    holding(&mut sandbox, &format!("{CA}.crt"), specimens::RSA_2048);
    sandbox.on(&get("ca"), 200, &certkey("/nsconfig/ssl/ca.crt", ""));
    sandbox
}

/// The certkey before (it is looked at twice), and after, with these links.
fn shown(before: &str, after: &[&str]) -> Vec<String> {
    let mut all = Vec::from([certkey("old.crt", before), certkey("old.crt", before)]);
    all.extend(after.iter().map(|link| certkey(&format!("/nsconfig/ssl/{NEW}.crt"), link)));
    all
}

fn changes(sandbox: &Double) -> Vec<String> {
    sandbox.changes(&[LOGIN, LOGOUT])
}

fn bodies(sandbox: &Double, line: &str) -> Vec<String> {
    let requests = sandbox.requests.borrow();
    requests.iter().filter(|sent| sent.line == line).map(|sent| sent.body.clone()).collect()
}

fn deploy(sandbox: &mut Double) -> Result<lastmile_sdk::Receipt, Failure> {
    NetScaler::deploy(sandbox, &specimens::deployment(CONFIG))
}

#[test]
fn new_files_are_bound_by_an_update_and_saved() {
    let mut sandbox = device(CONFIG, &shown("ca", &["ca"]), &[]);
    let receipt = deploy(&mut sandbox).unwrap();
    assert_eq!(
        (receipt.changed, receipt.reference.as_str(), receipt.note.as_str()),
        (true, "shop", "updated and saved")
    );
    assert_eq!(changes(&sandbox), [UPLOAD, UPLOAD, UPDATE, SAVE, SYNC], "the link stays");
    let leaf = base64(specimens::P256.as_bytes());
    let upload = |end: &str, content: &str| {
        format!(
            r#"{{"systemfile":{{"filename":"{NEW}.{end}","filelocation":"/nsconfig/ssl","filecontent":"{content}","fileencoding":"BASE64"}}}}"#
        )
    };
    assert_eq!(bodies(&sandbox, UPLOAD), [upload("crt", &leaf), upload("key", "«private key»")]);
    let update = format!(r#"{{"sslcertkey":{{"certkey":"shop","cert":"{NEW}.crt","key":"{NEW}.key"}}}}"#);
    assert_eq!(bodies(&sandbox, UPDATE), [update]);
    assert_eq!(bodies(&sandbox, SYNC), [r#"{"hafiles":{"mode":["ssl"]}}"#]);
    assert_eq!(bodies(&sandbox, LOGIN), [r#"{"login":{"username":"lastmile","password":"«password»"}}"#]);
    let requests = sandbox.requests.borrow();
    assert!(requests[1..].iter().all(|sent| sent.headers["cookie"] == "NITRO_AUTH_TOKEN=##0123456789ABCDEF"));
    assert_eq!(requests.last().unwrap().line, LOGOUT);
}

#[test]
fn what_it_holds_is_left_alone_and_observed() {
    let deployment = specimens::deployment(CONFIG);
    let mut sandbox = device(CONFIG, &shown("", &["ca"])[2..], &[]);
    assert!(!deploy(&mut sandbox).unwrap().changed);
    assert!(changes(&sandbox).is_empty());
    let served = NetScaler::observe(&mut sandbox, &deployment).unwrap();
    assert_eq!(served, Some(deployment.certificate.fingerprint.clone()));
    let mut other = device(CONFIG, &shown("ca", &[]), &[]);
    assert_eq!(NetScaler::observe(&mut other, &deployment).unwrap(), None);
}

#[test]
fn files_are_looked_for_where_the_certkey_has_them() {
    let deployment = specimens::deployment(CONFIG);
    let content = base64(specimens::P256.as_bytes());
    for (cert, location) in [("sub/x.crt", "%2Fnsconfig%2Fssl%2Fsub"), ("/flash/x.crt", "%2Fflash")] {
        let mut sandbox = device(CONFIG, &[certkey(cert, "")], &[]);
        let shown = format!(r#"{{"systemfile":[{{"filecontent":"{content}"}}]}}"#);
        sandbox.on(&file("GET", "x.crt", location), 200, &shown);
        assert!(NetScaler::observe(&mut sandbox, &deployment).unwrap().is_some(), "{cert}");
    }
}

#[test]
fn what_was_not_saved_is_saved_and_no_more() {
    let config = CONFIG.replace(r#","sync":true"#, "");
    for (unsaved, wanted) in [
        (r#"{"configchanged":true}"#, true),
        (r#"{"configchanged":"true"}"#, true),
        (r#"[{"configchanged":true}]"#, true),
        (r#"[{"configchanged":"True"}]"#, true),
        (r#"[{"configchanged":"false"}]"#, false),
        ("{}", false),
    ] {
        let answer = format!(r#"{{"errorcode":0,"nsconfig":{unsaved}}}"#);
        let but = [("GET /nitro/v1/config/nsconfig", 200, answer.as_str())];
        let mut sandbox = device(&config, &shown("", &["ca"])[2..], &but);
        let receipt = NetScaler::deploy(&mut sandbox, &specimens::deployment(&config)).unwrap();
        assert_eq!((receipt.changed, changes(&sandbox) == [SAVE]), (wanted, wanted), "{unsaved}");
    }
}

#[test]
fn an_intermediate_that_is_held_as_der_is_known() {
    let mut sandbox = device(CONFIG, &shown("", &["der"])[2..], &[]);
    sandbox.on(&get("der"), 200, &certkey("ca.der", ""));
    let content = base64(&first_der(specimens::RSA_2048).unwrap());
    let shown = format!(r#"{{"errorcode":0,"systemfile":[{{"filecontent":"{content}"}}]}}"#);
    sandbox.on(&file("GET", "ca.der", "%2Fnsconfig%2Fssl"), 200, &shown);
    assert!(!deploy(&mut sandbox).unwrap().changed);
}

#[test]
fn an_intermediate_that_is_missing_is_added_and_linked() {
    let mut sandbox = device(CONFIG, &shown("wrong", &["wrong", CA]), &[(UPDATE, 209, DROPPED)]);
    sandbox.on(&get("wrong"), 200, &certkey("old.crt", ""));
    sandbox.on(&get(CA), 599, &error(1540, "Certificate does not exist"));
    sandbox.on(&get(CA), 200, &certkey(&format!("{CA}.crt"), ""));
    assert!(deploy(&mut sandbox).unwrap().changed);
    let expected = [UPLOAD, ADD, UPLOAD, UPLOAD, UPDATE, UNLINK, LINK, SAVE, SYNC];
    assert_eq!(changes(&sandbox), expected);
    assert_eq!(
        bodies(&sandbox, ADD),
        [format!(r#"{{"sslcertkey":{{"certkey":"{CA}","cert":"{CA}.crt"}}}}"#)]
    );
    assert_eq!(
        bodies(&sandbox, LINK),
        [format!(r#"{{"sslcertkey":{{"certkey":"shop","linkcertkeyname":"{CA}"}}}}"#)]
    );
    assert_eq!(bodies(&sandbox, UNLINK), [r#"{"sslcertkey":{"certkey":"shop"}}"#]);
}

#[test]
fn an_intermediate_that_has_another_name_is_linked_by_it() {
    let conflict = error(273, "Resource already exists [certkeyName Contents, ca]");
    let mut sandbox = device(CONFIG, &shown("", &["", "ca"]), &[(ADD, 409, &conflict)]);
    sandbox.on(&get(CA), 404, &error(258, "No such resource"));
    let removal = file("DELETE", &format!("{CA}.crt"), "%2Fnsconfig%2Fssl");
    sandbox.on(&removal, 200, DONE);
    assert!(deploy(&mut sandbox).unwrap().changed);
    assert_eq!(changes(&sandbox)[..3], [UPLOAD, ADD, &removal], "its file is not needed");
    assert!(bodies(&sandbox, LINK)[0].contains(r#""linkcertkeyname":"ca""#));
}

#[test]
fn our_intermediate_is_used_again_and_another_under_its_name_is_not() {
    let mut sandbox = device(CONFIG, &shown("", &["", CA]), &[]);
    sandbox.on(&get(CA), 200, &certkey(&format!("{CA}.crt"), ""));
    assert!(deploy(&mut sandbox).unwrap().changed);
    assert_eq!(changes(&sandbox)[..3], [UPLOAD, UPLOAD, UPDATE]);

    let mut sandbox = device(CONFIG, &shown("", &[]), &[]);
    sandbox.on(&get(CA), 200, &certkey("old.crt", ""));
    assert!(matches!(deploy(&mut sandbox), Err(Failure::Rejected(text)) if text.contains(CA)));
    assert!(changes(&sandbox).is_empty());
}

#[test]
fn intermediates_are_linked_one_to_the_next_but_never_away_from_others() {
    let root = "shop-ca-8d96640b";
    let mut deployment = specimens::deployment(CONFIG);
    deployment.certificate.chain_pem.push_str(specimens::ED25519);
    let answers = |links: &[&str]| {
        let mut sandbox = device(CONFIG, &shown("ca", &["ca"]), &[]);
        links.iter().for_each(|link| sandbox.on(&get("ca"), 200, &certkey("ca.crt", link)));
        sandbox.on(&get(root), 200, &certkey("old.crt", ""));
        sandbox.on(&get("other"), 404, &error(258, "No such resource"));
        sandbox
    };
    let mut sandbox = answers(&["", root]);
    NetScaler::deploy(&mut sandbox, &deployment).unwrap();
    assert_eq!(changes(&sandbox), [LINK, UPLOAD, UPLOAD, UPDATE, SAVE, SYNC]);
    let link = format!(r#"{{"sslcertkey":{{"certkey":"ca","linkcertkeyname":"{root}"}}}}"#);
    assert_eq!(bodies(&sandbox, LINK), [link]);

    let mut sandbox = answers(&["other"]);
    let ended = NetScaler::deploy(&mut sandbox, &deployment);
    assert!(matches!(ended, Err(Failure::Rejected(text)) if text.contains("linked to other")));
    assert!(changes(&sandbox).is_empty());
}

#[test]
fn a_file_that_an_earlier_attempt_left_is_replaced() {
    let mut sandbox =
        device(CONFIG, &shown("ca", &["ca"]), &[(UPLOAD, 409, &error(1642, "File already exists"))]);
    sandbox.on(UPLOAD, 201, "");
    let removal = file("DELETE", &format!("{NEW}.crt"), "%2Fnsconfig%2Fssl");
    sandbox.on(&removal, 200, DONE);
    assert!(deploy(&mut sandbox).unwrap().changed);
    assert_eq!(changes(&sandbox)[..4], [UPLOAD, &removal, UPLOAD, UPLOAD]);
}

#[test]
fn a_secondary_that_did_not_follow_is_told_of() {
    for line in [SAVE, SYNC] {
        let unheard = error(457, "No connection to secondary");
        let mut sandbox = device(CONFIG, &shown("ca", &["ca"]), &[(line, 599, &unheard)]);
        assert!(deploy(&mut sandbox).unwrap().note.contains("the secondary did not answer"), "{line}");
    }
}

#[test]
fn going_back_updates_to_the_old_files_and_removes_ours() {
    let removals = [".crt", ".key"].map(|end| file("DELETE", &format!("{NEW}{end}"), "%2Fnsconfig%2Fssl"));
    let back = |notes: &[&str], shop: &[String]| {
        let mut sandbox = device(CONFIG, shop, &[]);
        notes.iter().for_each(|note| sandbox.notes.borrow_mut().push((*note).to_string()));
        removals.iter().for_each(|line| sandbox.on(line, 404, &error(258, "No such resource")));
        sandbox.roll_back::<NetScaler>(&specimens::deployment(CONFIG)).unwrap();
        sandbox
    };
    let old = r#"{"cert":"sub/old.crt","key":"sub/old.key","inform":"PEM","linkcertkeyname":"ca"}"#;
    let ours = format!(r#"{{"cert":"{NEW}.crt","key":"{NEW}.key","inform":"","linkcertkeyname":""}}"#);
    let (new, was) = (certkey(&format!("{NEW}.crt"), "x"), certkey("sub/old.crt", ""));
    let sandbox = back(&[old], &[new.clone(), certkey("sub/old.crt", "x")]);
    assert_eq!(changes(&sandbox), [UPDATE, UNLINK, LINK, &removals[0], &removals[1], SAVE, SYNC]);
    let update = r#"{"sslcertkey":{"certkey":"shop","cert":"sub/old.crt","key":"sub/old.key"}}"#;
    assert_eq!(bodies(&sandbox, UPDATE), [update]);
    // Its chain alone was changed; then the same where a session ended in between and there are two notes.
    assert_eq!(changes(&back(&[&ours], core::slice::from_ref(&new))), [UNLINK, SAVE, SYNC]);
    let twice = back(
        &[old, &ours],
        &[certkey(&format!("{NEW}.crt"), ""), certkey(&format!("{NEW}.crt"), ""), new, was.clone()],
    );
    assert_eq!(changes(&twice)[..2], [UPDATE, LINK]);
    // Nothing had happened; somebody else was there.
    assert_eq!(changes(&back(&[old], &[certkey("sub/old.crt", "ca")])).len(), 2, "removals alone");
    assert_eq!(changes(&back(&[old], &[certkey("theirs.crt", "x")])).len(), 2);
}

#[test]
fn refusals_say_who_is_at_fault() {
    let met = |line: &str, status: u16, body: &str| {
        let mut sandbox = device(CONFIG, &shown("ca", &[]), &[(line, status, body)]);
        sandbox.on("GET /nitro/v1/config/systemfile/old.crt", 200, "{}");
        let ended = deploy(&mut sandbox).unwrap_err();
        assert!(line == LOGIN || sandbox.lines().last().unwrap() == LOGOUT, "logged out");
        ended
    };
    let coded = |code: u32| met(UPDATE, 599, &error(code, "why"));
    for code in [1536, 1537, 1538, 1547, 257, 1540, 273] {
        assert!(
            matches!(coded(code), Failure::Rejected(text) if text.contains(&format!("error {code}: why"))),
            "{code}"
        );
    }
    for code in [272, 1461, 368, 445, 316] {
        assert!(matches!(coded(code), Failure::Unavailable(_)), "{code}");
    }
    for code in [354, 371, 2138] {
        assert!(matches!(coded(code), Failure::Denied(_)), "{code}");
    }
    assert!(
        matches!(coded(3585), Failure::Misconfigured(problems) if problems[0].pointer == "/other-domain")
    );
    assert!(matches!(met(UPDATE, 200, &error(1538, "why")), Failure::Rejected(_)), "also within 200");
    assert!(matches!(met(UPDATE, 403, "{}"), Failure::Denied(_)));
    assert!(matches!(met(UPLOAD, 209, &error(1028, "secondary")), Failure::Unavailable(_)));
    assert!(matches!(met(UPDATE, 200, "{\"errorcode\""), Failure::Unavailable(_)), "the old state is there");
    assert!(matches!(met(LOGIN, 401, &error(354, "Invalid username or password")), Failure::Denied(_)));
    let half = met(LOGIN, 200, "{\"sessionid\":\"##0123456789ABCDEF\"");
    assert!(matches!(half, Failure::Unavailable((text, _)) if !text.contains("0123456789ABCDEF")));
}

#[test]
fn a_session_that_ends_is_begun_again() {
    let ended = error(444, "Session expired or killed");
    let mut sandbox = device(CONFIG, &shown("ca", &["ca"]), &[(SAVE, 401, &ended)]);
    sandbox.on(SAVE, 599, &error(1133, "The running configuration has not changed"));
    assert_eq!(deploy(&mut sandbox).unwrap().note, "updated and saved");
    assert_eq!(bodies(&sandbox, LOGIN).len(), 2);
}

#[test]
fn a_certkey_that_does_not_fit_is_the_configurations_fault() {
    let der = certkey("old.crt", "").replace("PEM", "DER");
    let keyless = certkey("old.crt", "").replace("the.key", "");
    for (status, shown) in
        [(404, error(258, "No such resource")), (200, der), (200, keyless), (200, DONE.to_string())]
    {
        let mut sandbox = device(CONFIG, &[], &[(&get("shop"), status, &shown)]);
        let Err(Failure::Misconfigured(problems)) = deploy(&mut sandbox) else { panic!("{shown}") };
        assert_eq!(problems[0].pointer, "/certkey");
        assert!(changes(&sandbox).is_empty());
    }
}

#[test]
fn what_it_cannot_take_is_refused_before_anything() {
    let refused = |leaf: &str, intermediates: usize| {
        let mut deployment = specimens::deployment(CONFIG);
        deployment.certificate.leaf_pem = leaf.to_string();
        deployment.certificate.chain_pem = specimens::RSA_2048.repeat(intermediates);
        let mut sandbox = Double::granting(NetScaler::capabilities(CONFIG).unwrap());
        let ended = NetScaler::deploy(&mut sandbox, &deployment);
        (matches!(ended, Err(Failure::Rejected(_))), sandbox.lines().len())
    };
    assert_eq!(refused(specimens::ED25519, 1), (true, 0));
    assert_eq!(refused(specimens::P256, 10), (true, 0));
    assert_eq!(refused(specimens::P256, 9), (false, 1), "asked for a login");
}

#[test]
fn other_names_are_taken_where_the_operator_says_so() {
    let config = CONFIG.replace(r#""sync":true"#, r#""other-domain":true"#);
    let mut sandbox = device(&config, &shown("ca", &["ca"]), &[]);
    NetScaler::deploy(&mut sandbox, &specimens::deployment(&config)).unwrap();
    assert!(bodies(&sandbox, UPDATE)[0].contains(r#""nodomaincheck":true"#));
    assert_eq!(changes(&sandbox).last().unwrap(), SAVE, "and no secondary is synchronised");
}

#[test]
fn every_problem_of_the_configuration_is_pointed_at() {
    let pointers = |more: &str| -> Vec<String> {
        let config = format!(r#"{{"host":"h","username":"u",{more}}}"#);
        let problems = NetScaler::capabilities(&config).err().unwrap_or_default();
        problems.into_iter().map(|problem| problem.pointer).collect()
    };
    assert_eq!(pointers(&format!(r#""certkey":"{}""#, "n".repeat(31))), [""; 0]);
    assert_eq!(pointers(&format!(r#""certkey":"{}""#, "n".repeat(32))), ["/certkey"]);
    assert_eq!(pointers(r#""certkey":"a b""#), ["/certkey"]);
    assert_eq!(pointers(r#""certkey":".a""#), ["/name"]);
    assert_eq!(pointers(r#""certkey":".a","name":"_a""#), [""; 0]);
    assert_eq!(
        pointers(r#""sync":1,"other-domain":"x","vserver":"v""#),
        ["/certkey", "/other-domain", "/sync", "/vserver"]
    );
}

#[test]
fn names_are_cut_to_what_it_takes() {
    let config = format!(r#"{{"host":"h","username":"u","certkey":"shop","name":"{}-x"}}"#, "n".repeat(18));
    let mut sandbox = device(&config, &shown("", &["", "x"]), &[]);
    let ca = format!("{}-ca-44f653bb", "n".repeat(18));
    sandbox.on(&get(&ca), 404, &error(258, "No such resource"));
    let _ = NetScaler::deploy(&mut sandbox, &specimens::deployment(&config));
    assert!(bodies(&sandbox, ADD)[0].contains(&ca));
}
