//! NITRO's answers, and its certkeys and files.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use lastmile_sdk::certificate::{der, ders};
use lastmile_sdk::http::escape::segment;
use lastmile_sdk::http::{Answer, Api, Attempt, Call, Content, Judged, Node, Verdict, object};
use lastmile_sdk::{Connection, Failure};
use serde::{Deserialize, Serialize};

pub(crate) const CERTKEY: &str = "/nitro/v1/config/sslcertkey";
const FILE: &str = "/nitro/v1/config/systemfile";
/// Where files are that are named without a directory.
const ROOM: &str = "/nsconfig/ssl";

/// What says more than the status; any other code is a refusal.
const CODES: &[(&[u32], Verdict)] = &[
    (&[258, 1540, 1542, 1545], Verdict::NotFound),
    (&[273, 1642], Verdict::Conflict),
    (&[272, 291, 292, 293, 338, 366, 412, 446, 1461], Verdict::Busy),
    (&[316], Verdict::Uncertain),
    // No session is free; a secondary, which may be the primary by the next attempt.
    (&[445, 368, 1028], Verdict::Unavailable),
    (&[352, 444, 471, 1026, 1027], Verdict::SessionExpired),
    (&[354, 355, 371, 1025, 1045, 1046, 2138], Verdict::Denied),
    (&[3585], Verdict::Misconfigured("other-domain")),
    // Nothing to save.
    (&[1133], Verdict::Ok),
    (PEER, Verdict::Ok),
];
/// It was done here, and the peer did not hear of it.
const PEER: &[u32] = &[347, 349, 457, 458, 1450];

#[derive(Deserialize, Default)]
#[serde(default)]
struct Said {
    errorcode: u32,
    message: String,
}

pub(crate) fn judge(answer: &Answer) -> Judged {
    let status = answer.status();
    let said = match answer.json::<Said>() {
        Ok(said) => said,
        // Some releases answer a change with nothing. Half of a login's answer is not repeated: it tells the session.
        Err(_) if status < 300 && !answer.text().is_empty() => {
            return Verdict::Uncertain.because("half an answer");
        }
        Err(_) => return answer.by_status().into(),
    };
    let code = said.errorcode;
    let known = CODES.iter().find(|(codes, _)| codes.contains(&code)).map(|(_, verdict)| *verdict);
    let verdict = known.unwrap_or_else(|| match status {
        // A success with a warning, such as links that broke: they are looked at anyway.
        209 => Verdict::Ok,
        200..=299 | 599 if code != 0 => Verdict::Rejected,
        _ => answer.by_status(),
    });
    verdict.because(&format!("error {code}: {}", said.message))
}

/// Whether an answer says that the secondary did not follow.
pub(crate) fn peer_missed(answer: &Answer) -> bool {
    answer.json::<Said>().is_ok_and(|said| PEER.contains(&said.errorcode))
}

/// A certkey as the device shows it. There is no fingerprint; its file tells.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct CertKey {
    pub(crate) cert: String,
    pub(crate) key: String,
    /// `PEM`, `DER` or `PFX`.
    pub(crate) inform: String,
    /// The certkey of its issuer, which is served behind it.
    #[serde(rename = "linkcertkeyname")]
    pub(crate) link: String,
}

#[derive(Deserialize)]
struct CertKeys {
    #[serde(default)]
    sslcertkey: Vec<CertKey>,
}

#[derive(Deserialize)]
struct Files {
    #[serde(default)]
    systemfile: Vec<File>,
}

#[derive(Deserialize)]
struct File {
    filecontent: String,
}

/// The certkey of this name, if there is one.
pub(crate) fn certkey<C: Connection>(api: &mut Api<C>, name: &str) -> Result<Option<CertKey>, Failure> {
    match api.find(Call::get(format!("{CERTKEY}/{}", segment(name))))? {
        Some(answer) => Ok(answer.json::<CertKeys>()?.sslcertkey.pop()),
        None => Ok(None),
    }
}

/// What is done to a certkey besides reading: `?action=link` and the like; `add` is none.
pub(crate) fn change(action: &str, members: Node) -> Call {
    let query = if action == "add" { String::new() } else { format!("?action={action}") };
    let call = Call::post(format!("{CERTKEY}{query}")).json(object! { "sslcertkey": members });
    call.changes(&format!("{action} a certkey"))
}

/// Whether the file that a certkey was loaded from holds this certificate. Never asked of a key's file: it would be answered.
pub(crate) fn holds<C: Connection>(api: &mut Api<C>, certkey: &CertKey, pem: &str) -> Result<bool, Failure> {
    let Some(answer) = api.find(file("GET", &certkey.cert))? else { return Ok(false) };
    let shown = answer.json::<Files>()?.systemfile.pop();
    let content = shown.and_then(|file| der(&file.filecontent)).unwrap_or_default();
    // A file without PEM is DER.
    let theirs = ders(&String::from_utf8_lossy(&content)).into_iter().next().unwrap_or(content);
    Ok(ders(pem).first() == Some(&theirs))
}

/// Puts a file on the disk. One of this name is what an earlier attempt left, and nothing uses it.
pub(crate) fn upload<C: Connection>(api: &mut Api<C>, name: &str, content: Content) -> Result<(), Failure> {
    let file = object! {
        "filename": name,
        "filelocation": ROOM,
        "filecontent": Node::base64(content),
        "fileencoding": "BASE64",
    };
    // A secondary takes it as well, and says so only to whom asks for warnings.
    let call = Call::post(FILE).query("warning", "yes").json(object! { "systemfile": file });
    let call = call.changes("upload a file");
    if !matches!(api.attempt(call.clone())?, Attempt::Done(_)) {
        remove(api, name)?;
        api.call(call)?;
    }
    Ok(())
}

/// Removes a file; one that is not there does no harm.
pub(crate) fn remove<C: Connection>(api: &mut Api<C>, name: &str) -> Result<(), Failure> {
    api.find(file("DELETE", name)).map(drop)
}

fn file(method: &str, path: &str) -> Call {
    let (location, name) = path.rsplit_once('/').unwrap_or((ROOM, path));
    let within =
        if location.starts_with('/') { String::from(location) } else { format!("{ROOM}/{location}") };
    Call::new(method, format!("{FILE}/{}?args=filelocation:{}", segment(name), segment(&within)))
}
