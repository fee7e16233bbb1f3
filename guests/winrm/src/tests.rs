//! The connector against the SDK's double, which answers what a WinRM service would.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail by panicking")]

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use lastmile_sdk::testing::{Double, deployment};
use lastmile_sdk::{Connector, Failure, NetError, document};

use super::{Winrm, script};

const CONFIG: &str =
    r#"{ "host": "web-1.example.test", "bindings": ["WWW.example.test:443", "0.0.0.0:443"] }"#;

/// A service that answers in order, each message by its number.
struct Service {
    sandbox: Double,
    answered: u32,
}

impl Service {
    fn new(config: &str) -> Self {
        Self { sandbox: Double::granting(Winrm::capabilities(config).unwrap()), answered: 0 }
    }

    fn answers(mut self, bodies: &[&str]) -> Self {
        for body in bodies {
            self.answered += 1;
            // The certificate of the double's deployment has zeros for a fingerprint.
            let id = format!("uuid:00000000-0000-4000-8000-0000{:08x}", self.answered);
            let envelope = format!(
                "<s:Envelope xmlns:s=\"s\"><s:Header><RelatesTo>{id}</RelatesTo></s:Header>\
                 <s:Body>{body}</s:Body></s:Envelope>"
            );
            self.sandbox.answer(200, &envelope);
        }
        self
    }

    fn refuses(mut self, status: u16, code: &str) -> Self {
        self.answered += 1;
        let fault =
            format!("<F><Reason><Text>why &amp; how</Text></Reason><WSManFault Code=\"{code}\"/></F>");
        self.sandbox.answer(status, &fault);
        self
    }

    /// Command, one Send, the end of the script with this output, Signal.
    fn runs(self, sends: usize, stdout: &str, stderr: &str, exit: u8) -> Self {
        let stream = |name: &str, text: &str| {
            format!("<Stream Name=\"{name}\">{}</Stream>", document::base64(text.as_bytes()))
        };
        let done = format!(
            "{}{}<CommandState State=\"x/CommandState/Done\"><ExitCode>{exit}</ExitCode></CommandState>",
            stream("stdout", stdout),
            stream("stderr", stderr)
        );
        let sent = alloc::vec![""; sends];
        self.answers(&["<CommandId>C-1</CommandId>"]).answers(&sent).answers(&[&done, ""])
    }

    fn actions(&self) -> Vec<String> {
        let requests = self.sandbox.requests.borrow();
        let action =
            |body: &str| body.split("</a:Action>").next().unwrap().rsplit('/').next().unwrap().into();
        requests.iter().map(|sent| action(&sent.body)).collect()
    }
}

fn opened(config: &str) -> Service {
    Service::new(config).answers(&["<Selector Name=\"ShellId\">S&amp;1</Selector>"])
}

/// What `look` says, with our fingerprint or another one bound to both.
fn look(key: bool, ours: bool) -> String {
    let bound = if ours { "00" } else { "11" }.repeat(32);
    format!("{{\"key\":{key},\"bound\":[\"{bound}\",\"{bound}\"]}}\r\n")
}

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
        let length = "powershell.exe ".len() + script::arguments(script).len();
        assert!(length < 8191, "{length}");
    }
}
