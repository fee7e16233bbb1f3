//! AWS Certificate Manager, played by moto with its checks of signature and permission on.

use serde_json::{Value, json};

use crate::credentials::Authority;
use crate::moto::Moto;
use crate::room::{Pair, Room, fingerprint, program};

fn configure(room: &Room, moto: &Moto, config: &str) {
    let host =
        format!("schema = 1\n[host]\nstate-dir = \"{}/state\"\nlease-seconds = 3\n", room.path.display());
    room.configure_only(&(host + &moto.toml(config)));
}

/// One round of the worker with these credentials; outcome and note of the last attempt.
fn deliver(room: &Room, id: &str, secret: &str) -> (String, String) {
    let mut worker = room.command(&program(), &["run", "--until-idle"]);
    let output = worker.env("ACM_ID", id).env("ACM_SECRET", secret).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    room.history("acm").pop().unwrap()
}

fn deploy(room: &Room, moto: &Moto, pair: &Pair) -> (String, String) {
    room.enqueue("acm", pair);
    deliver(room, &moto.id, &moto.secret)
}

fn imports(moto: &Moto) -> Vec<Value> {
    let passed = moto.tap.passed().into_iter();
    let read = |operation: &str| ["List", "Get", "Describe"].iter().any(|verb| operation.starts_with(verb));
    passed.filter(|(name, _)| !read(name)).map(|(_, body)| serde_json::from_str(&body).unwrap()).collect()
}

fn arns(moto: &Moto) -> Vec<String> {
    let list = moto.ask("list_certificates", &json!({ "Includes": { "keyTypes": ["EC_prime256v1"] } }));
    let summaries = list["CertificateSummaryList"].as_array().unwrap();
    summaries.iter().map(|summary| summary["CertificateArn"].as_str().unwrap().to_owned()).collect()
}

fn held(moto: &Moto, arn: &str) -> String {
    let answer = moto.ask("get_certificate", &json!({ "CertificateArn": arn }));
    fingerprint(answer["Certificate"].as_str().unwrap())
}

#[test]
fn it_is_imported_once_found_again_and_renewed_under_its_arn() {
    let room = Room::new();
    let moto = Moto::start(&room);
    configure(&room, &moto, ", tags = { team = \"edge\" }");
    let authority = Authority::new();
    let [first, second, third] =
        ["first", "second", "third"].map(|n| authority.pair(&room, n, "example.test"));

    assert_eq!(deploy(&room, &moto, &first).0, "changed");
    let import = imports(&moto);
    assert!(import.len() == 1 && import[0]["CertificateChain"].is_string(), "one import, with its chain");
    let [arn] = arns(&moto).try_into().unwrap();
    assert_eq!(held(&moto, &arn), first.fingerprint);
    let tags = moto.ask("list_tags_for_certificate", &json!({ "CertificateArn": arn }));
    for (key, value) in [("lastmile-target", "acm"), ("team", "edge")] {
        assert!(tags["Tags"].as_array().unwrap().contains(&json!({ "Key": key, "Value": value })), "{tags}");
    }

    let (outcome, note) = deploy(&room, &moto, &first);
    assert_eq!(outcome, "unchanged", "{note}");
    assert_eq!(imports(&moto), Vec::<Value>::new(), "the second time asks and changes nothing");

    assert_eq!(deploy(&room, &moto, &second).0, "changed");
    let import = imports(&moto);
    assert_eq!((import.len(), &import[0]["CertificateArn"]), (1, &json!(arn)));
    // ACM keeps an ARN's tags and refuses an import over it that brings any.
    assert!(import[0].get("Tags").is_none());
    assert_eq!((arns(&moto), held(&moto, &arn)), (vec![arn.clone()], second.fingerprint));

    // By an ARN that the operator wrote down nothing is looked for.
    configure(&room, &moto, &format!(", certificate-arn = \"{arn}\""));
    assert_eq!(deploy(&room, &moto, &third).0, "changed");
    assert!(moto.tap.passed().iter().all(|(operation, _)| operation != "ListCertificates"));
    assert_eq!((arns(&moto), held(&moto, &arn)), (vec![arn.clone()], third.fingerprint));
}

#[test]
fn wrong_credentials_are_denied_and_nothing_is_imported() {
    let room = Room::new();
    let moto = Moto::start(&room);
    configure(&room, &moto, "");
    let new = room.pair("new");
    for (id, secret, says) in [
        (moto.id.as_str(), "not-the-secret-access-key", "SignatureDoesNotMatch"),
        ("AKIAUNKNOWNUNKNOWN00", moto.secret.as_str(), "InvalidClientTokenId"),
    ] {
        room.enqueue("acm", &new);
        let (outcome, note) = deliver(&room, id, secret);
        assert!(outcome == "denied" && note.contains(says), "{outcome}: {note}");
        assert!(!note.contains(secret) && !note.contains(id), "{note}");
    }
    assert_eq!(imports(&moto), Vec::<Value>::new());
    assert_eq!(arns(&moto), Vec::<String>::new());
}

#[test]
fn an_endpoint_that_does_not_answer_is_unavailable() {
    let room = Room::new();
    let mut moto = Moto::start(&room);
    configure(&room, &moto, "");
    moto.stop();
    let (outcome, note) = deploy(&room, &moto, &room.pair("new"));
    assert_eq!(outcome, "unavailable", "{note}");
    assert_eq!(room.states(), ["pending"], "it is tried again");
}

#[test]
fn a_line_that_is_cut_behind_the_import_is_settled_by_asking_what_is_there() {
    let room = Room::new();
    let moto = Moto::start(&room);
    configure(&room, &moto, "");
    let new = room.pair("new");
    moto.tap.cut_behind("ImportCertificate");
    let (outcome, note) = deploy(&room, &moto, &new);
    assert_eq!(outcome, "changed", "{note}");
    assert_eq!(imports(&moto).len(), 1, "it was imported twice");
    let [arn] = arns(&moto).try_into().unwrap();
    assert_eq!(held(&moto, &arn), new.fingerprint);
    assert_eq!(deploy(&room, &moto, &new).0, "unchanged");
    assert_eq!(imports(&moto), Vec::<Value>::new());
}
