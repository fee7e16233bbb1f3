//! A remote shell: Create, then for each command Command, Send, Receive until Done, Signal; Delete at the end.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use crate::output::Output;
use crate::wsman::{self, Message, Service, Trouble};
use lastmile_sdk::{Connection, Encoding, Failure, Part, Secret, document};

const CREATE: &str = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Create";
const DELETE: &str = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Delete";
const TERMINATE: &str = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/signal/terminate";
/// 20 seconds each: longer than a deployment may last.
const RECEIVES: usize = 60;

/// Whether a command changes something once it has all its input.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    Yes,
    No,
}

/// What is written to a command's standard input by one Send.
pub(crate) enum Piece {
    Text(String),
    Sealed(Secret),
}

impl Piece {
    /// A stream's content is base64 on its own, so that no piece has to be aligned with another.
    fn part(self) -> Part {
        match self {
            Self::Text(text) => Part::Text(document::base64(text.as_bytes())),
            Self::Sealed(secret) => document::sealed(secret, Encoding::Base64),
        }
    }
}

pub(crate) struct Shell<C> {
    service: Service<C>,
    id: String,
}

impl<C: Connection> Shell<C> {
    pub(crate) fn open(mut service: Service<C>) -> Result<Self, Failure> {
        // Without an end of its own a shell that nobody can delete any more would stay for two hours.
        let body = "<rsp:Shell><rsp:IdleTimeOut>PT120S</rsp:IdleTimeOut><rsp:InputStreams>stdin</rsp:InputStreams>\
                    <rsp:OutputStreams>stdout stderr</rsp:OutputStreams></rsp:Shell>";
        let answer = service.call(Message {
            action: CREATE,
            shell: None,
            options: &[("WINRS_NOPROFILE", "TRUE"), ("WINRS_CODEPAGE", "65001")],
            body: vec![document::text(body)],
        })?;
        let id =
            wsman::with(&answer, |node| wsman::text_where(node, node.attribute("Name") == Some("ShellId")));
        let id = id.ok_or_else(|| Failure::Rejected("Create: the answer names no shell".to_string()))?;
        Ok(Self { service, id })
    }

    /// Ends the shell and whatever runs in it. One that cannot be reached any more ends by its idle time-out.
    pub(crate) fn delete(mut self) {
        let _ = self.call(DELETE, &[], Vec::new());
    }

    /// Runs a command line with this input; its standard output.
    pub(crate) fn run(
        &mut self,
        program: &str,
        arguments: &str,
        input: Vec<Piece>,
        change: Change,
    ) -> Result<Vec<u8>, Failure> {
        let body = format!(
            "<rsp:CommandLine><rsp:Command>{program}</rsp:Command><rsp:Arguments>{arguments}</rsp:Arguments>\
             </rsp:CommandLine>"
        );
        // A pipe and no console: a console would translate bytes and echo them.
        let options = [("WINRS_CONSOLEMODE_STDIN", "FALSE"), ("WINRS_SKIP_CMD_SHELL", "FALSE")];
        let answer = self.call(&shell_action("Command"), &options, vec![Part::Text(body)])?;
        let command = wsman::first(&answer, "CommandId")
            .ok_or_else(|| Failure::Rejected("Command: the answer names no command".to_string()))?;
        self.send(&command, input, change)?;
        let output = self.receive(&command, change)?;
        self.signal(&command);
        match output.exit.as_deref() {
            Some("0") => Ok(output.stdout),
            code => {
                let said = output.complaint();
                Err(Failure::Rejected(format!("PowerShell: exit code {}: {said}", code.unwrap_or("none"))))
            }
        }
    }

    /// The script starts to work when the last piece has closed its input.
    fn send(&mut self, command: &str, input: Vec<Piece>, change: Change) -> Result<(), Failure> {
        let last = input.len().saturating_sub(1);
        for (index, piece) in input.into_iter().enumerate() {
            let end = if index == last { " End=\"true\"" } else { "" };
            let head = format!(
                "<rsp:Send><rsp:Stream Name=\"stdin\" CommandId=\"{}\"{end}>",
                wsman::escape(command)
            );
            let body = vec![Part::Text(head), piece.part(), document::text("</rsp:Stream></rsp:Send>")];
            let sent = self.call(&shell_action("Send"), &[], body).map_err(Failure::from);
            // Even a refusal may have come after the script had all that it waits for.
            sent.map_err(|failure| match failure {
                Failure::Unavailable(_) if change == Change::Yes && index == last => uncertain(failure),
                failure => failure,
            })?;
        }
        Ok(())
    }

    fn receive(&mut self, command: &str, change: Change) -> Result<Output, Failure> {
        let body = format!(
            "<rsp:Receive><rsp:DesiredStream CommandId=\"{}\">stdout stderr</rsp:DesiredStream></rsp:Receive>",
            wsman::escape(command)
        );
        let settle = |failure| if change == Change::Yes { uncertain(failure) } else { failure };
        let mut output = Output::default();
        for _ in 0..RECEIVES {
            match self.call(&shell_action("Receive"), &[], vec![document::text(&body)]) {
                Err(Trouble::Again) => {}
                Err(trouble) => return Err(settle(trouble.into())),
                Ok(answer) => {
                    if output.take(&answer).map_err(settle)? {
                        return Ok(output);
                    }
                }
            }
        }
        Err(settle(Failure::Unavailable(("PowerShell does not come to an end".to_string(), None))))
    }

    /// Frees the command's slot. It has ended already, so a refusal means nothing.
    fn signal(&mut self, command: &str) {
        let command = wsman::escape(command);
        let body =
            format!("<rsp:Signal CommandId=\"{command}\"><rsp:Code>{TERMINATE}</rsp:Code></rsp:Signal>");
        let _ = self.call(&shell_action("Signal"), &[], vec![Part::Text(body)]);
    }

    fn call(&mut self, action: &str, options: &[(&str, &str)], body: Vec<Part>) -> Result<String, Trouble> {
        self.service.call(Message { action, shell: Some(&self.id), options, body })
    }
}

/// A failure after something may have been changed.
pub(crate) fn uncertain(failure: Failure) -> Failure {
    match failure {
        Failure::Denied(text) | Failure::Rejected(text) | Failure::Unavailable((text, _)) => {
            Failure::Uncertain(text)
        }
        other => other,
    }
}

fn shell_action(name: &str) -> String {
    format!("http://schemas.microsoft.com/wbem/wsman/1/windows/shell/{name}")
}
