//! On the double.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail by panicking")]

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use lastmile_sdk::document::{base64, json};
use lastmile_sdk::testing::{Double, specimens};
use lastmile_sdk::{Connector, Deployment, Failure, NetError};
use serde_json::{Value, json as value};

use crate::Fortigate;
use crate::binding::{exchanged, names};

const CONFIG: &str = r#"{"host":"fw.example","name":"site","replaces":"old","bind":["admin","ssl-vpn","ssl-ssh-profile/in bound"]}"#;
const NEW: &str = "site-20261124-d584419b";
const STALE: &str = "site-20240101-00000000";
const USED: &str = "site-20240202-00000000";
const ADMIN: &str = "/api/v2/cmdb/system/global?vdom=root";
const VPN: &str = "/api/v2/cmdb/vpn.ssl/settings?vdom=root";
const PROFILE: &str = "/api/v2/cmdb/firewall/ssl-ssh-profile/in%20bound?vdom=root";
const CA: &str = "GET /api/v2/cmdb/vpn.certificate/ca?vdom=root";
const IMPORT: &str = "POST /api/v2/monitor/vpn-certificate/local/import?vdom=root";
const IMPORT_CA: &str = "POST /api/v2/monitor/vpn-certificate/ca/import?vdom=root";

fn good(results: &str) -> String {
    format!(r#"{{"status":"success","http_status":200,"results":{results}}}"#)
}

fn get(path: &str) -> String {
    format!("GET {path}")
}

fn download(name: &str) -> String {
    format!("GET /api/v2/monitor/system/certificate/download?vdom=root&mkey={name}&type=local-cer&scope=vdom")
}

fn usage(name: &str) -> String {
    format!(
        "GET /api/v2/monitor/system/object/usage?vdom=root&q_path=vpn.certificate&q_name=local&mkey={name}"
    )
}

fn deletion(name: &str) -> String {
    format!("DELETE /api/v2/cmdb/vpn.certificate/local/{name}?vdom=root")
}

/// Each binding as it is with this certificate, in another shape each.
fn bind(sandbox: &mut Double, name: &str) {
    let admin = format!(r#"{{"admin-server-cert":{{"q_origin_key":"{name}"}},"hostname":"fw"}}"#);
    sandbox.on(&get(ADMIN), 200, &good(&admin));
    sandbox.on(&get(VPN), 200, &good(&format!(r#"{{"servercert":"{name}"}}"#)));
    let list = format!(r#"[{{"server-cert":[{{"name":"neighbour","x":1}},{{"name":"{name}"}}]}}]"#);
    sandbox.on(&get(PROFILE), 200, &good(&list));
}

/// A device that serves `old` until each binding was looked at three times, and lacks the intermediate until it was looked for twice.
fn device(deployment: &Deployment) -> Double {
    spoilt(deployment, &[])
}

/// The same device, but for the first answer to each of these.
fn spoilt(deployment: &Deployment, but: &[(&str, u16, &str)]) -> Double {
    let mut sandbox = Double::granting(Fortigate::capabilities(&deployment.config).unwrap());
    but.iter().for_each(|(line, status, body)| sandbox.on(line, *status, body));
    answering(sandbox, deployment, |sandbox, change| sandbox.on(change, 200, &good("{}")))
}

/// One whose answers to the import of the pair and to the first binding never arrive.
fn cut(deployment: &Deployment) -> Double {
    let sandbox = Double::granting(Fortigate::capabilities(&deployment.config).unwrap());
    answering(sandbox, deployment, |sandbox, change| {
        match change.contains("import") || change.contains("vpn.ssl") {
            true => sandbox.on_error(change, NetError::Unreachable("cut".into())),
            false => sandbox.on(change, 200, &good("{}")),
        }
    })
}

fn answering(
    mut sandbox: Double,
    deployment: &Deployment,
    mut answer: impl FnMut(&mut Double, &str),
) -> Double {
    (0..3).for_each(|_| bind(&mut sandbox, "old"));
    bind(&mut sandbox, NEW);
    sandbox.on(&download("old"), 200, specimens::RSA_2048);
    sandbox.on(&download(NEW), 404, r#"{"status":"error","http_status":404}"#);
    sandbox.on(&download(NEW), 200, &deployment.certificate.leaf_pem);
    let certificates =
        format!(r#"[{{"name":"old"}},{{"name":"site-www"}},{{"name":"{STALE}"}},{{"name":"{USED}"}}]"#);
    sandbox.on(&get("/api/v2/cmdb/vpn.certificate/local?vdom=root"), 200, &good(&certificates));
    let held = format!(r#"[{{"name":"CA_Cert_1","ca":"{}"}}]"#, json(&deployment.certificate.chain_pem));
    sandbox.on(CA, 200, &good(r#"[{"name":"Fortinet_CA"}]"#));
    sandbox.on(CA, 200, &good(&held));
    sandbox.on(&usage(STALE), 200, &good(r#"{"currently_using":[]}"#));
    sandbox.on(&usage(USED), 200, &good(r#"{"currently_using":[{"name":"vip"}]}"#));
    sandbox.on(IMPORT_CA, 200, &good("{}"));
    sandbox.on(&deletion(STALE), 200, &good("{}"));
    for change in [IMPORT, &format!("PUT {ADMIN}"), &format!("PUT {VPN}"), &format!("PUT {PROFILE}")] {
        answer(&mut sandbox, change);
    }
    sandbox
}

fn bodies(sandbox: &Double, line: &str) -> Vec<String> {
    let requests = sandbox.requests.borrow();
    requests.iter().filter(|sent| sent.line == line).map(|sent| sent.body.clone()).collect()
}

#[test]
fn a_certificate_is_imported_under_a_new_name_and_bound_everywhere() {
    let deployment = specimens::deployment(CONFIG);
    let mut sandbox = device(&deployment);
    let receipt = Fortigate::deploy(&mut sandbox, &deployment).unwrap();
    assert_eq!((receipt.changed, receipt.reference.as_str()), (true, NEW));
    let put = |path: &str| format!("PUT {path}");
    let expected = [deletion(STALE), IMPORT_CA.into(), IMPORT.into(), put(VPN), put(PROFILE), put(ADMIN)];
    assert_eq!(sandbox.changes(&[]), expected, "the management comes last");
    let leaf = base64(deployment.certificate.leaf_pem.as_bytes());
    let pair = format!(
        r#"{{"type":"regular","certname":"{NEW}","scope":"vdom","file_content":"{leaf}","key_file_content":"«private key»","password":""}}"#
    );
    assert_eq!(bodies(&sandbox, IMPORT), [pair]);
    assert!(bodies(&sandbox, IMPORT_CA)[0].contains(&base64(deployment.certificate.chain_pem.as_bytes())));
    assert_eq!(bodies(&sandbox, &put(VPN)), [format!(r#"{{"servercert":"{NEW}"}}"#)]);
    assert_eq!(
        bodies(&sandbox, &put(ADMIN)),
        [format!(r#"{{"admin-server-cert":{{"q_origin_key":"{NEW}"}}}}"#)]
    );
    let list = format!(r#"{{"server-cert":[{{"name":"neighbour","x":1}},{{"name":"{NEW}"}}]}}"#);
    assert_eq!(bodies(&sandbox, &put(PROFILE)), [list]);
    assert_eq!(sandbox.notes.borrow().len(), 1);
}

#[test]
fn what_is_bound_everywhere_is_left_alone() {
    let deployment = specimens::deployment(CONFIG);
    let mut sandbox = device(&deployment);
    Fortigate::deploy(&mut sandbox, &deployment).unwrap();
    let before = sandbox.lines().len();
    assert!(!Fortigate::deploy(&mut sandbox, &deployment).unwrap().changed);
    assert!(sandbox.lines()[before..].iter().all(|line| line.starts_with("GET ")));
    let served = Fortigate::observe(&mut sandbox, &deployment).unwrap();
    assert_eq!(served, Some(deployment.certificate.fingerprint.clone()));
    let mut other = device(&deployment);
    assert_eq!(Fortigate::observe(&mut other, &deployment).unwrap(), None);
}

#[test]
fn an_intermediate_that_is_missing_is_imported_alone() {
    let deployment = specimens::deployment(CONFIG);
    let mut sandbox = Double::granting(Fortigate::capabilities(CONFIG).unwrap());
    bind(&mut sandbox, NEW);
    sandbox.on(&download(NEW), 200, &deployment.certificate.leaf_pem);
    let held = format!(r#"[{{"name":"x","ca":"{}"}}]"#, json(&deployment.certificate.chain_pem));
    [&good("[]"), &good("[]"), &good(&held)].iter().for_each(|answer| sandbox.on(CA, 200, answer));
    sandbox.on(&get("/api/v2/cmdb/vpn.certificate/local?vdom=root"), 200, &good("[]"));
    sandbox.on(IMPORT_CA, 200, &good("{}"));
    assert!(Fortigate::deploy(&mut sandbox, &deployment).unwrap().changed);
    assert_eq!(sandbox.changes(&[]), [IMPORT_CA]);
}

#[test]
fn another_certificate_under_our_name_stays() {
    let deployment = specimens::deployment(CONFIG);
    let mut sandbox = Double::granting(Fortigate::capabilities(CONFIG).unwrap());
    bind(&mut sandbox, "old");
    sandbox.on(&download("old"), 200, specimens::RSA_2048);
    sandbox.on(&download(NEW), 200, specimens::RSA_2048);
    let ended = Fortigate::deploy(&mut sandbox, &deployment);
    assert!(matches!(ended, Err(Failure::Rejected(text)) if text.contains(NEW)));
    assert!(sandbox.changes(&[]).is_empty());
}

#[test]
fn a_cut_change_is_settled_by_looking() {
    let deployment = specimens::deployment(CONFIG);
    let mut sandbox = cut(&deployment);
    assert!(Fortigate::deploy(&mut sandbox, &deployment).unwrap().changed);
    assert_eq!(bodies(&sandbox, IMPORT).len(), 1);
    assert_eq!(bodies(&sandbox, &format!("PUT {VPN}")).len(), 1);
}

#[test]
fn the_managements_restart_is_waited_for() {
    let deployment = specimens::deployment(r#"{"host":"fw.example","name":"site","bind":["admin"]}"#);
    let bound = |name: &str| good(&format!(r#"{{"admin-server-cert":"{name}"}}"#));
    // Whether the change is answered, and how long the old web server still is there.
    for (answered, late) in [(true, 0), (true, 2), (false, 0)] {
        let mut sandbox = Double::granting(Fortigate::capabilities(&deployment.config).unwrap());
        (0..5).for_each(|_| sandbox.on(&get(ADMIN), 200, &bound("old")));
        (0..late).for_each(|_| sandbox.on(&get(ADMIN), 200, &bound(NEW)));
        (0..6).for_each(|_| sandbox.on_error(&get(ADMIN), NetError::Unreachable("restarting".into())));
        (0..9).for_each(|_| sandbox.on(&get(ADMIN), 200, &bound(NEW)));
        match answered {
            true => sandbox.on(&format!("PUT {ADMIN}"), 200, &good("{}")),
            false => sandbox.on_error(&format!("PUT {ADMIN}"), NetError::Unreachable("cut".into())),
        }
        let mut sandbox =
            answering(sandbox, &deployment, |sandbox, change| sandbox.on(change, 200, &good("{}")));
        assert!(Fortigate::deploy(&mut sandbox, &deployment).unwrap().changed);
        assert_eq!(bodies(&sandbox, &format!("PUT {ADMIN}")).len(), 1);
        assert_eq!(sandbox.waits.borrow().len(), late + 6 + 4, "five answers in a row are the end of it");
    }
}

#[test]
fn half_a_certificate_is_not_another_one() {
    let deployment = specimens::deployment(CONFIG);
    let half = &deployment.certificate.leaf_pem[..200];
    for spoilt_one in [download("old"), download(NEW)] {
        let mut sandbox = spoilt(&deployment, &[(&spoilt_one, 200, half)]);
        let ended = Fortigate::deploy(&mut sandbox, &deployment);
        assert!(
            matches!(ended, Err(Failure::Unavailable((text, _))) if text.contains("whole")),
            "{spoilt_one}"
        );
        assert!(sandbox.changes(&[]).is_empty());
    }
}

const IN_USE: &str = r#"{"status":"error","http_status":500,"error":-94}"#;

#[test]
fn what_cannot_be_tidied_up_stays() {
    let deployment = specimens::deployment(CONFIG);
    let store = get("/api/v2/cmdb/vpn.certificate/local?vdom=root");
    for (line, status, body, sent) in [
        (store, 403, "", 0),
        (usage(STALE), 404, r#"{"status":"error"}"#, 0),
        (deletion(STALE), 500, IN_USE, 1),
    ] {
        let mut sandbox = spoilt(&deployment, &[(&line, status, body)]);
        let receipt = Fortigate::deploy(&mut sandbox, &deployment).unwrap();
        assert!(receipt.changed && receipt.note.contains("is left in the store: "), "{receipt:?}");
        assert_eq!(bodies(&sandbox, &deletion(STALE)).len(), sent, "{line}");
    }
}

#[test]
fn an_intermediate_that_is_there_and_not_shown_is_no_refusal() {
    let deployment = specimens::deployment(CONFIG);
    let some = format!(r#"[{{"name":"Fortinet_CA"}},{{"name":"x","ca":"{}"}}]"#, json(specimens::ED25519));
    for (shown, again) in [(r#"[{"name":"Fortinet_CA"}]"#, 0), (some.as_str(), 1)] {
        let known = r#"{"status":"error","http_status":500,"error":-23}"#;
        let shown = good(shown);
        let listed: Vec<_> = (0..9).map(|_| (CA, 200, shown.as_str())).collect();
        let refused = (0..2).map(|_| (IMPORT_CA, 500, known));
        let mut sandbox = spoilt(&deployment, &listed.into_iter().chain(refused).collect::<Vec<_>>());
        assert!(Fortigate::deploy(&mut sandbox, &deployment).unwrap().changed);
        assert_eq!((bodies(&sandbox, IMPORT_CA).len(), bodies(&sandbox, IMPORT).len()), (1, 1));
        assert!(!Fortigate::deploy(&mut sandbox, &deployment).unwrap().changed);
        assert_eq!((bodies(&sandbox, IMPORT_CA).len(), bodies(&sandbox, IMPORT).len()), (1 + again, 1));
    }
}

#[test]
fn refusals_say_who_is_at_fault() {
    let refused = |status: u16, body: &str| {
        let mut sandbox = Double::granting(Fortigate::capabilities(CONFIG).unwrap());
        sandbox.on(&get(VPN), status, body);
        Fortigate::deploy(&mut sandbox, &specimens::deployment(CONFIG)).unwrap_err()
    };
    let error =
        |code: i32| format!(r#"{{"status":"error","http_status":500,"error":{code},"cli_error":"why"}}"#);
    for status in [401, 403, 429] {
        assert!(matches!(refused(status, "<html>no</html>"), Failure::Denied(_)), "{status}");
    }
    assert!(matches!(refused(500, &error(-145)), Failure::Rejected(text) if text.contains("error -145 why")));
    assert!(matches!(refused(500, &error(-23)), Failure::Rejected(_)));
    assert!(matches!(refused(200, &error(-61)), Failure::Rejected(_)));
    for status in [200, 500] {
        assert!(matches!(refused(status, r#"{"status":"error"}"#), Failure::Rejected(_)), "{status}");
    }
    assert!(matches!(refused(500, "Internal error"), Failure::Unavailable(_)));
    assert!(matches!(refused(200, "{\"status\":\"succ"), Failure::Unavailable(_)));
    for (status, body) in [(404, r#"{"status":"error"}"#.to_string()), (500, error(-3))] {
        let Failure::Misconfigured(problems) = refused(status, &body) else { panic!("{body}") };
        assert_eq!(problems[0].pointer, "/bind");
    }
}

#[test]
fn a_list_of_several_must_say_whose_place_is_ours() {
    let config = CONFIG.replace(r#""replaces":"old","#, "");
    let deployment = specimens::deployment(&config);
    let mut sandbox = Double::granting(Fortigate::capabilities(&config).unwrap());
    bind(&mut sandbox, "old");
    sandbox.on(&download("old"), 200, &deployment.certificate.leaf_pem);
    let Err(Failure::Misconfigured(problems)) = Fortigate::deploy(&mut sandbox, &deployment) else {
        panic!()
    };
    assert_eq!(problems[0].pointer, "/replaces");
    assert!(problems[0].message.contains("[neighbour, old]"));

    let mut sandbox = Double::granting(Fortigate::capabilities(&config).unwrap());
    bind(&mut sandbox, STALE);
    sandbox.on(&download(STALE), 200, &deployment.certificate.leaf_pem);
    let served = Fortigate::observe(&mut sandbox, &deployment).unwrap();
    assert!(served.is_some(), "a version of ours is known by its name");
}

#[test]
fn going_back_binds_the_old_one_and_deletes_the_new() {
    let deployment = specimens::deployment(CONFIG);
    let going = |import: bool, now: &str, but: &[(&str, u16, &str)]| {
        let mut sandbox = Double::granting(Fortigate::capabilities(CONFIG).unwrap());
        but.iter().for_each(|(line, status, body)| sandbox.on(line, *status, body));
        let old = r#"[{"path":"vpn.ssl/settings","attribute":"servercert"},"old"]"#;
        sandbox.notes.borrow_mut().push(format!(r#"{{"old":[{old}],"new":"{NEW}","import":{import}}}"#));
        bind(&mut sandbox, now);
        sandbox.on(&usage(NEW), 200, &good(r#"{"currently_using":[]}"#));
        sandbox.on(&get(ADMIN), 200, &good(r#"{"admin-server-cert":"old"}"#));
        sandbox.on(&format!("PUT {VPN}"), 200, &good("{}"));
        sandbox.on(&deletion(NEW), 200, &good("{}"));
        sandbox.roll_back::<Fortigate>(&deployment).unwrap();
        sandbox
    };
    let there = |import: bool, now: &str| going(import, now, &[]);
    let back = there(false, NEW);
    assert_eq!(back.changes(&[]), [format!("PUT {VPN}")]);
    assert_eq!(bodies(&back, &format!("PUT {VPN}")), [r#"{"servercert":"old"}"#]);
    assert_eq!(there(true, "other").changes(&[]), [deletion(NEW)]);
    assert!(there(false, "old").changes(&[]).is_empty());
    going(true, "other", &[(&deletion(NEW), 500, IN_USE)]);
    going(true, "other", &[(&usage(NEW), 403, "")]);
    assert!(there(true, NEW).changes(&[]) == [format!("PUT {VPN}")], "the management uses it: not deleted");
}

#[test]
fn one_name_takes_the_place_of_another_in_every_shape() {
    let list = value!([{ "name": "old", "q_origin_key": "old" }, "old", { "name": "n", "x": 1 }]);
    let expected = value!([{ "name": "new" }, "new", { "name": "n", "x": 1 }]);
    assert_eq!(exchanged(&list, "old", "new"), expected);
    let alone = value!({ "q_origin_key": "old", "name": "old" });
    assert_eq!(exchanged(&alone, "old", "new"), value!({ "q_origin_key": "new" }));
    assert_eq!(names(&list).collect::<Vec<_>>(), ["old", "old", "n"]);
    assert_eq!(names(&Value::Null).count(), 0);
}

#[test]
fn keys_that_it_has_no_place_for_are_refused_before_anything() {
    let mut deployment = specimens::deployment(CONFIG);
    deployment.certificate.leaf_pem = specimens::ED25519.to_string();
    let mut sandbox = Double::granting(Fortigate::capabilities(CONFIG).unwrap());
    let ended = Fortigate::deploy(&mut sandbox, &deployment);
    assert!(matches!(ended, Err(Failure::Rejected(text)) if text.contains("Ed25519")));
    assert!(sandbox.lines().is_empty());
}

#[test]
fn every_problem_of_the_configuration_is_pointed_at() {
    let pointers = |more: &str| -> Vec<String> {
        let problems =
            Fortigate::capabilities(&format!(r#"{{"host":"h",{more}}}"#)).err().unwrap_or_default();
        problems.into_iter().map(|problem| problem.pointer).collect()
    };
    let named = |length: usize| format!(r#""name":"{}","bind":["admin"]"#, "n".repeat(length));
    assert_eq!(pointers(&named(17)), [""; 0]);
    assert_eq!(pointers(&named(18)), ["/name"], "35 characters with the day and the fingerprint");
    assert_eq!(pointers(r#""name":"a b","bind":["vip/a b"]"#), ["/name"]);
    assert_eq!(pointers(r#""name":"n","bind":[]"#), ["/bind"]);
    let wrong =
        r#""name":"n","bind":["vip","vip/","vip/x","admin/x","other","vip/x","captive-portal","ftm-push"]"#;
    assert_eq!(pointers(wrong), ["/bind/0", "/bind/1", "/bind/3", "/bind/4", "/bind/5"]);
    assert_eq!(pointers(r#""name":"n","bind":["admin"],"vdom":"a&b","global":1"#), ["/vdom", "/global"]);
}
