//! What one version of the certificate is on the device: objects whose names tell it, made of uploads.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use lastmile_sdk::certificate::{Versions, same_fingerprint};
use lastmile_sdk::http::{Api, Call, Content, key, object};
use lastmile_sdk::{Certificate, Connection, Failure};
use serde::Deserialize;

use crate::config::{F5, in_url};

const CERT: &str = "/mgmt/tm/sys/file/ssl-cert";
const KEY: &str = "/mgmt/tm/sys/file/ssl-key";
pub(crate) const DOWNLOADS: &str = "/var/config/rest/downloads";

/// One object, and the upload of the same name.
pub(crate) struct File {
    /// The member of the profile's element that names it.
    pub(crate) member: &'static str,
    collection: &'static str,
    name: String,
    partition: String,
    content: Content,
}

/// A certificate object as the device shows it.
#[derive(Deserialize)]
pub(crate) struct Shown {
    /// `SHA256/AA:BB:…`; older releases have none.
    #[serde(default)]
    pub(crate) fingerprint: Option<String>,
    /// `SHA1:size:…` of the file.
    #[serde(default)]
    checksum: String,
    /// `rsa-public`, `ec-public`.
    #[serde(default, rename = "keyType")]
    pub(crate) key_type: String,
}

/// Certificate, key, and the chain where there is one.
pub(crate) fn of(target: &F5, certificate: &Certificate) -> Vec<File> {
    let version = Versions::new(&target.name, 120).name(certificate);
    let file = |member, collection, end: &str, content| File {
        member,
        collection,
        name: format!("{version}{end}"),
        partition: target.partition().into(),
        content,
    };
    let leaf = file("cert", CERT, ".crt", Content::from(&certificate.leaf_pem));
    let chain = file("chain", CERT, "-chain.crt", Content::from(&certificate.chain_pem));
    let mut files = Vec::from([leaf, file("key", KEY, ".key", key().into())]);
    files.extend((!certificate.chain_pem.is_empty()).then_some(chain));
    files
}

impl File {
    /// As profiles name it.
    pub(crate) fn path(&self) -> String {
        format!("/{}/{}", self.partition, self.name)
    }

    pub(crate) fn url(&self) -> String {
        format!("{}{}", self.collection, in_url(&self.path()))
    }

    /// Puts it on the device's disk, where it lies until it is removed.
    pub(crate) fn upload<C: Connection>(&self, api: &mut Api<C>) -> Result<(), Failure> {
        let call = Call::post(format!("/mgmt/shared/file-transfer/uploads/{}", self.name));
        let call = call.body("application/octet-stream", self.content.clone()).whole_range("");
        api.call(call.changes("upload a file")).map(drop)
    }

    /// The call that makes an object of the upload, or fills the one that an earlier attempt left.
    pub(crate) fn install<C: Connection>(&self, api: &mut Api<C>) -> Result<Call, Failure> {
        let source = format!("file:{DOWNLOADS}/{}", self.name);
        if api.find(Call::get(self.url()))?.is_some() {
            return Ok(Call::patch(self.url()).json(object! { "sourcePath": source }));
        }
        let body = object! { "name": &self.name, "partition": &self.partition, "sourcePath": source };
        Ok(Call::post(self.collection).json(body).changes("install a file"))
    }

    /// Removes the upload; one that is not there does no harm.
    pub(crate) fn tidy<C: Connection>(&self, api: &mut Api<C>) -> Result<(), Failure> {
        let body = object! { "command": "run", "utilCmdArgs": format!("{DOWNLOADS}/{}", self.name) };
        api.insist(Call::post("/mgmt/tm/util/unix-rm").json(body).changes("remove an upload")).map(drop)
    }
}

/// The certificate object of this full path, if there is one.
pub(crate) fn shown<C: Connection>(api: &mut Api<C>, path: &str) -> Result<Option<Shown>, Failure> {
    api.find(Call::get(format!("{CERT}{}", in_url(path))))?.map(|answer| answer.json()).transpose()
}

/// Whether the objects hold this certificate and chain. A key shows nothing of itself, but no device binds one to another's
/// certificate.
pub(crate) fn held<C: Connection>(
    api: &mut Api<C>,
    files: &[File],
    certificate: &Certificate,
) -> Result<bool, Failure> {
    for file in files.iter().filter(|file| file.collection == CERT) {
        let Some(shown) = shown(api, &file.path())? else { return Ok(false) };
        let pem = if file.member == "cert" { &certificate.leaf_pem } else { &certificate.chain_pem };
        let same = match shown.fingerprint.filter(|_| file.member == "cert") {
            Some(fingerprint) => same_fingerprint(&fingerprint, certificate),
            None => shown.checksum.split(':').nth(1).is_some_and(|size| size.parse() == Ok(pem.len())),
        };
        if !same {
            return Ok(false);
        }
    }
    Ok(true)
}
