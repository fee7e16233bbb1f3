//! Azure Key Vault certificates (API version 7.4): one name, a new version for each certificate.
//!
//! Every import makes a version, also of what is there already, so the newest one is compared first. What a new version would lose
//! (tags, a key that may not be exported) is taken over from the one before. Nobody's secret is read.
#![no_std]

extern crate alloc;

mod config;
#[cfg(test)]
mod tests;
mod version;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use lastmile_sdk::certificate::{KeyKind, key_kind};
use lastmile_sdk::document::full_chain;
use lastmile_sdk::http::{Answer, Api, Attempt, Call, Content, Judged, Node, Target, key, object};
use lastmile_sdk::{
    Certificate, Connection, Deployment, Failure, Keystore, Passphrase, Problem, Receipt, Secret,
};

pub use crate::config::AzureKeyVault;
use crate::config::Format;
use crate::version::{Version, imported};

const API: &str = "api-version";
/// Under which a PFX travels: the host makes one up for each deployment, and the vault forgets it.
const PASSWORD: &str = "transport";
/// Looks for the end of a recovery, a second apart.
const LOOKS: u32 = 30;

impl Target for AzureKeyVault {
    const NAME: &'static str = "azure-key-vault";

    fn parse(config: &str) -> Result<Self, Vec<Problem>> {
        Self::read(config)
    }

    fn endpoint(&self) -> &str {
        &self.endpoint
    }

    fn judge(answer: &Answer) -> Judged {
        version::judge(answer)
    }

    fn bring<C: Connection>(&self, api: &mut Api<C>, deployment: &Deployment) -> Result<Receipt, Failure> {
        let certificate = &deployment.certificate;
        check(certificate)?;
        let newest = self.newest(api)?;
        if let Some(held) = newest.as_ref().filter(|newest| newest.serves(certificate, self.format)) {
            return Ok(api.receipt(&held.id, "the vault holds it already"));
        }
        let look =
            |api: &mut Api<C>| Ok(self.newest(api)?.filter(|newest| newest.serves(certificate, self.format)));
        let held = match self.import(api, certificate, newest) {
            Ok(()) => api.read_back(look).map_err(another),
            Err(failure) => api.settle(failure, look),
        }?;
        Ok(api.receipt(&held.id, "imported as a new version"))
    }

    /// The vault tells no SHA-256: this certificate's, or that it is another one.
    fn served<C: Connection>(
        &self,
        api: &mut Api<C>,
        deployment: &Deployment,
    ) -> Result<Option<String>, Failure> {
        let newest = self.newest(api)?.filter(|newest| newest.serves(&deployment.certificate, self.format));
        Ok(newest.map(|_| deployment.certificate.fingerprint.clone()))
    }
}

impl AzureKeyVault {
    fn newest<C: Connection>(&self, api: &mut Api<C>) -> Result<Option<Version>, Failure> {
        let call = Call::get(format!("/certificates/{}", self.certificate));
        api.find(call.query(API, "7.4"))?.map(|answer| answer.json()).transpose()
    }

    fn import<C: Connection>(
        &self,
        api: &mut Api<C>,
        certificate: &Certificate,
        newest: Option<Version>,
    ) -> Result<(), Failure> {
        match api.attempt(self.call(certificate, newest.as_ref()))? {
            Attempt::Done(answer) => imported(&answer, certificate),
            Attempt::NotFound(answer) => Err(Failure::Rejected(answer.complaint())),
            Attempt::Conflict(answer) if !self.recover => Err(self.deleted(&answer)),
            Attempt::Conflict(_) => {
                let recovered = self.recovered(api)?;
                if recovered.serves(certificate, self.format) {
                    return Ok(());
                }
                match api.attempt(self.call(certificate, Some(&recovered)))? {
                    Attempt::Done(answer) => imported(&answer, certificate),
                    // The recovery goes on behind what the vault shows.
                    Attempt::Conflict(answer) => Err(Failure::Unavailable((answer.complaint(), None))),
                    Attempt::NotFound(answer) => Err(Failure::Rejected(answer.complaint())),
                }
            }
        }
    }

    fn call(&self, certificate: &Certificate, newest: Option<&Version>) -> Call {
        let store = Keystore {
            alias: self.certificate.clone(),
            password: Passphrase::Ephemeral(PASSWORD.to_string()),
        };
        let value: Content = match self.format {
            Format::Pfx => Secret::Pkcs12(store).into(),
            Format::PfxLegacy => Secret::Pkcs12Legacy(store).into(),
            Format::Pem => Content::from(full_chain(certificate)).then(key()),
        };
        let secret = object! { "contentType": self.format.content_type() };
        let mut policy = object! { "secret_props": secret, "issuer": object! { "name": "Unknown" } };
        if newest.is_some_and(Version::is_sealed) {
            policy = policy.with("key_props", object! { "exportable": false });
        }
        let mut body = object! { "value": Node::base64(value), "policy": policy };
        if self.format != Format::Pem {
            body = body.with("pwd", Secret::Ephemeral(PASSWORD.to_string()));
        }
        if let Some(newest) = newest.filter(|newest| newest.tags.is_object()) {
            body = body.with("tags", newest.tags.clone());
        }
        let call = Call::post(format!("/certificates/{}/import", self.certificate)).json(body);
        call.query(API, "7.4").changes("import")
    }

    /// Brings a soft-deleted certificate back, with all of its versions. Who has begun that already is as welcome.
    fn recovered<C: Connection>(&self, api: &mut Api<C>) -> Result<Version, Failure> {
        let call = Call::post(format!("/deletedcertificates/{}/recover", self.certificate));
        api.attempt(call.query(API, "7.4").changes("recover"))?;
        api.poll("the recovery", 1000, LOOKS, |api| self.newest(api))
    }

    fn deleted(&self, answer: &Answer) -> Failure {
        if !answer.text().contains("ObjectIsDeletedButRecoverable") {
            // It is being deleted or recovered.
            return Failure::Unavailable((answer.complaint(), None));
        }
        let host = self.endpoint.trim_start_matches("https://").split(['.', ':']).next().unwrap_or_default();
        let whose = format!("--vault-name {host} --name {}", self.certificate);
        Failure::Rejected(format!(
            "the name is that of a deleted certificate: write recover = true, or run `az keyvault certificate recover \
             {whose}`, or `az keyvault certificate purge {whose}` to be rid of it for ever; {}",
            answer.complaint()
        ))
    }
}

/// Before anything is sent: the vault's own words about other keys are of sizes.
fn check(certificate: &Certificate) -> Result<(), Failure> {
    match key_kind(&certificate.leaf_pem) {
        Some(KeyKind::Rsa(2048 | 3072 | 4096) | KeyKind::P256 | KeyKind::P384 | KeyKind::P521) => Ok(()),
        _ => Err(Failure::Rejected("it takes RSA 2048, 3072 and 4096, P-256, P-384 and P-521".to_string())),
    }
}

/// The vault took it and shows something else: for the next attempt, which begins by looking.
fn another(failure: Failure) -> Failure {
    match failure {
        Failure::Rejected(_) => Failure::Unavailable(("another version came in between".to_string(), None)),
        other => other,
    }
}

lastmile_sdk::http_connector!(AzureKeyVault);
