//! The connector against the SDK's double, which answers what a WinRM service would.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail by panicking")]

mod service;

use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use lastmile_sdk::testing::deployment;
use lastmile_sdk::{Connector, Failure, NetError};

use self::service::{look, opened};
use super::{Winrm, script};

const CONFIG: &str =
    r#"{ "host": "web-1.example.test", "bindings": ["WWW.example.test:443", "0.0.0.0:443"] }"#;

#[test]
fn the_file_and_its_passphrase_go_in_by_their_own_messages_and_nowhere_else() {
    for (config, kind) in [
        (CONFIG.to_string(), "PKCS#12"),
        (CONFIG.replace("\"bind", "\"legacy\":true,\"bind"), "legacy PKCS#12"),
    ] {
        let service = opened(&config).runs(1, &look(false, false), "", 0);
        let service = service.runs(4, "{\"altered\":[]}", "", 0).runs(1, &look(true, true), "", 0);
        let mut service = service.answers(&[""]);
        let receipt = Winrm::deploy(&mut service.sandbox, &deployment(&config)).unwrap();
        assert_eq!((receipt.changed, receipt.reference.as_str()), (true, "Cert:\\LocalMachine\\My"));
        let requests = service.sandbox.requests.borrow();
        let sealed: Vec<_> = requests.iter().filter(|sent| sent.body.contains('«')).collect();
        assert_eq!(sealed.len(), 2);
        assert!(
            sealed[0].body.contains("CommandId=\"C-1\">«ephemeral pfx»</rsp:Stream>"),
            "{}",
            sealed[0].body
        );
        let file = format!("End=\"true\">«{kind} test-target under ephemeral pfx»</rsp:Stream>");
        assert!(sealed[1].body.contains(&file), "{}", sealed[1].body);
        assert!(requests[1].body.contains("Name=\"ShellId\">S&amp;1<"), "what the service says is escaped");
        assert_eq!(service.actions().last().unwrap(), "Delete");
    }
}

#[test]
fn what_is_there_is_looked_at_and_left() {
    let mut service = opened(CONFIG).runs(1, &look(true, true), "", 0).answers(&[""]);
    assert!(!Winrm::deploy(&mut service.sandbox, &deployment(CONFIG)).unwrap().changed);
    assert_eq!(service.actions(), ["Create", "Command", "Send", "Receive", "Signal", "Delete"]);
}

#[test]
fn what_only_has_to_be_bound_is_not_imported_again() {
    let service = opened(CONFIG).runs(1, &look(true, false), "", 0).runs(1, "{\"altered\":[]}", "", 0);
    let mut service = service.runs(1, &look(true, true), "", 0).answers(&[""]);
    assert_eq!(Winrm::deploy(&mut service.sandbox, &deployment(CONFIG)).unwrap().note, "bound");
    assert!(service.sandbox.requests.borrow().iter().all(|sent| !sent.body.contains('«')));
}

#[test]
fn an_operation_that_says_nothing_in_time_is_asked_again_and_not_for_ever() {
    let mut service = opened(CONFIG).answers(&["<CommandId>C-1</CommandId>", ""]);
    for _ in 0..60 {
        service = service.refuses(500, "2150858793");
    }
    let mut service = service.answers(&[""]);
    let failure = Winrm::deploy(&mut service.sandbox, &deployment(CONFIG)).unwrap_err();
    assert!(matches!(failure, Failure::Unavailable(_)), "{failure:?}");
    assert_eq!(service.actions().iter().filter(|action| *action == "Receive").count(), 60);
    assert_eq!(service.actions().last().unwrap(), "Delete");
}

#[test]
fn failures_say_who_is_at_fault_and_the_shell_is_deleted() {
    let after = |status, code| {
        let mut service = opened(CONFIG).refuses(status, code).answers(&[""]);
        let failure = Winrm::deploy(&mut service.sandbox, &deployment(CONFIG)).unwrap_err();
        assert_eq!(service.actions(), ["Create", "Command", "Delete"]);
        failure
    };
    assert!(matches!(after(401, ""), Failure::Denied(_)));
    assert!(matches!(after(500, "5"), Failure::Denied(text) if text == "Command: 500 5: why & how"));
    assert!(matches!(after(500, "2150859174"), Failure::Unavailable(_)));
    assert!(matches!(after(503, ""), Failure::Unavailable(_)));
    assert!(matches!(after(404, ""), Failure::Rejected(_)));
}

#[test]
fn a_line_that_is_cut_is_uncertain_only_once_the_script_may_work() {
    for (sends, expected) in [(2, false), (3, true), (4, true)] {
        let service = opened(CONFIG).runs(1, &look(false, false), "", 0);
        let answers = alloc::vec![""; sends];
        let mut service = service.answers(&["<CommandId>C-1</CommandId>"]).answers(&answers);
        service.sandbox.fail(NetError::Unreachable("cut".into()));
        let failure = Winrm::deploy(&mut service.sandbox, &deployment(CONFIG)).unwrap_err();
        assert_eq!(matches!(failure, Failure::Uncertain(_)), expected, "{sends}: {failure:?}");
    }
}

#[test]
fn what_powershell_says_is_unpacked() {
    let clixml = "#< CLIXML\r\n<Objs xmlns=\"p\"><S S=\"Error\">one_x000D__x000A_</S></Objs><Objs xmlns=\"p\">\
                  <S S=\"progress\">no</S><S S=\"Error\">two &lt;2&gt;</S></Objs>";
    for (stderr, says) in [(clixml, "exit code 1: one two <2>"), ("plain", "exit code 1: plain")] {
        let mut service = opened(CONFIG).runs(1, "", stderr, 1).answers(&[""]);
        let failure = Winrm::deploy(&mut service.sandbox, &deployment(CONFIG)).unwrap_err();
        assert!(matches!(&failure, Failure::Rejected(text) if text.ends_with(says)), "{failure:?}");
    }
}

#[test]
fn what_is_served_is_what_all_bindings_agree_on() {
    for (said, expected) in [
        (look(true, false), Some("11".repeat(32))),
        (r#"{"key":true,"bound":["aa","bb"]}"#.to_string(), None),
        (r#"{"key":true,"bound":["",""]}"#.to_string(), None),
    ] {
        let mut service = opened(CONFIG).runs(1, &said, "", 0).answers(&[""]);
        assert_eq!(Winrm::observe(&mut service.sandbox, &deployment(CONFIG)).unwrap(), expected);
    }
}

#[test]
fn the_command_lines_fit_into_cmd_exe() {
    for script in [script::LOOK, script::APPLY] {
        assert!(script.is_ascii());
        // Or PowerShell itself would eat the input.
        assert!(script::arguments(script).contains("-InputFormat None"));
        let length = "powershell.exe ".len() + script::arguments(script).len();
        assert!(length < 8191, "{length}");
    }
}

#[test]
fn bound_without_its_key_is_imported_and_looked_at_again() {
    let imported = || opened(CONFIG).runs(1, &look(false, true), "", 0).runs(4, "{\"altered\":[]}", "", 0);
    let mut service = imported().runs(1, &look(true, true), "", 0).answers(&[""]);
    assert!(Winrm::deploy(&mut service.sandbox, &deployment(CONFIG)).unwrap().changed);
    for (key, ours, says) in [(false, true, "does not hold"), (true, false, "another certificate is bound")] {
        let mut service = imported().runs(1, &look(key, ours), "", 0).answers(&[""]);
        let failure = Winrm::deploy(&mut service.sandbox, &deployment(CONFIG)).unwrap_err();
        assert!(matches!(&failure, Failure::Rejected(text) if text.contains(says)), "{failure:?}");
    }
    // The change was made, and nobody can say what came of it.
    let mut service = imported().refuses(503, "").answers(&[""]);
    let failure = Winrm::deploy(&mut service.sandbox, &deployment(CONFIG)).unwrap_err();
    assert!(matches!(failure, Failure::Uncertain(_)), "{failure:?}");
}

#[test]
fn an_answer_to_something_else_is_none() {
    let mut service = opened(CONFIG);
    service.skip();
    let mut service = service.answers(&["<CommandId>C-1</CommandId>", ""]);
    let failure = Winrm::deploy(&mut service.sandbox, &deployment(CONFIG)).unwrap_err();
    assert!(matches!(&failure, Failure::Rejected(text) if text.contains("no answer to it")), "{failure:?}");
}
