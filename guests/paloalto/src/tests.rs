//! On the double.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail by panicking")]

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use lastmile_sdk::http::escape::segment;
use lastmile_sdk::testing::{Double, specimens};
use lastmile_sdk::{Connector, Deployment, Failure, NetError, Receipt};

use self::by_form::{ByForm, LOOKS, Lines};
use crate::Paloalto;

mod by_form;

const FIREWALL: &str = r#"{"host":"fw.example","administrator":"svc","profile":"tls","name":"site"}"#;
const PANORAMA: &str = r#"{"host":"pano.example","administrator":"svc","profile":"tls","name":"site","vsys":"vsys1","template":"edge","template-stack":"edges"}"#;
const SHARED: &str = "/config/shared";
const NEW: &str = "site-20261124-d584419b";
const STALE: &str = "site-20240101-00000000";

fn config(action: &str, xpath: &str) -> String {
    format!("{LOOKS}?{}", form(action, xpath, ""))
}

fn operation(command: &str) -> String {
    format!("{LOOKS}?type=op&cmd={}", segment(command))
}

fn profile(action: &str) -> String {
    config(action, "/ssl-tls-service-profile/entry[@name='tls']/certificate")
}

fn certificate(action: &str, name: &str) -> String {
    config(action, &format!("/certificate/entry[@name='{name}']"))
}

/// A certificate as the device shows it.
fn entry(pem: &str) -> String {
    success(&format!(
        "<entry name=\"x\"><ca>no</ca><public-key>{pem}</public-key><algorithm>EC</algorithm></entry>"
    ))
}

fn success(inner: &str) -> String {
    format!("<response status=\"success\" code=\"19\"><result>{inner}</result></response>")
}

fn job(state: &str, result: &str, more: &str) -> String {
    success(&format!("<job><id>4</id>{more}<status>{state}</status><result>{result}</result></job>"))
}

const NOTHING: &str = r#"<response status="success" code="7"><result/></response>"#;
const WRITTEN: &str = r#"<response status="success" code="20"><msg>command succeeded</msg></response>"#;
const QUEUED: &str = r#"<response status="success" code="19"><result><msg><line>enqueued with jobid 4</line></msg><job>4</job></result></response>"#;
const NO_CHANGES: &str =
    r#"<response status="success" code="19"><msg>There are no changes to commit.</msg></response>"#;

/// A device whose profile serves `old`, and which is ready for all that a renewal needs but the changes.
fn device(deployment: &Deployment) -> Double {
    let names = format!("<entry name=\"old\"/><entry name=\"site-www\"/><entry name=\"{STALE}\"/>");
    listing(deployment, &success(&format!("<certificate admin=\"svc\">{names}</certificate>")))
}

/// The same, which lists its certificates so.
fn listing(deployment: &Deployment, listed: &str) -> Double {
    let mut sandbox = Double::granting(Paloalto::capabilities(&deployment.config).unwrap());
    sandbox.on(&profile("show"), 200, &success("<certificate>old</certificate>"));
    sandbox.on(&profile("show"), 200, &success("<certificate>old</certificate>"));
    sandbox.on(&profile("show"), 200, &success(&format!("<certificate>{NEW}</certificate>")));
    sandbox.on(&profile("get"), 200, &success(&format!("<certificate>{NEW}</certificate>")));
    sandbox.on(&certificate("show", "old"), 200, &entry("another"));
    let held = entry(&deployment.certificate.leaf_pem);
    sandbox.on(&certificate("show", NEW), 200, &held);
    sandbox.on(&certificate("get", NEW), 200, NOTHING);
    sandbox.on(&certificate("get", NEW), 200, &held);
    sandbox.on(&config("get", "/certificate"), 200, listed);
    sandbox.on(
        &operation("<show><config-locks><vsys>all</vsys></config-locks></show>"),
        200,
        &success("<config-locks/>"),
    );
    let own = success("<commit-locks><entry name=\"svc\"/></commit-locks>");
    sandbox.on(&operation("<show><commit-locks/></show>"), 200, &own);
    sandbox
}

/// The answers to what is changed, in order; those to the import are among them.
fn changes(sandbox: &mut Double, answers: &[&str]) {
    for answer in answers {
        sandbox.on("POST /api/", 200, answer);
    }
}

fn jobs(sandbox: &mut Double, answers: &[String]) {
    for answer in answers {
        sandbox.on(&operation("<show><jobs><id>4</id></jobs></show>"), 200, answer);
    }
}

fn deploy(sandbox: &mut Double, deployment: &Deployment) -> Result<Receipt, Failure> {
    ByForm::deploy(sandbox, deployment)
}

fn bodies(sandbox: &Double) -> Vec<String> {
    let requests = sandbox.requests.borrow();
    let posts = requests.iter().filter(|sent| !sent.line.starts_with(LOOKS));
    posts.map(|sent| sent.body.clone()).collect()
}

fn form(action: &str, xpath: &str, more: &str) -> String {
    format!("type=config&action={action}&xpath={}{more}", segment(&format!("{SHARED}{xpath}")))
}

fn binding(name: &str) -> String {
    let element = segment(&format!("<certificate>{name}</certificate>"));
    form("edit", "/ssl-tls-service-profile/entry[@name='tls']/certificate", &format!("&element={element}"))
}

fn deletion(name: &str) -> String {
    form("delete", &format!("/certificate/entry[@name='{name}']"), "")
}

fn import() -> String {
    format!("POST /api/?type=import&category=keypair&format=pem&certificate-name={NEW}")
}

fn commit() -> String {
    let command = segment("<commit><partial><admin><member>svc</member></admin></partial></commit>");
    format!("type=commit&action=partial&cmd={command}")
}

#[test]
fn a_certificate_is_imported_bound_and_committed() {
    let deployment = specimens::deployment(FIREWALL);
    let mut sandbox = device(&deployment);
    changes(&mut sandbox, &[&success("imported"), WRITTEN, WRITTEN, QUEUED]);
    jobs(&mut sandbox, &[job("PEND", "PEND", ""), job("ACT", "PEND", ""), job("FIN", "OK", "")]);
    let receipt = deploy(&mut sandbox, &deployment).unwrap();
    assert_eq!((receipt.changed, receipt.reference.as_str()), (true, NEW));
    let bodies = bodies(&sandbox);
    assert_eq!([&bodies[0], &bodies[2], &bodies[3]], [&deletion(STALE), &binding(NEW), &commit()]);
    assert_eq!(sandbox.changes(&[LOOKS])[1], import());
    assert!(bodies[1].contains("name=\"passphrase\"\r\n\r\n«ephemeral import»\r\n"));
    let chain = &deployment.certificate.chain_pem;
    assert!(bodies[1].contains(&format!("{chain}«private key under ephemeral import»\r\n")));
    assert_eq!(*sandbox.waits.borrow(), [500, 500]);
    assert_eq!(*sandbox.notes.borrow(), [format!(r#"{{"old":"old","new":"{NEW}","import":true}}"#)]);
}

#[test]
fn a_device_that_lists_no_certificates_is_renewed_all_the_same() {
    let deployment = specimens::deployment(FIREWALL);
    let refused = "<response status=\"error\" code=\"17\"><msg>no</msg></response>";
    for answer in [refused, NOTHING] {
        let mut sandbox = listing(&deployment, answer);
        changes(&mut sandbox, &[&success("imported"), WRITTEN, NO_CHANGES]);
        let receipt = deploy(&mut sandbox, &deployment).unwrap();
        assert_eq!((receipt.changed, receipt.note.contains("left in")), (true, answer == refused));
        assert_eq!(bodies(&sandbox)[1..], [binding(NEW), commit()], "nothing is deleted");
    }
}

#[test]
fn what_runs_and_is_committed_is_left_alone() {
    let deployment = specimens::deployment(FIREWALL);
    let mut sandbox = device(&deployment);
    changes(&mut sandbox, &[&success("imported"), WRITTEN, WRITTEN, NO_CHANGES]);
    deploy(&mut sandbox, &deployment).unwrap();
    let before = sandbox.requests.borrow().len();
    assert!(!deploy(&mut sandbox, &deployment).unwrap().changed);
    assert!(sandbox.lines()[before..].iter().all(|line| line.starts_with(LOOKS)));
    let served = Paloalto::observe(&mut Lines(&mut sandbox), &deployment).unwrap();
    assert_eq!(served, Some(deployment.certificate.fingerprint.clone()));
    let mut other = specimens::deployment(FIREWALL);
    other.certificate.leaf_pem = specimens::ED25519.to_string();
    assert_eq!(Paloalto::observe(&mut Lines(&mut sandbox), &other).unwrap(), None);
}

#[test]
fn what_runs_is_committed_again_where_the_candidate_would_take_it_away() {
    let deployment = specimens::deployment(FIREWALL);
    let mut sandbox = Double::granting(Paloalto::capabilities(FIREWALL).unwrap());
    let served = success(&format!("<certificate>{NEW}</certificate>"));
    let held = entry(&deployment.certificate.leaf_pem);
    sandbox.on(&profile("show"), 200, &served);
    sandbox.on(&profile("get"), 200, &success("<certificate>old</certificate>"));
    sandbox.on(&profile("get"), 200, &served);
    sandbox.on(&certificate("get", "old"), 200, NOTHING);
    sandbox.on(&certificate("show", NEW), 200, &held);
    sandbox.on(&certificate("get", NEW), 200, &held);
    sandbox.on(LOOKS, 200, &success(""));
    changes(&mut sandbox, &[WRITTEN, NO_CHANGES]);
    assert!(deploy(&mut sandbox, &deployment).unwrap().changed);
    assert_eq!(
        bodies(&sandbox),
        [binding(NEW), commit()],
        "it is there already: not imported, and nothing to delete"
    );
}

#[test]
fn every_form_of_an_answer_is_understood() {
    let line = |text: &str| {
        format!("<response status=\"error\"><msg><line><line>{text}</line></line></msg></response>")
    };
    let cases: &[(u16, String, &str)] = &[
        (200, "<response status='error' code='17'><msg><line>bad</line></msg></response>".into(), "rejected"),
        (200, "<response status='error' code='10'><msg>in use</msg></response>".into(), "rejected"),
        (200, "<response status='unauth' code='16'><msg><line>no</line></msg></response>".into(), "denied"),
        (200, "<response status='error' code='403'><result><msg>no</msg></result></response>".into(), "denied"),
        (403, "<response status = 'error' code = '403'><result><msg>no</msg></result></response>".into(), "denied"),
        (200, "<response status='error' code='15'><msg>passive</msg></response>".into(), "busy"),
        (200, "<response status='error' code='22'/>".into(), "denied"),
        (200, "<response status='error' code='11'/>".into(), "unavailable"),
        (200, "<response><result/></response>".into(), "unavailable"),
        (200, "<html><body>wait</body></html>".into(), "unavailable"),
        (200, "<other status='success'/>".into(), "unavailable"),
        (200, "no XML".into(), "unavailable"),
        (500, "no XML".into(), "unavailable"),
        (200, "<response status='success'><response status='error'><msg>one of them</msg></response></response>".into(), "rejected"),
        (200, line("A commit is in progress."), "busy"),
        (200, line("No such node"), "misconfigured"),
        (200, NOTHING.into(), "misconfigured"),
        (200, "<response status='error' code='13'/>".into(), "misconfigured"),
    ];
    for (status, answer, outcome) in cases {
        let mut sandbox = Double::granting(Paloalto::capabilities(FIREWALL).unwrap());
        sandbox.on(&profile("show"), *status, answer);
        let failure = deploy(&mut sandbox, &specimens::deployment(FIREWALL)).unwrap_err();
        let found = match failure {
            Failure::Denied(_) => "denied",
            Failure::Misconfigured(_) => "misconfigured",
            Failure::Rejected(_) => "rejected",
            Failure::Unavailable(_) if !sandbox.waits.borrow().is_empty() => "busy",
            Failure::Unavailable(_) => "unavailable",
            Failure::Uncertain(_) => "uncertain",
        };
        assert_eq!(found, *outcome, "{answer}");
    }
}

#[test]
fn a_job_that_fails_says_why() {
    let failed = |text: &str| {
        let deployment = specimens::deployment(FIREWALL);
        let mut sandbox = device(&deployment);
        changes(&mut sandbox, &[&success("imported"), WRITTEN, WRITTEN, QUEUED]);
        jobs(
            &mut sandbox,
            &[job("FIN", "FAIL", &format!("<details><line>tls</line><line>{text}</line></details>"))],
        );
        deploy(&mut sandbox, &deployment)
    };
    assert!(
        matches!(failed("is invalid"), Err(Failure::Rejected(text)) if text == "commit: tls; is invalid")
    );
    let busy = failed("Failed to synchronize running configuration with HA peer");
    assert!(matches!(busy, Err(Failure::Unavailable(_))));
}

#[test]
fn nothing_is_changed_under_somebodys_lock() {
    for (config, commit) in [("alice", "svc"), ("svc", "alice")] {
        let deployment = specimens::deployment(FIREWALL);
        let mut sandbox = Double::granting(Paloalto::capabilities(FIREWALL).unwrap());
        sandbox.on(&profile("show"), 200, &success("<certificate>old</certificate>"));
        sandbox.on(&certificate("show", "old"), 200, NOTHING);
        let lock = |kind: &str, name: &str| {
            success(&format!("<{kind}-locks><entry name=\"{name}\"/></{kind}-locks>"))
        };
        sandbox.on(
            &operation("<show><config-locks><vsys>all</vsys></config-locks></show>"),
            200,
            &lock("config", config),
        );
        sandbox.on(&operation("<show><commit-locks/></show>"), 200, &lock("commit", commit));
        let ended = deploy(&mut sandbox, &deployment);
        assert!(
            matches!(ended, Err(Failure::Unavailable((text, None))) if text.starts_with("alice has locked"))
        );
        assert!(sandbox.changes(&[LOOKS]).is_empty());
    }
}

#[test]
fn another_certificate_under_our_name_stays() {
    let deployment = specimens::deployment(FIREWALL);
    let mut sandbox = Double::granting(Paloalto::capabilities(FIREWALL).unwrap());
    sandbox.on(&profile("show"), 200, &success("<certificate>old</certificate>"));
    sandbox.on(&certificate("get", NEW), 200, &entry("another"));
    sandbox.on(LOOKS, 200, &success(""));
    assert!(matches!(deploy(&mut sandbox, &deployment), Err(Failure::Rejected(text)) if text.contains(NEW)));
    assert!(sandbox.changes(&[LOOKS]).is_empty());
}

#[test]
fn a_cut_import_is_settled_by_looking() {
    let deployment = specimens::deployment(FIREWALL);
    let mut sandbox = device(&deployment);
    sandbox.on_error(&import(), NetError::Unreachable("cut".into()));
    changes(&mut sandbox, &[WRITTEN, WRITTEN, NO_CHANGES]);
    assert!(deploy(&mut sandbox, &deployment).unwrap().changed);
    assert_eq!(bodies(&sandbox).iter().filter(|body| body.contains("passphrase")).count(), 1);
}

#[test]
fn going_back_binds_the_old_one_and_commits() {
    let deployment = specimens::deployment(FIREWALL);
    let note = |import: bool| format!(r#"{{"old":"old","new":"{NEW}","import":{import}}}"#);
    for (now, import, wanted) in [
        (NEW, true, [binding("old"), deletion(NEW), commit()].to_vec()),
        (NEW, false, [binding("old"), commit()].to_vec()),
        ("other", true, [deletion(NEW), commit()].to_vec()),
        ("old", false, [commit()].to_vec()),
    ] {
        let mut sandbox = Double::granting(Paloalto::capabilities(FIREWALL).unwrap());
        sandbox.notes.borrow_mut().push(note(import));
        sandbox.on(&profile("get"), 200, &success(&format!("<certificate>{now}</certificate>")));
        changes(&mut sandbox, &[NO_CHANGES]);
        sandbox.roll_back::<ByForm>(&deployment).unwrap();
        assert_eq!(bodies(&sandbox), wanted, "{now}");
    }
}

/// A Panorama whose profile serves `old`, committed at once.
fn panorama(deployment: &Deployment) -> Double {
    let mut sandbox = Double::granting(Paloalto::capabilities(PANORAMA).unwrap());
    let scope = "/config/devices/entry[@name='localhost.localdomain']/template/entry[@name='edge']\
                 /config/devices/entry[@name='localhost.localdomain']/vsys/entry[@name='vsys1']";
    let line = |action: &str, path: &str| {
        format!("{LOOKS}?type=config&action={action}&xpath={}", segment(&format!("{scope}{path}")))
    };
    let bound = "/ssl-tls-service-profile/entry[@name='tls']/certificate";
    for name in ["old", "old", NEW] {
        sandbox.on(&line("show", bound), 200, &success(&format!("<certificate>{name}</certificate>")));
    }
    sandbox.on(&line("get", bound), 200, &success(&format!("<certificate>{NEW}</certificate>")));
    let held = entry(&deployment.certificate.leaf_pem);
    let certificate = format!("/certificate/entry[@name='{NEW}']");
    sandbox.on(&line("show", &certificate), 200, &held);
    sandbox.on(&line("get", &certificate), 200, NOTHING);
    sandbox.on(&line("get", &certificate), 200, &held);
    sandbox.on(&operation("<show><config-locks></config-locks></show>"), 200, &success("<config-locks/>"));
    sandbox.on(LOOKS, 200, &success(""));
    changes(&mut sandbox, &[&success("imported"), WRITTEN, NO_CHANGES]);
    sandbox
}

#[test]
fn panorama_pushes_what_it_committed_and_pushes_it_back() {
    let deployment = specimens::deployment(PANORAMA);
    let mut sandbox = panorama(&deployment);
    changes(&mut sandbox, &[QUEUED]);
    let firewall = |result: &str| format!("<devices><entry><result>{result}</result></entry></devices>");
    jobs(&mut sandbox, &[job("FIN", "OK", &firewall("PEND")), job("FIN", "OK", &firewall("OK"))]);
    assert!(deploy(&mut sandbox, &deployment).unwrap().changed);
    let push = segment("<commit-all><template-stack><name>edges</name></template-stack></commit-all>");
    let push = format!("type=commit&action=all&cmd={push}");
    assert_eq!(bodies(&sandbox).last(), Some(&push));
    assert!(sandbox.changes(&[LOOKS])[0].ends_with("&target-tpl=edge&target-tpl-vsys=vsys1"));
    assert_eq!(sandbox.waits.borrow().len(), 1, "a firewall was still at it");
    let sent = bodies(&sandbox).len();
    assert!(!deploy(&mut sandbox, &deployment).unwrap().changed);
    assert_eq!(bodies(&sandbox).len(), sent, "nothing is pushed again");

    jobs(&mut sandbox, &[job("FIN", "OK", &firewall("FAIL"))]);
    assert!(matches!(sandbox.roll_back::<ByForm>(&deployment), Err(Failure::Rejected(_))));
    assert_eq!(bodies(&sandbox).last(), Some(&push));
    assert_eq!(bodies(&sandbox).iter().filter(|body| body.contains("edit")).count(), 2);
}

#[test]
fn a_push_that_is_lost_is_not_settled_by_what_panorama_runs() {
    let deployment = specimens::deployment(PANORAMA);
    let mut sandbox = panorama(&deployment);
    sandbox.on_error("POST /api/", NetError::Unreachable("cut".into()));
    assert!(matches!(deploy(&mut sandbox, &deployment), Err(Failure::Uncertain(_))));
}

#[test]
fn keys_that_it_has_no_place_for_are_refused_before_anything() {
    let mut deployment = specimens::deployment(FIREWALL);
    deployment.certificate.leaf_pem = specimens::ED25519.to_string();
    let mut sandbox = Double::granting(Paloalto::capabilities(FIREWALL).unwrap());
    assert!(
        matches!(deploy(&mut sandbox, &deployment), Err(Failure::Rejected(text)) if text.contains("Ed25519"))
    );
    assert!(sandbox.lines().is_empty());
}

#[test]
fn every_problem_of_the_configuration_is_pointed_at() {
    let pointers = |more: &str| -> Vec<String> {
        let config = format!(r#"{{"host":"h","administrator":"a","profile":"p",{more}}}"#);
        let problems = Paloalto::capabilities(&config).err().unwrap_or_default();
        problems.into_iter().map(|problem| problem.pointer).collect()
    };
    let name = |length: usize| format!(r#""name":"{}""#, "n".repeat(length));
    assert_eq!(pointers(&name(45)), [""; 0]);
    assert_eq!(pointers(&name(46)), ["/name"]);
    let template = r#","template":"t""#;
    assert_eq!(pointers(&format!("{}{template}", name(13))), [""; 0]);
    assert_eq!(pointers(&format!("{}{template}", name(14))), ["/name"], "31 characters on Panorama");
    for wrong in ["_a", "*.example", ".a", "a b", "-a"] {
        assert_eq!(pointers(&format!(r#""name":"{wrong}""#)), ["/name"], "{wrong}");
    }
    assert_eq!(pointers(r#""name":"n","template-stack":"s""#), ["/template-stack"]);
    assert_eq!(pointers(r#""name":"n","vsys":"a']/b""#), ["/vsys"]);
}
