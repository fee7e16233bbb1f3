//! Where the keys of a signature come from.

use std::time::{Duration, SystemTime};

use super::super::aws::{self, Signing, Source};
use super::super::caller::Caller;
use super::*;
use crate::capability::net::tests::fake::{runtime, vault};

const SESSION: &str = r#"{"Code":"Success","AccessKeyId":"ASIAEXAMPLE","SecretAccessKey":"session-secret","Token":"session-token","Expiration":"2099-01-02T03:04:05Z"}"#;

/// The keys' three parts and whether they end, with this environment.
fn keys(
    credentials: Source,
    endpoint: Option<Loopback>,
    environment: &[(&str, &str)],
) -> Result<(String, bool), NetError> {
    let variable = |name: &str| {
        environment.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    };
    let vault = vault(&[]);
    let caller = Caller {
        vault: &vault,
        budget: Duration::from_secs(60),
        now: SystemTime::now(),
        variable: &variable,
    };
    let services = vec!["acm".to_owned()];
    let signing = Signing { region: "eu-central-1".to_owned(), services, credentials, endpoint };
    let issued = runtime().block_on(aws::keys(&signing, &caller))?;
    issued.credentials.teach(&vault);
    let Credentials::Aws(signer) = issued.credentials else { panic!() };
    let keys = signer.keys;
    let parts = [&keys.access_key_id, &keys.secret_access_key].into_iter().chain(&keys.session_token);
    let shown = parts.map(|part| part.as_str()).collect::<Vec<_>>().join(" ");
    let scrubbed = String::from_utf8(vault.scrub(shown.as_bytes())).unwrap();
    assert!(!scrubbed.contains("secret") && !scrubbed.contains("token"), "{scrubbed}");
    Ok((shown, issued.end.is_some()))
}

fn fault(result: Result<(String, bool), NetError>) -> String {
    let Err(NetError::Denied(text)) = result else { panic!("{result:?}") };
    text
}

#[test]
fn the_environment() {
    let all = [
        ("AWS_ACCESS_KEY_ID", "AKIA"),
        ("AWS_SECRET_ACCESS_KEY", "a-secret"),
        ("AWS_SESSION_TOKEN", "a-token"),
    ];
    assert_eq!(keys(Source::Environment, None, &all).unwrap(), ("AKIA a-secret a-token".to_owned(), false));
    assert_eq!(keys(Source::Environment, None, &all[..2]).unwrap().0, "AKIA a-secret");
    assert!(fault(keys(Source::Environment, None, &all[..1])).contains("has no AWS_SECRET_ACCESS_KEY"));
}

#[test]
fn a_profile() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("credentials");
    let text = "# mine\n[default]\naws_access_key_id = AKIA1\naws_secret_access_key=one-secret\n\n[ shop ]\n\
        ; other\nAWS_ACCESS_KEY_ID=AKIA2\naws_secret_access_key = two=secret\naws_session_token = two-token\n[role]\n\
        role_arn = arn:aws:iam::1:role/x\n";
    std::fs::write(&file, text).unwrap();
    let profile = |name: &str| Source::Profile { profile: name.to_owned(), file: Some(file.clone()) };
    assert_eq!(keys(profile("default"), None, &[]).unwrap(), ("AKIA1 one-secret".to_owned(), false));
    assert_eq!(keys(profile("shop"), None, &[]).unwrap().0, "AKIA2 two=secret two-token");
    assert!(fault(keys(profile("role"), None, &[])).contains("it has no `aws_access_key_id`"));
    assert!(fault(keys(profile("other"), None, &[])).contains("no such section"));
    let elsewhere = |environment: &[(&str, &str)]| {
        keys(Source::Profile { profile: "default".to_owned(), file: None }, None, environment)
    };
    assert!(elsewhere(&[("AWS_SHARED_CREDENTIALS_FILE", file.to_str().unwrap())]).is_ok());
    assert!(fault(elsewhere(&[("HOME", "/nowhere")])).contains("/nowhere/.aws/credentials cannot be read"));
}

#[test]
fn an_instance_answers_only_with_a_token_of_its_own() {
    let (port, heard) = fake::http(None, |request| {
        if line(request) == "PUT /latest/api/token" {
            return match header(request, "x-aws-ec2-metadata-token-ttl-seconds")
                .and_then(|life| life.parse::<u32>().ok())
            {
                Some(1..=21600) => ok("imds-token-1"),
                _ => failed(400, ""),
            };
        }
        if header(request, "x-aws-ec2-metadata-token").as_deref() != Some("imds-token-1") {
            return failed(401, "");
        }
        match line(request) {
            "GET /latest/meta-data/iam/security-credentials/" => ok("web-role"),
            "GET /latest/meta-data/iam/security-credentials/web-role" => ok(SESSION),
            _ => failed(404, ""),
        }
    });
    let wanted = ("ASIAEXAMPLE session-secret session-token".to_owned(), true);
    assert_eq!(keys(Source::Instance, loopback(port), &[]).unwrap(), wanted);
    assert_eq!(heard.lock().unwrap().len(), 3);
    let (port, _) =
        fake::http(None, |request| if request.starts_with("PUT") { ok("t") } else { ok("../../x") });
    assert!(fault(keys(Source::Instance, loopback(port), &[])).contains("has no role"));
}

#[test]
fn a_container_shows_who_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("proof");
    std::fs::write(&file, "proof-2\n").unwrap();
    let (port, _) = fake::http(None, |request| {
        if line(request) != "GET /v2/credentials/one?x=y" {
            return failed(404, "");
        }
        let shown = header(request, "authorization").unwrap_or_default();
        if ["proof-1", "proof-2"].contains(&shown.as_str()) {
            ok(SESSION)
        } else {
            failed(403, r#"{"message":"who?"}"#)
        }
    });
    let url = format!("http://127.0.0.1:{port}/v2/credentials/one?x=y");
    let full = ("AWS_CONTAINER_CREDENTIALS_FULL_URI", url.as_str());
    let relative = ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/one?x=y");
    let token = ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "proof-1");
    let rotating = ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", file.to_str().unwrap());
    assert!(keys(Source::Container, None, &[full, token]).is_ok());
    assert!(keys(Source::Container, None, &[full, rotating]).is_ok());
    assert!(keys(Source::Container, loopback(port), &[relative, token]).is_ok());
    assert!(fault(keys(Source::Container, None, &[full])).contains("403: who?"));
    assert!(fault(keys(Source::Container, None, &[])).contains("no ECS task"));
    for elsewhere in ["http://example.com/x", "http://169.254.169.254/x", "ftp://x/"] {
        let environment = [("AWS_CONTAINER_CREDENTIALS_FULL_URI", elsewhere), token];
        assert!(fault(keys(Source::Container, None, &environment)).contains("leads elsewhere than to AWS"));
    }
}

#[test]
fn a_web_identity_becomes_a_role() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("token");
    std::fs::write(&file, "eyJ.oidc.token\n").unwrap();
    let (port, _) = fake::http(None, |request| {
        let form = form(request);
        let wanted = [
            ("Action", "AssumeRoleWithWebIdentity"),
            ("Version", "2011-06-15"),
            ("RoleArn", "arn:aws:iam::111122223333:role/web"),
            ("RoleSessionName", "lastmile"),
        ];
        if line(request) != "POST /"
            || wanted.iter().any(|(name, value)| form.get(*name).is_none_or(|v| v != value))
        {
            return failed(400, "<ErrorResponse><Error><Code>ValidationError</Code></Error></ErrorResponse>");
        }
        if form["WebIdentityToken"] != "eyJ.oidc.token" || header(request, "authorization").is_some() {
            let text = format!("Couldn't read {}", form["WebIdentityToken"]);
            return failed(
                400,
                &format!(
                    "<ErrorResponse><Error><Code>InvalidIdentityToken</Code><Message>{text}</Message></Error></ErrorResponse>"
                ),
            );
        }
        ok("<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>\
            <SessionToken>session-token</SessionToken><SecretAccessKey>session-secret</SecretAccessKey>\
            <Expiration>2099-01-02T03:04:05Z</Expiration><AccessKeyId>ASIAEXAMPLE</AccessKeyId></Credentials>\
            </AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>")
    });
    let role = ("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/web");
    let token = ("AWS_WEB_IDENTITY_TOKEN_FILE", file.to_str().unwrap());
    let by_environment = || Source::WebIdentity { role_arn: None, token_file: None };
    let wanted = ("ASIAEXAMPLE session-secret session-token".to_owned(), true);
    assert_eq!(keys(by_environment(), loopback(port), &[role, token]).unwrap(), wanted);
    let written = Source::WebIdentity { role_arn: Some(role.1.to_owned()), token_file: Some(file.clone()) };
    assert_eq!(keys(written, loopback(port), &[]).unwrap(), wanted);
    assert!(
        fault(keys(by_environment(), loopback(port), &[role])).contains("no AWS_WEB_IDENTITY_TOKEN_FILE")
    );
    std::fs::write(&file, "stale.oidc.token").unwrap();
    let text = fault(keys(by_environment(), loopback(port), &[role, token]));
    assert!(text.contains("400: InvalidIdentityToken: Couldn't read [sealed]"), "{text}");
}
