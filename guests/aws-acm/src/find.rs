//! What ACM holds for this target.

use alloc::string::String;
use alloc::vec::Vec;

use lastmile_sdk::certificate::same_leaf;
use lastmile_sdk::http::{Api, object};
use lastmile_sdk::{Connection, Deployment, Failure};
use serde::Deserialize;

use crate::api::operation;
use crate::config::{AwsAcm, OWN_TAG};

/// Without these ListCertificates leaves out all but RSA 2048.
const KEY_TYPES: [&str; 7] =
    ["RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"];

pub(crate) enum Found {
    /// This very certificate.
    Same(String),
    /// The one that it replaces.
    Older(String),
    None,
}

#[derive(Deserialize)]
struct List {
    #[serde(rename = "CertificateSummaryList", default)]
    summaries: Vec<Summary>,
    #[serde(rename = "NextToken")]
    next: Option<String>,
}

#[derive(Deserialize)]
struct Summary {
    #[serde(rename = "CertificateArn")]
    arn: String,
    #[serde(rename = "DomainName")]
    domain: Option<String>,
    #[serde(rename = "Type")]
    kind: Option<String>,
    #[serde(rename = "SubjectAlternativeNameSummaries", default)]
    names: Vec<String>,
    /// The summaries end at a hundred names; ours may be behind them.
    #[serde(rename = "HasAdditionalSubjectAlternativeNames", default)]
    has_more_names: bool,
}

impl Summary {
    /// Whether it may be one that was imported for one of these names.
    fn may_be(&self, names: &[String]) -> bool {
        // Without summaries (emulators send none) only the certificate itself can tell.
        let unknown = self.has_more_names || self.names.is_empty();
        let mut held = self.domain.iter().chain(&self.names);
        self.kind.as_deref().is_none_or(|kind| kind == "IMPORTED")
            && (unknown || held.any(|name| names.contains(name)))
    }
}

#[derive(Deserialize)]
struct Held {
    #[serde(rename = "Certificate")]
    certificate: String,
}

#[derive(Deserialize)]
struct Tags {
    #[serde(rename = "Tags", default)]
    tags: Vec<Tag>,
}

#[derive(Deserialize)]
struct Tag {
    #[serde(rename = "Key")]
    key: String,
    #[serde(rename = "Value")]
    value: Option<String>,
}

pub(crate) fn find<C: Connection>(
    api: &mut Api<C>,
    config: &AwsAcm,
    deployment: &Deployment,
) -> Result<Found, Failure> {
    if let Some(arn) = &config.arn {
        let same = holds(api, arn, deployment)?;
        return Ok(if same { Found::Same(arn.clone()) } else { Found::Older(arn.clone()) });
    }
    // A copy that somebody else imported is no reason to leave ours old: load balancers have ours.
    let (mut older, mut foreign) = (None, None);
    for arn in candidates(api, deployment)? {
        match (holds(api, &arn, deployment)?, is_ours(api, &arn, &deployment.target)?) {
            (true, true) => return Ok(Found::Same(arn)),
            (false, true) => older = older.or(Some(arn)),
            (true, false) => foreign = foreign.or(Some(arn)),
            (false, false) => {}
        }
    }
    Ok(older.map(Found::Older).or(foreign.map(Found::Same)).unwrap_or(Found::None))
}

/// The imported certificates that may share a name with ours.
fn candidates<C: Connection>(api: &mut Api<C>, deployment: &Deployment) -> Result<Vec<String>, Failure> {
    let names = &deployment.certificate.names;
    api.pages(|api, token| {
        let mut body = object! { "Includes": object! { "keyTypes": KEY_TYPES.to_vec() } };
        if let Some(token) = token {
            body = body.with("NextToken", token);
        }
        let list: List = api.call(operation("ListCertificates", body))?.json()?;
        let ours = list.summaries.into_iter().filter(|summary| summary.may_be(names));
        Ok((ours.map(|summary| summary.arn).collect(), list.next))
    })
}

/// Whether ACM's leaf is ours, byte for byte. What it appends to the chain does not matter.
pub(crate) fn holds<C: Connection>(
    api: &mut Api<C>,
    arn: &str,
    deployment: &Deployment,
) -> Result<bool, Failure> {
    let held: Held = api.call(operation("GetCertificate", object! { "CertificateArn": arn }))?.json()?;
    Ok(same_leaf(&held.certificate, &deployment.certificate))
}

fn is_ours<C: Connection>(api: &mut Api<C>, arn: &str, target: &str) -> Result<bool, Failure> {
    let tags: Tags =
        api.call(operation("ListTagsForCertificate", object! { "CertificateArn": arn }))?.json()?;
    Ok(tags.tags.iter().any(|tag| tag.key == OWN_TAG && tag.value.as_deref() == Some(target)))
}
