//! AWS Signature Version 4, over the request as it leaves.

use std::fmt::Display;
use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
    UriPathNormalizationMode, sign as sign_request,
};
use aws_sigv4::sign::v4::SigningParams;
use zeroize::Zeroizing;

use super::NetError;
use super::auth::Header;

/// What a signature covers.
pub(super) struct Signable<'a> {
    pub(super) method: &'a str,
    /// The whole URL; its authority is what the `host` header says.
    pub(super) url: &'a str,
    pub(super) headers: &'a [Header],
    pub(super) body: &'a [u8],
}

/// Who signs.
#[derive(PartialEq, Eq)]
pub(super) struct Keys {
    pub(super) access_key_id: Zeroizing<String>,
    pub(super) secret_access_key: Zeroizing<String>,
    pub(super) session_token: Option<Zeroizing<String>>,
}

/// Who signs, and for where.
#[derive(PartialEq, Eq)]
pub(super) struct Signer {
    pub(super) region: String,
    /// The first is meant where the connector does not choose.
    pub(super) services: Vec<String>,
    pub(super) keys: Keys,
}

impl Signer {
    /// What an answer may repeat and nobody is to read.
    pub(super) fn secrets(&self) -> impl Iterator<Item = &str> {
        let Keys { secret_access_key, session_token, .. } = &self.keys;
        std::iter::once(secret_access_key).chain(session_token).map(|secret| secret.as_str())
    }

    /// The headers that carry the signature.
    pub(super) fn sign(
        &self,
        request: &Signable<'_>,
        service: Option<&str>,
        now: SystemTime,
    ) -> Result<Vec<Header>, NetError> {
        let service = self.service(service)?;
        sign(request, &self.keys, (&self.region, service), now)
    }

    fn service(&self, wanted: Option<&str>) -> Result<&str, NetError> {
        let mut services = self.services.iter().map(String::as_str);
        let found = match wanted {
            Some(wanted) => services.find(|service| *service == wanted),
            None => services.next(),
        };
        found.ok_or_else(|| {
            NetError::Denied(format!(
                "the connector asks for a signature for a service that is none of {}, the `service` of the target's \
                 `auth`",
                self.services.join(", ")
            ))
        })
    }
}

fn sign(
    request: &Signable<'_>,
    keys: &Keys,
    (region, service): (&str, &str),
    now: SystemTime,
) -> Result<Vec<Header>, NetError> {
    let credentials = Credentials::new(
        keys.access_key_id.as_str(),
        keys.secret_access_key.as_str(),
        keys.session_token.as_ref().map(|token| token.to_string()),
        None,
        "lastmile",
    );
    let identity = credentials.into();
    let params = SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name(service)
        .time(now)
        .settings(settings(service))
        .build()
        .map_err(|error| unsigned(&error))?;
    let headers = request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let body = SignableBody::Bytes(request.body);
    let signable =
        SignableRequest::new(request.method, request.url, headers, body).map_err(|error| unsigned(&error))?;
    let signed = sign_request(signable, &params.into()).map_err(|error| unsigned(&error))?;
    let (instructions, _signature) = signed.into_parts();
    Ok(instructions
        .headers()
        .map(|(name, value)| (name.to_ascii_lowercase(), Zeroizing::new(value.to_owned())))
        .collect())
}

/// S3 alone takes the path as it is and wants the body's digest in a header.
fn settings(service: &str) -> SigningSettings {
    let mut settings = SigningSettings::default();
    if service == "s3" {
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    }
    settings
}

fn unsigned(error: &dyn Display) -> NetError {
    NetError::Invalid(format!("the request cannot be signed: {error}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]
    use std::time::Duration;

    use super::*;

    const BODY_A: &str =
        r#"{"Certificate": "Q0VSVA==", "PrivateKey": "S0VZ", "CertificateChain": "Q0hBSU4="}"#;
    const BODY_B: &str = r#"{"CertificateArn": "arn:aws:acm:us-east-1:111122223333:certificate/12345678-1234-1234-1234-123456789012", "Certificate": "Q0VSVA==", "PrivateKey": "S0VZ"}"#;
    /// 2026-01-02T03:04:05Z.
    const NOW: u64 = 1_767_323_045;

    fn signed(url: &str, body: &str, token: Option<&str>) -> Vec<Header> {
        let text = |text: &str| Zeroizing::new(text.to_owned());
        let headers = [
            ("content-type".to_owned(), text("application/x-amz-json-1.1")),
            ("x-amz-target".to_owned(), text("CertificateManager.ImportCertificate")),
        ];
        let request = Signable { method: "POST", url, headers: &headers, body: body.as_bytes() };
        let keys = Keys {
            access_key_id: text("AKIDEXAMPLE"),
            secret_access_key: text("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
            session_token: token.map(text),
        };
        let services = vec!["acm".to_owned(), "elasticloadbalancing".to_owned()];
        let signer = Signer { region: "us-east-1".to_owned(), services, keys };
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(NOW);
        assert!(matches!(signer.sign(&request, Some("iam"), now), Err(NetError::Denied(_))));
        let other = signer.sign(&request, Some("elasticloadbalancing"), now).unwrap();
        assert!(
            other.iter().any(|(_, value)| value.contains("/us-east-1/elasticloadbalancing/aws4_request"))
        );
        signer.sign(&request, None, now).unwrap()
    }

    /// Captured from botocore 1.44.5 with a frozen clock and computed a second time with Python's hmac.
    #[test]
    fn the_signatures_are_those_of_other_signers() {
        let (port, plain) = ("http://127.0.0.1:18999/", "https://acm.us-east-1.amazonaws.com/");
        let token = Some("SESSIONTOKENEXAMPLE==");
        for (url, body, token, signature) in [
            (port, BODY_A, None, "3804f186391848a9959997e8345656f2f4f3473234ee63b9fc0412b819be39aa"),
            (port, BODY_B, None, "a27e0721683e52a3db3ac8cee1ab92317e566dc2b32cd3d9d41701a7cc7e8160"),
            (port, BODY_A, token, "753649a24da816144639ebc07d8f604f3fe9f6f2d695dc101526d152cce85f7e"),
            (port, BODY_B, token, "e795f18d9c26fa1b1f587eb9f5af2d64376c6895f069e8a3a19e02a4de20f3ee"),
            (plain, BODY_A, None, "017e117fbfc1729f33fa9c64785e449e0169510d8529cada52498f03f78770f7"),
            (plain, BODY_A, token, "8b2d95e610e31ceeecf6ff890d339d6230494159e00affd72bee36f48f06645f"),
        ] {
            let headers = signed(url, body, token);
            let value =
                |wanted: &str| headers.iter().find(|(name, _)| name == wanted).map(|(_, v)| v.as_str());
            assert!(
                value("authorization").unwrap().ends_with(&format!("Signature={signature}")),
                "{headers:?}"
            );
            assert_eq!(value("x-amz-date"), Some("20260102T030405Z"));
            assert_eq!(value("x-amz-security-token"), token);
        }
    }
}
