//! The double as a WinRM service.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use lastmile_sdk::testing::Double;
use lastmile_sdk::{Connector, document};

use crate::Winrm;

/// A service that answers in order, each message by its number.
pub(super) struct Service {
    pub(super) sandbox: Double,
    answered: u32,
}

impl Service {
    pub(super) fn new(config: &str) -> Self {
        Self { sandbox: Double::granting(Winrm::capabilities(config).unwrap()), answered: 0 }
    }

    pub(super) fn answers(mut self, bodies: &[&str]) -> Self {
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

    /// From now on it answers the message after the one it was sent.
    pub(super) fn skip(&mut self) {
        self.answered += 1;
    }

    pub(super) fn refuses(mut self, status: u16, code: &str) -> Self {
        self.answered += 1;
        let fault =
            format!("<F><Reason><Text>why &amp; how</Text></Reason><WSManFault Code=\"{code}\"/></F>");
        self.sandbox.answer(status, &fault);
        self
    }

    /// Command, one Send, the end of the script with this output, Signal.
    pub(super) fn runs(self, sends: usize, stdout: &str, stderr: &str, exit: u8) -> Self {
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

    pub(super) fn actions(&self) -> Vec<String> {
        let requests = self.sandbox.requests.borrow();
        let action =
            |body: &str| body.split("</a:Action>").next().unwrap().rsplit('/').next().unwrap().into();
        requests.iter().map(|sent| action(&sent.body)).collect()
    }
}

pub(super) fn opened(config: &str) -> Service {
    Service::new(config).answers(&["<Selector Name=\"ShellId\">S&amp;1</Selector>"])
}

/// What `look` says, with our fingerprint or another one bound to both.
pub(super) fn look(key: bool, ours: bool) -> String {
    let bound = if ours { "00" } else { "11" }.repeat(32);
    format!("{{\"key\":{key},\"bound\":[\"{bound}\",\"{bound}\"]}}\r\n")
}
