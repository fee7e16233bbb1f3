//! What a version of the certificate is on the device: a certificate, a key and a chain, and the uploads they are made of.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use lastmile_sdk::certificate::{self, Versions};
use lastmile_sdk::http::{Api, Call, Content, key, object};
use lastmile_sdk::{Certificate, Connection, Failure};
use serde::{Deserialize, Serialize};

use crate::config::{Config, in_url};

const CERT: &str = "/mgmt/tm/sys/file/ssl-cert";
const KEY: &str = "/mgmt/tm/sys/file/ssl-key";
const UPLOADS: &str = "/mgmt/shared/file-transfer/uploads";
pub(crate) const DOWNLOADS: &str = "/var/config/rest/downloads";

/// The names of one version, which tell its certificate.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Objects {
    partition: String,
    name: String,
    chained: bool,
}

/// One file object as the device shows it.
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

impl Objects {
    pub(crate) fn of(config: &Config, certificate: &Certificate) -> Self {
        Self {
            partition: config.partition().into(),
            name: Versions::new(&config.name, 120).name(certificate),
            chained: !certificate.chain_pem.is_empty(),
        }
    }

    pub(crate) fn cert(&self) -> String {
        format!("/{}/{}.crt", self.partition, self.name)
    }

    pub(crate) fn key(&self) -> String {
        format!("/{}/{}.key", self.partition, self.name)
    }

    pub(crate) fn chain(&self) -> String {
        if self.chained { format!("/{}/{}-chain.crt", self.partition, self.name) } else { "none".into() }
    }

    /// Each file: its collection and its name.
    fn files(&self) -> Vec<(&'static str, String)> {
        let mut files =
            Vec::from([(CERT, format!("{}.crt", self.name)), (KEY, format!("{}.key", self.name))]);
        if self.chained {
            files.push((CERT, format!("{}-chain.crt", self.name)));
        }
        files
    }

    /// The URLs of those that are there already.
    pub(crate) fn present<C: Connection>(&self, api: &mut Api<C>) -> Result<Vec<String>, Failure> {
        let mut present = Vec::new();
        for url in self.urls() {
            if api.find(Call::get(&url))?.is_some() {
                present.push(url);
            }
        }
        Ok(present)
    }

    pub(crate) fn urls(&self) -> Vec<String> {
        let url = |(collection, file): (&str, String)| format!("{collection}/~{}~{file}", self.partition);
        self.files().into_iter().map(url).collect()
    }

    /// Whether the device holds this certificate and this chain under these names. A key never shows itself; it belongs to its
    /// certificate, or the device would have refused both.
    pub(crate) fn held<C: Connection>(
        &self,
        api: &mut Api<C>,
        certificate: &Certificate,
    ) -> Result<bool, Failure> {
        let Some(leaf) = shown(api, &self.cert())? else { return Ok(false) };
        let same = match &leaf.fingerprint {
            Some(fingerprint) => certificate::same_fingerprint(fingerprint, certificate),
            None => leaf.has_size(&certificate.leaf_pem),
        };
        if !self.chained || !same {
            return Ok(same);
        }
        Ok(shown(api, &self.chain())?.is_some_and(|chain| chain.has_size(&certificate.chain_pem)))
    }

    /// Uploads the three files. They lie on the device's disk until they are removed.
    pub(crate) fn upload<C: Connection>(
        &self,
        api: &mut Api<C>,
        certificate: &Certificate,
    ) -> Result<(), Failure> {
        let contents = [
            Content::from(&certificate.leaf_pem),
            Content::from(key()),
            Content::from(&certificate.chain_pem),
        ];
        for ((_, file), content) in self.files().into_iter().zip(contents) {
            let upload = Call::post(format!("{UPLOADS}/{file}")).body("application/octet-stream", content);
            api.call(upload.whole_range("").changes("upload a file"))?;
        }
        Ok(())
    }

    /// The calls that make objects of the uploads, in place of those that are there.
    pub(crate) fn install(&self, present: &[String]) -> Vec<Call> {
        let call = |((collection, file), url): ((&str, String), String)| {
            let source = format!("file:{DOWNLOADS}/{file}");
            if present.contains(&url) {
                return Call::patch(&url).json(object! { "sourcePath": source });
            }
            let body = object! { "name": file, "partition": &self.partition, "sourcePath": source };
            Call::post(collection).json(body).changes("install a file")
        };
        self.files().into_iter().zip(self.urls()).map(call).collect()
    }

    /// Removes the uploads, the key among them; removing what is not there does no harm.
    pub(crate) fn tidy<C: Connection>(&self, api: &mut Api<C>) -> Result<(), Failure> {
        for (_, file) in self.files() {
            let body = object! { "command": "run", "utilCmdArgs": format!("{DOWNLOADS}/{file}") };
            api.insist(Call::post("/mgmt/tm/util/unix-rm").json(body).changes("remove an upload"))?;
        }
        Ok(())
    }
}

impl Shown {
    fn has_size(&self, pem: &str) -> bool {
        self.checksum.split(':').nth(1).is_some_and(|size| size.parse() == Ok(pem.len()))
    }
}

/// A certificate object by its full path, if there is one.
pub(crate) fn shown<C: Connection>(api: &mut Api<C>, path: &str) -> Result<Option<Shown>, Failure> {
    api.find(Call::get(format!("{CERT}{}", in_url(path))))?.map(|answer| answer.json()).transpose()
}
