//! What a command writes, as the answers to Receive bring it.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lastmile_sdk::Failure;
use roxmltree::Document;

/// What came so far.
#[derive(Default)]
pub(crate) struct Output {
    pub(crate) stdout: Vec<u8>,
    stderr: Vec<u8>,
    pub(crate) exit: Option<String>,
}

impl Output {
    /// Whether the command has ended.
    pub(crate) fn take(&mut self, answer: &str) -> Result<bool, Failure> {
        let garbled = |what: &str| Failure::Rejected(format!("Receive: {what}"));
        let document = Document::parse(answer).map_err(|_| garbled("the answer is no XML"))?;
        let mut done = false;
        for node in document.descendants().filter(roxmltree::Node::is_element) {
            let text = node.text().unwrap_or_default();
            match (node.tag_name().name(), node.attribute("Name")) {
                ("Stream", Some(name)) => {
                    let bytes = STANDARD.decode(text.trim()).map_err(|_| garbled("a stream is no base64"))?;
                    let stream = if name == "stderr" { &mut self.stderr } else { &mut self.stdout };
                    stream.extend(bytes);
                }
                ("CommandState", _) => {
                    done |=
                        node.attribute("State").is_some_and(|state| state.ends_with("/CommandState/Done"));
                }
                ("ExitCode", _) => self.exit = Some(text.trim().to_string()),
                _ => {}
            }
        }
        Ok(done)
    }

    /// What PowerShell complained of. It writes its error stream as CLIXML, one document after the other.
    pub(crate) fn complaint(&self) -> String {
        let said = if self.stderr.is_empty() { &self.stdout } else { &self.stderr };
        let said = String::from_utf8_lossy(said);
        let Some(xml) = said.trim_start().strip_prefix("#< CLIXML") else { return said.trim().to_string() };
        let wrapped = format!("<all>{}</all>", xml.trim());
        let Ok(document) = Document::parse(&wrapped) else { return said.trim().to_string() };
        let errors = document.descendants().filter(|node| node.attribute("S") == Some("Error"));
        let text: String = errors.filter_map(|node| node.text()).collect();
        text.replace("_x000D__x000A_", " ").trim().to_string()
    }
}
