//! Google Cloud Certificate Manager (API v1): one certificate, created once and patched from then on, so that whatever is bound to
//! it stays bound.
//!
//! Every change is an operation that may fail behind its 200, and makes one more even for the same content, so what is there is
//! compared first.
#![no_std]

extern crate alloc;

mod config;
mod operation;
#[cfg(test)]
mod tests;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use lastmile_sdk::certificate::same_leaf;
use lastmile_sdk::document::full_chain;
use lastmile_sdk::failure::misconfigured;
use lastmile_sdk::http::{Answer, Api, Attempt, Call, Judged, Target, Value, key, object};
use lastmile_sdk::{Certificate, Connection, Deployment, Failure, Problem, Receipt};
use serde::Deserialize;

pub use crate::config::GcpCertificateManager;

/// A certificate as the service shows it, without its key.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Held {
    name: String,
    #[serde(default)]
    pem_certificate: String,
    scope: Option<String>,
    managed: Option<Value>,
}

impl Target for GcpCertificateManager {
    const NAME: &'static str = "gcp-certificate-manager";

    fn parse(config: &str) -> Result<Self, Vec<Problem>> {
        Self::read(config)
    }

    fn endpoint(&self) -> &str {
        &self.endpoint
    }

    fn judge(answer: &Answer) -> Judged {
        operation::judge(answer)
    }

    fn bring<C: Connection>(&self, api: &mut Api<C>, deployment: &Deployment) -> Result<Receipt, Failure> {
        let certificate = &deployment.certificate;
        let held = self.held(api)?;
        if self.is_there(held.as_ref(), certificate) {
            return Ok(api.receipt(&self.name(), "it is there already"));
        }
        let note = match &held {
            Some(held) => {
                self.check(held)?;
                "updated"
            }
            None => "created",
        };
        let look = |api: &mut Api<C>| {
            let held = self.held(api)?;
            Ok(self.is_there(held.as_ref(), certificate).then_some(()))
        };
        match self.change(api, certificate, held.is_some()) {
            Ok(()) => api.read_back(look)?,
            // It may be on its way still.
            Err(Failure::Uncertain(text)) => api.read_back(look).map_err(|failure| match failure {
                Failure::Rejected(_) => Failure::Unavailable((format!("{text}; it is not there"), None)),
                _ => Failure::Uncertain(text),
            })?,
            Err(failure) => return Err(failure),
        }
        Ok(api.receipt(&self.name(), note))
    }

    /// The service tells no fingerprint: this certificate's, or that it is another one.
    fn served<C: Connection>(
        &self,
        api: &mut Api<C>,
        deployment: &Deployment,
    ) -> Result<Option<String>, Failure> {
        let held = self.held(api)?;
        let there = self.is_there(held.as_ref(), &deployment.certificate);
        Ok(there.then(|| deployment.certificate.fingerprint.clone()))
    }
}

impl GcpCertificateManager {
    fn held<C: Connection>(&self, api: &mut Api<C>) -> Result<Option<Held>, Failure> {
        let Some(answer) = api.find(Call::get(format!("/v1/{}", self.name())))? else { return Ok(None) };
        let held: Held = answer.json()?;
        // A project by its number is shown by its id.
        let own = held.name.ends_with(&format!("/certificates/{}", self.certificate));
        if own { Ok(Some(held)) } else { Err(answer.lacks("the certificate")) }
    }

    fn is_there(&self, held: Option<&Held>, certificate: &Certificate) -> bool {
        held.is_some_and(|held| held.managed.is_none() && same_leaf(&held.pem_certificate, certificate))
    }

    /// What no update can change.
    fn check(&self, held: &Held) -> Result<(), Failure> {
        if held.managed.is_some() {
            let text = "this certificate is one that Google itself renews; write the id of another one";
            return Err(misconfigured("certificate", text));
        }
        match (&self.scope, &held.scope) {
            (Some(ours), Some(theirs)) if ours != theirs => {
                let text = format!(
                    "the certificate was created with {theirs}, and that stays; write that, or another id"
                );
                Err(misconfigured("scope", &text))
            }
            _ => Ok(()),
        }
    }

    fn change<C: Connection>(
        &self,
        api: &mut Api<C>,
        certificate: &Certificate,
        exists: bool,
    ) -> Result<(), Failure> {
        let pair = object! { "pemCertificate": full_chain(certificate), "pemPrivateKey": key() };
        let mut body = object! { "selfManaged": pair };
        let call = if exists {
            Call::patch(format!("/v1/{}", self.name())).query("updateMask", "self_managed").changes("update")
        } else {
            body = body.with("scope", self.scope.as_deref().unwrap_or("DEFAULT"));
            let call = Call::post(format!("/v1/{}/certificates", self.parent));
            call.query("certificateId", &self.certificate).changes("create")
        };
        match api.attempt(call.json(body))? {
            Attempt::Done(answer) => operation::finish(api, &answer),
            Attempt::NotFound(answer) => Err(Failure::Rejected(answer.complaint())),
            // Somebody has created it meanwhile: the next attempt compares.
            Attempt::Conflict(answer) => Err(Failure::Unavailable((answer.complaint(), None))),
        }
    }
}

lastmile_sdk::http_connector!(GcpCertificateManager);
