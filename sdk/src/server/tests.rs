//! The shape against the double.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail by panicking")]

use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;

use super::{File, Piece, Plan, Run, Server};
use crate::testing::{Double, deployment};
use crate::{
    Capability, Connector, Encoding, Failure, KeyFormat, Keystore, Output, Part, Problem, Receipt, Secret,
    Status, document,
};

fn plan() -> Plan {
    Plan {
        files: vec![
            File::new("/tls/key".to_string(), &[Piece::Key]),
            File::new("/tls/cert".to_string(), &[Piece::FullChain]),
        ],
        check: Some(Run::new(["/bin/check", "it"])),
        reload: Some(Run {
            says: "OK".to_string(),
            stdin: vec![Piece::Text("go".to_string())],
            ..Run::new(["/bin/reload"])
        }),
    }
}

fn sandbox(plan: &Plan) -> Double {
    let mut sandbox = Double::granting(plan.capabilities());
    let output = Output { status: Status::Exited(0), stdout: b"OK\n".to_vec(), stderr: vec![] };
    sandbox.outputs.insert("/bin/reload".to_string(), output);
    sandbox
}

#[test]
fn write_check_reload_and_then_nothing() {
    let plan = plan();
    let mut sandbox = sandbox(&plan);
    assert!(plan.deploy(&mut sandbox, &deployment("{}")).unwrap().changed);
    assert_eq!(sandbox.commands, [vec!["/bin/check", "it"], vec!["/bin/reload"]]);
    assert_eq!(sandbox.repeated, [["/bin/reload"]], "the check is not repeated");
    assert!(!plan.deploy(&mut sandbox, &deployment("{}")).unwrap().changed);
    assert_eq!(sandbox.commands.len(), 2);
    let mut again = deployment("{}");
    again.attempt = 2;
    assert!(!plan.deploy(&mut sandbox, &again).unwrap().changed);
    assert_eq!(sandbox.commands.len(), 4, "a later attempt reloads in any case");
}

#[test]
fn modes_follow_the_content_and_the_group() {
    let mut plan = plan();
    plan.files[0] = plan.files[0].clone().owned(None, Some("readers"));
    let mut sandbox = sandbox(&plan);
    plan.deploy(&mut sandbox, &deployment("{}")).unwrap();
    assert_eq!(sandbox.files["/tls/key"].1, 0o640);
    assert_eq!(sandbox.files["/tls/cert"].1, 0o644);
}

#[test]
fn what_the_check_refuses_is_not_reloaded() {
    let plan = plan();
    let mut sandbox = sandbox(&plan);
    sandbox.exit("/bin/check", 1, "no");
    assert!(matches!(plan.deploy(&mut sandbox, &deployment("{}")), Err(Failure::Rejected(_))));
    assert_eq!(sandbox.commands.len(), 1);
}

#[test]
fn output_that_tells_of_failure_is_believed_more_than_the_exit_code() {
    let mut plan = plan();
    let mut sandbox = sandbox(&plan);
    if let Some(reload) = &mut plan.reload {
        reload.never_says = vec!["OK".to_string()];
    }
    assert!(matches!(plan.deploy(&mut sandbox, &deployment("{}")), Err(Failure::Unavailable(_))));
}

#[test]
fn it_declares_its_files_its_commands_and_what_an_undo_runs() {
    let mut plan = plan();
    if let Some(reload) = &mut plan.reload {
        reload.back = Some(vec!["/bin/back".to_string()]);
    }
    let run = |argv: &[&str]| Capability::ProcessExec(argv.iter().map(ToString::to_string).collect());
    assert_eq!(
        plan.capabilities(),
        [
            Capability::FsWrite("/tls/key".to_string()),
            Capability::FsWrite("/tls/cert".to_string()),
            run(&["/bin/check", "it"]),
            run(&["/bin/reload"]),
            run(&["/bin/back"]),
        ]
    );
    let mut sandbox = sandbox(&plan);
    plan.deploy(&mut sandbox, &deployment("{}")).unwrap();
    assert_eq!(sandbox.repeated, [["/bin/back"]]);
}

#[test]
fn the_receipt_names_the_certificates_file_and_what_was_done() {
    let receipt = |plan: &Plan, sandbox: &mut Double| plan.deploy(sandbox, &deployment("{}")).unwrap();
    let plan = plan();
    let mut double = sandbox(&plan);
    let told = |changed, note: &str| Receipt { changed, reference: "/tls/cert".into(), note: note.into() };
    assert_eq!(receipt(&plan, &mut double), told(true, "written and reloaded"));
    assert_eq!(receipt(&plan, &mut double), told(false, "the files are as they should be"));
    let silent = Plan { reload: None, ..plan.clone() };
    assert_eq!(receipt(&silent, &mut sandbox(&plan)), told(true, "written"));
    let key = Plan { files: plan.files[..1].to_vec(), ..silent };
    assert_eq!(receipt(&key, &mut sandbox(&plan)).reference, "/tls/key");
}

/// The second of two files alone is enough.
#[test]
fn one_changed_file_is_a_change() {
    let plan = plan();
    for stale in ["/tls/key", "/tls/cert"] {
        let mut sandbox = sandbox(&plan);
        plan.deploy(&mut sandbox, &deployment("{}")).unwrap();
        sandbox.files.insert(stale.to_string(), ("old".to_string(), 0o600));
        assert!(plan.deploy(&mut sandbox, &deployment("{}")).unwrap().changed, "{stale}");
        assert_eq!(sandbox.commands.len(), 4, "{stale}");
    }
}

#[test]
fn what_the_reload_says_is_told_and_worth_another_try() {
    let plan = plan();
    let mut sandbox = sandbox(&plan);
    let says = |stdout: &[u8], stderr: &[u8]| Output {
        status: Status::Exited(0),
        stdout: stdout.to_vec(),
        stderr: stderr.to_vec(),
    };
    sandbox.outputs.insert("/bin/reload".to_string(), says(b" no\n", b""));
    let lie = "/bin/reload: exit code 0, but it said: no".to_string();
    assert_eq!(plan.deploy(&mut sandbox, &deployment("{}")), Err(Failure::Unavailable((lie, None))));
    let mut again = deployment("{}");
    again.attempt = 2;
    sandbox.outputs.insert("/bin/reload".to_string(), says(b"", b"OK"));
    assert_eq!(plan.deploy(&mut sandbox, &again).map(|receipt| receipt.changed), Ok(false));
    sandbox.exit("/bin/reload", 3, "OK, but not now");
    let said = "/bin/reload: exit code 3: OK, but not now".to_string();
    assert_eq!(plan.deploy(&mut sandbox, &again), Err(Failure::Unavailable((said, None))));
}

#[test]
fn a_server_is_a_connector_of_its_name_and_of_its_plan() {
    struct Example;
    impl Server for Example {
        const NAME: &'static str = "example";
        fn plan(config: &str) -> Result<Plan, Vec<Problem>> {
            if config.is_empty() { Err(vec![]) } else { Ok(plan()) }
        }
    }
    assert_eq!(Example::name(), "example");
    assert_eq!(Example::capabilities("{}"), Ok(plan().capabilities()));
    assert_eq!(Example::capabilities(""), Err(vec![]));
    let mut sandbox = sandbox(&plan());
    assert_eq!(Example::deploy(&mut sandbox, &deployment("")), Err(Failure::Misconfigured(vec![])));
    assert!(Example::deploy(&mut sandbox, &deployment("{}")).unwrap().changed);
}

#[test]
fn a_file_is_written_for_whom_it_was_named() {
    let mut plan = plan();
    plan.files[0] = plan.files[0].clone().owned(Some("o"), Some("g"));
    let mut sandbox = sandbox(&plan);
    plan.deploy(&mut sandbox, &deployment("{}")).unwrap();
    assert_eq!(sandbox.owners["/tls/key"], (Some("o".to_string()), Some("g".to_string())));
    assert_eq!(sandbox.owners["/tls/cert"], (None, None));
}

#[test]
fn each_piece_is_its_part() {
    let store = Keystore { alias: "a".to_string(), password: "p".into() };
    let text = |text: &str| Part::Text(text.to_string());
    let raw = |secret| document::sealed(secret, Encoding::Raw);
    let mut deployment = deployment("{}");
    deployment.certificate.fingerprint = "ab".to_string();
    for (piece, part) in [
        (Piece::Leaf, text("LEAF\n")),
        (Piece::Chain, text("CHAIN\n")),
        (Piece::FullChain, text("LEAF\nCHAIN\n")),
        (Piece::FullChainJson, text(r"LEAF\nCHAIN\n")),
        (Piece::Fingerprint, text("ab")),
        (Piece::Text("x".to_string()), text("x")),
        (Piece::Key, raw(Secret::PrivateKey(KeyFormat::Pkcs8))),
        (Piece::KeyJson, document::sealed(Secret::PrivateKey(KeyFormat::Pkcs8), Encoding::Json)),
        (Piece::TraditionalKey, raw(Secret::PrivateKey(KeyFormat::Traditional))),
        (Piece::EncryptedKey("p".to_string()), raw(Secret::EncryptedPrivateKey("p".into()))),
        (Piece::Pkcs12(store.clone()), raw(Secret::Pkcs12(store.clone()))),
        (Piece::Pkcs12Legacy(store.clone()), raw(Secret::Pkcs12Legacy(store.clone()))),
        (Piece::Jks(store.clone()), raw(Secret::Jks(store))),
        (Piece::Secret("p".to_string()), raw(Secret::Named("p".to_string()))),
    ] {
        assert_eq!(piece.part(&deployment), part, "{piece:?}");
    }
}
