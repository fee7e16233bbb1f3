//! The shape against the double.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail by panicking")]

use alloc::string::ToString;
use alloc::vec;

use super::{File, Piece, Plan, Run};
use crate::testing::{Double, deployment};
use crate::{Failure, Status};

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
    let output = crate::Output { status: Status::Exited(0), stdout: b"OK\n".to_vec(), stderr: vec![] };
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
