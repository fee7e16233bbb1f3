//! What the host adds to a request on the operator's word: credentials that the guest never sees.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName};
use zeroize::Zeroizing;

use super::http::header_value;
use super::{Auth, NetError};
use crate::capability::vault::Vault;

/// Adds the target's authentication, last of all: a signature covers the request as it is sent.
pub(super) fn add(
    auth: &Auth,
    vault: &Vault,
    method: &str,
    url: &str,
    headers: &mut HeaderMap,
    body: &[u8],
) -> Result<(), NetError> {
    let value = match auth {
        Auth::None => return Ok(()),
        Auth::Basic { username, password } => {
            let pair = Zeroizing::new(format!("{username}:{}", *secret(vault, password)?));
            Zeroizing::new(format!("Basic {}", STANDARD.encode(pair.as_bytes())))
        }
        Auth::Bearer { token } => Zeroizing::new(format!("Bearer {}", *secret(vault, token)?)),
        Auth::Header { name, value } => {
            let name = HeaderName::from_bytes(name.as_bytes())
                .map_err(|_| NetError::Invalid(format!("auth: {name:?} is no header's name")))?;
            let value = header_value(&name, &secret(vault, value)?)?;
            headers.insert(name, value);
            return Ok(());
        }
        Auth::AwsSigv4 { region, service, access_key_id, secret_access_key, session_token } => {
            let token = session_token.as_ref().map(|name| secret(vault, name)).transpose()?;
            let credentials = Credentials::new(
                secret(vault, access_key_id)?.as_str(),
                secret(vault, secret_access_key)?.as_str(),
                token.map(|token| token.to_string()),
                None,
                "lastmile",
            );
            let scope = Scope { region, service, now: SystemTime::now() };
            return sigv4(&credentials, &scope, method, url, headers, body);
        }
    };
    let value = header_value(&AUTHORIZATION, &value)?;
    headers.insert(AUTHORIZATION, value);
    Ok(())
}

fn secret(vault: &Vault, name: &str) -> Result<Zeroizing<String>, NetError> {
    let secret = vault.named(name).ok_or_else(|| {
        NetError::Invalid(format!("auth: the target has no secret `{name}`: add it to its `secrets`"))
    })?;
    String::from_utf8(secret.expose().to_vec())
        .map(Zeroizing::new)
        .map_err(|_| NetError::Invalid(format!("auth: the secret `{name}` is not UTF-8")))
}

struct Scope<'a> {
    region: &'a str,
    service: &'a str,
    now: SystemTime,
}

fn sigv4(
    credentials: &Credentials,
    scope: &Scope<'_>,
    method: &str,
    url: &str,
    headers: &mut HeaderMap,
    body: &[u8],
) -> Result<(), NetError> {
    let fault = |error: &dyn std::fmt::Display| NetError::Invalid(format!("the AWS signature: {error}"));
    let identity = credentials.clone().into();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(scope.region)
        .name(scope.service)
        .time(scope.now)
        .settings(SigningSettings::default())
        .build()
        .map_err(|error| fault(&error))?
        .into();
    let known: Vec<(String, String)> = headers
        .iter()
        .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())))
        .collect();
    let known = known.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let signable =
        SignableRequest::new(method, url, known, SignableBody::Bytes(body)).map_err(|error| fault(&error))?;
    let (instructions, _) = sign(signable, &parameters).map_err(|error| fault(&error))?.into_parts();
    for (name, value) in instructions.headers() {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|error| fault(&error))?;
        let value = header_value(&name, value)?;
        headers.insert(name, value);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]
    use std::time::Duration;

    use super::*;

    /// 2026-01-02T03:04:05Z
    const NOW: Duration = Duration::from_secs(1_767_323_045);
    const BODY: &[u8] =
        br#"{"Certificate": "Q0VSVA==", "PrivateKey": "S0VZ", "CertificateChain": "Q0hBSU4="}"#;

    fn signature(url: &str, token: Option<&str>) -> String {
        let credentials = Credentials::new(
            "AKIDEXAMPLE",
            "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
            token.map(str::to_owned),
            None,
            "test",
        );
        let mut headers = HeaderMap::new();
        headers.insert("content-type", "application/x-amz-json-1.1".parse().unwrap());
        headers.insert("x-amz-target", "CertificateManager.ImportCertificate".parse().unwrap());
        let scope = Scope { region: "us-east-1", service: "acm", now: SystemTime::UNIX_EPOCH + NOW };
        sigv4(&credentials, &scope, "POST", url, &mut headers, BODY).unwrap();
        let value = headers.get("authorization").unwrap().to_str().unwrap().to_owned();
        value.split_once("Signature=").unwrap().1.to_owned()
    }

    /// Signatures that botocore 1.44.5 made of the same requests.
    #[test]
    fn signatures_are_botocores() {
        let (here, aws) = ("http://127.0.0.1:18999/", "https://acm.us-east-1.amazonaws.com/");
        let token = Some("SESSIONTOKENEXAMPLE==");
        assert_eq!(signature(here, None), "3804f186391848a9959997e8345656f2f4f3473234ee63b9fc0412b819be39aa");
        assert_eq!(
            signature(here, token),
            "753649a24da816144639ebc07d8f604f3fe9f6f2d695dc101526d152cce85f7e"
        );
        assert_eq!(signature(aws, None), "017e117fbfc1729f33fa9c64785e449e0169510d8529cada52498f03f78770f7");
    }
}
