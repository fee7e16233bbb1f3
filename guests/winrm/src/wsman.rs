//! WS-Management: one SOAP envelope each way, faults told apart by their WSManFault code.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use lastmile_sdk::{Connection, Deployment, Failure, NetError, Part, Request, Response, document};
use roxmltree::{Document, Node};

const RESOURCE: &str = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/cmd";
const ANONYMOUS: &str = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous";
const NAMESPACES: &str = "xmlns:env=\"http://www.w3.org/2003/05/soap-envelope\" \
    xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" \
    xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\" \
    xmlns:p=\"http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd\" \
    xmlns:rsp=\"http://schemas.microsoft.com/wbem/wsman/1/windows/shell\"";

/// Nothing was said within the operation's time: ask again.
const OPERATION_TIMEOUT: &str = "2150858793";
/// `ERROR_ACCESS_DENIED`: known to the service, and not allowed.
const ACCESS_DENIED: &str = "5";

/// One request.
pub(crate) struct Message<'a> {
    pub(crate) action: &'a str,
    pub(crate) shell: Option<&'a str>,
    pub(crate) options: &'a [(&'a str, &'a str)],
    pub(crate) body: Vec<Part>,
}

/// Why a message has no answer.
pub(crate) enum Trouble {
    /// Nothing happened yet.
    Again,
    /// The line broke: whether the message arrived is unknown.
    Cut(String),
    /// The service, or the host's own door, said no.
    Refused(Failure),
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Again => Self::Unavailable(("the service said nothing in time".to_string(), None)),
            Trouble::Cut(text) => Self::Unavailable((text, None)),
            Trouble::Refused(failure) => failure,
        }
    }
}

/// The service behind one connection.
pub(crate) struct Service<C> {
    connection: C,
    to: String,
    seed: String,
    sent: u32,
}

impl<C: Connection> Service<C> {
    pub(crate) fn new(connection: C, endpoint: &str, deployment: &Deployment) -> Self {
        // A component has no random numbers; an identifier need only differ within one shell.
        let hex: String = deployment.certificate.fingerprint.chars().take(22).collect();
        let part = |from, to| hex.get(from..to).unwrap_or_default();
        let (low, middle, version) = (part(0, 8), part(8, 12), part(12, 15));
        let seed = format!("{low}-{middle}-4{version}-8{}-{}", part(15, 18), part(18, 22));
        Self { connection, to: format!("{endpoint}/wsman"), seed, sent: 0 }
    }

    /// The answer's envelope as text.
    pub(crate) fn call(&mut self, message: Message<'_>) -> Result<String, Trouble> {
        self.sent += 1;
        let id = format!("uuid:{}{:08x}", self.seed, self.sent);
        let name = message.action.rsplit('/').next().unwrap_or_default().to_string();
        let request = Request {
            method: "POST".to_string(),
            path: "/wsman".to_string(),
            headers: vec![(
                "content-type".to_string(),
                vec![document::text("application/soap+xml;charset=UTF-8")],
            )],
            body: self.envelope(&id, message),
            timeout_ms: None,
        };
        let response = self.connection.request(&request).map_err(|error| match error {
            NetError::Unreachable(text) => Trouble::Cut(format!("{name}: {text}")),
            error => Trouble::Refused(error.into()),
        })?;
        if response.status != 200 {
            return Err(refusal(&name, &response));
        }
        let text = String::from_utf8_lossy(&response.body).into_owned();
        if first(&text, "RelatesTo").as_deref() == Some(id.as_str()) {
            return Ok(text);
        }
        Err(Trouble::Refused(Failure::Rejected(format!("{name}: what came back is no answer to it"))))
    }

    fn envelope(&self, id: &str, message: Message<'_>) -> Vec<Part> {
        let must = "env:mustUnderstand=\"true\"";
        let locale = "env:mustUnderstand=\"false\" xml:lang=\"en-US\"";
        let (to, action) = (escape(&self.to), message.action);
        let mut head = format!(
            "<env:Envelope {NAMESPACES}><env:Header><a:To>{to}</a:To>\
             <a:ReplyTo><a:Address {must}>{ANONYMOUS}</a:Address></a:ReplyTo>\
             <w:MaxEnvelopeSize {must}>153600</w:MaxEnvelopeSize><a:MessageID>{id}</a:MessageID>\
             <w:Locale {locale}/><p:DataLocale {locale}/><w:OperationTimeout>PT20S</w:OperationTimeout>\
             <w:ResourceURI {must}>{RESOURCE}</w:ResourceURI><a:Action {must}>{action}</a:Action>"
        );
        if let Some(shell) = message.shell {
            let shell = escape(shell);
            head +=
                &format!("<w:SelectorSet><w:Selector Name=\"ShellId\">{shell}</w:Selector></w:SelectorSet>");
        }
        if !message.options.is_empty() {
            head += "<w:OptionSet>";
            for (name, value) in message.options {
                head += &format!("<w:Option Name=\"{name}\">{value}</w:Option>");
            }
            head += "</w:OptionSet>";
        }
        head += "</env:Header><env:Body>";
        let mut parts = vec![Part::Text(head)];
        parts.extend(message.body);
        parts.push(document::text("</env:Body></env:Envelope>"));
        parts
    }
}

fn refusal(name: &str, response: &Response) -> Trouble {
    let body = String::from_utf8_lossy(&response.body);
    let code = with(&body, |node| {
        node.attribute("Code").filter(|_| node.tag_name().name() == "WSManFault").map(ToString::to_string)
    });
    let code = code.unwrap_or_default();
    if code == OPERATION_TIMEOUT {
        return Trouble::Again;
    }
    let reason = with(&body, |node| {
        text_where(node, node.parent().is_some_and(|parent| parent.tag_name().name() == "Reason"))
    });
    let text = format!("{name}: {} {code}: {}", response.status, reason.unwrap_or_default());
    Trouble::Refused(match response.status {
        401 => Failure::Denied(format!("{name}: 401: the credentials, or Basic itself, are not let in")),
        403 => Failure::Denied(text),
        _ if code == ACCESS_DENIED => Failure::Denied(text),
        500.. => Failure::Unavailable((text, None)),
        _ => Failure::Rejected(text),
    })
}

/// The first thing that `wanted` finds in a node of the XML.
pub(crate) fn with(xml: &str, wanted: impl Fn(Node<'_, '_>) -> Option<String>) -> Option<String> {
    let document = Document::parse(xml).ok()?;
    document.descendants().find_map(wanted)
}

/// The text of the first element of this name.
pub(crate) fn first(xml: &str, name: &str) -> Option<String> {
    with(xml, |node| text_where(node, node.is_element() && node.tag_name().name() == name))
}

/// The node's text, where it is the one.
pub(crate) fn text_where(node: Node<'_, '_>, is_it: bool) -> Option<String> {
    node.text().filter(|_| is_it).map(ToString::to_string)
}

/// Text for XML character data or an attribute.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
