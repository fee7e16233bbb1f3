//! What stands in a transcript for what belongs to one certificate.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use time::OffsetDateTime;

use crate::sandbox::GuestDeployment;

/// The text with its placeholders filled in.
pub(in crate::conformance) fn filled(text: &str, deployment: &GuestDeployment) -> String {
    let fill = |text: String, (name, value): (&str, String)| text.replace(name, &value);
    placeholders(deployment)
        .into_iter()
        .chain([("${target}", deployment.target.clone())])
        .fold(text.to_owned(), fill)
}

/// The reverse, for what was recorded.
pub(in crate::conformance) fn generalised(text: &str, deployment: &GuestDeployment) -> String {
    let fill = |text: String, (name, value): (&str, String)| {
        if value.is_empty() { text } else { text.replace(&value, name) }
    };
    placeholders(deployment).into_iter().fold(text.to_owned(), fill)
}

/// What stands for what of the certificate, the longer texts first.
fn placeholders(deployment: &GuestDeployment) -> [(&'static str, String); 8] {
    let base64 = |text: &str| STANDARD.encode(text);
    let der: String = deployment.leaf_pem.lines().filter(|line| !line.starts_with('-')).collect();
    [
        ("${leaf-base64}", base64(&deployment.leaf_pem)),
        ("${chain-base64}", base64(&deployment.chain_pem)),
        ("${leaf-der}", der),
        ("${leaf}", deployment.leaf_pem.clone()),
        ("${chain}", deployment.chain_pem.clone()),
        ("${fingerprint}", deployment.fingerprint.clone()),
        ("${fingerprint-colons}", with_colons(&deployment.fingerprint)),
        ("${version}", version(deployment)),
    ]
}

/// As `openssl x509 -fingerprint` prints it.
fn with_colons(fingerprint: &str) -> String {
    let upper = fingerprint.to_uppercase();
    upper.as_bytes().chunks(2).map(String::from_utf8_lossy).collect::<Vec<_>>().join(":")
}

/// What the SDK's `Versions` puts behind a name: the day from which the certificate is valid, and eight digits of its fingerprint.
fn version(deployment: &GuestDeployment) -> String {
    let day =
        i64::try_from(deployment.not_before).ok().and_then(|at| OffsetDateTime::from_unix_timestamp(at).ok());
    let day = day.unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let digits = deployment.fingerprint.get(..8).unwrap_or(&deployment.fingerprint);
    format!("{:04}{:02}{:02}-{digits}", day.year(), u8::from(day.month()), day.day())
}
