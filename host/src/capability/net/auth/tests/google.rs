//! Google's issuers. The statement's signature is judged by OpenSSL: another implementation than the one that signs.

use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::super::gcp::ServiceAccount;
use super::super::gcp_metadata::Account;
use super::*;
use crate::capability::net::tests::fake::vault;

const SCOPE: &str = "https://www.googleapis.com/auth/cloud-platform";
const URL: &str = "https://oauth2.googleapis.com/token";

fn openssl(directory: &std::path::Path, arguments: &str) -> std::process::Output {
    Command::new("openssl").args(arguments.split(' ')).current_dir(directory).output().unwrap()
}

fn account(endpoint: Option<Loopback>) -> ServiceAccount {
    let service_account_key = "key".to_owned();
    ServiceAccount { service_account_key, scope: SCOPE.to_owned(), token_url: None, ca: None, endpoint }
}

/// Judges a statement as the issuer does.
fn judge(directory: &std::path::Path, request: &str) -> Vec<u8> {
    let refused =
        |why: &str| failed(400, &json!({ "error": "invalid_grant", "error_description": why }).to_string());
    let form = form(request);
    if line(request) != "POST /token" || form["grant_type"] != "urn:ietf:params:oauth:grant-type:jwt-bearer" {
        return failed(400, r#"{"error":"unsupported_grant_type"}"#);
    }
    let (signed, signature) = form["assertion"].rsplit_once('.').unwrap();
    let (head, claims) = signed.split_once('.').unwrap();
    let json =
        |part: &str| -> Value { serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap() };
    if json(head) != json!({ "alg": "RS256", "typ": "JWT", "kid": "key-1" }) {
        return refused("Invalid header");
    }
    std::fs::write(directory.join("signed"), signed).unwrap();
    std::fs::write(directory.join("signature"), URL_SAFE_NO_PAD.decode(signature).unwrap()).unwrap();
    let verified = openssl(directory, "dgst -sha256 -verify public.pem -signature signature signed");
    if !verified.status.success() {
        return refused("Invalid JWT Signature.");
    }
    let claims = json(claims);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let (iat, exp) = (claims["iat"].as_u64().unwrap(), claims["exp"].as_u64().unwrap());
    if iat.abs_diff(now) > 300 || exp <= now || exp - iat > 3600 {
        return refused("Token must be a short-lived token and in a reasonable timeframe");
    }
    if claims["aud"] != URL || claims["iss"] != "lastmile@shop.iam.gserviceaccount.com" {
        return refused("Invalid issuer or audience");
    }
    if claims["scope"] != SCOPE {
        return failed(400, r#"{"error":"invalid_scope"}"#);
    }
    ok(r#"{"access_token":"google-1","expires_in":3599,"token_type":"Bearer"}"#)
}

#[test]
fn a_statement_is_signed_with_the_accounts_key() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().to_owned();
    for arguments in [
        "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out key.pem",
        "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out other.pem",
        "pkey -in key.pem -pubout -out public.pem",
    ] {
        assert!(openssl(&path, arguments).status.success(), "{arguments}");
    }
    let file = |key: &str, uri: &str| {
        let key = std::fs::read_to_string(directory.path().join(key)).unwrap();
        json!({
            "type": "service_account", "private_key_id": "key-1", "private_key": key, "token_uri": uri,
            "client_email": "lastmile@shop.iam.gserviceaccount.com",
        })
        .to_string()
    };
    let (issuer, asked) = fake::http(None, move |request| judge(&path, request));
    let (target, _) = target(&["google-1"]);
    let send = |account: ServiceAccount, file: &str| {
        ask(target, &Auth::ServiceAccount(account), &Tokens::default(), &vault(&[("key", file)]))
    };
    let answer = send(account(loopback(issuer)), &file("key.pem", URL)).unwrap();
    assert_eq!((answer.status, answer.body.as_slice()), (200, b"you sent Bearer [sealed]".as_slice()));
    let text = denied(send(account(loopback(issuer)), &file("other.pem", URL)));
    assert!(text.contains("invalid_grant: Invalid JWT Signature."), "{text}");
    let wrong = ServiceAccount { scope: "wrong".to_owned(), ..account(loopback(issuer)) };
    assert!(denied(send(wrong, &file("key.pem", URL))).contains("invalid_scope"));
    assert_eq!(asked.lock().unwrap().len(), 3);

    for (file, wanted) in [
        (
            file("key.pem", "https://evil.example/token"),
            "names \"https://evil.example/token\" as its `token_uri`",
        ),
        (file("public.pem", URL), "is no RSA key in PEM"),
        ("{\"hunter2\"".to_owned(), "is no key of a service account (line 1, column 10)"),
    ] {
        let text = denied(send(account(loopback(issuer)), &file));
        assert!(text.contains(wanted) && !text.contains("hunter2"), "{text}");
    }
    assert_eq!(asked.lock().unwrap().len(), 3, "none of them was shown to anybody");
}

#[test]
fn googles_metadata_service_wants_its_header() {
    let (issuer, _) = fake::http(None, |request| {
        if header(request, "metadata-flavor").as_deref() != Some("Google") {
            return failed(403, "Missing Metadata-Flavor:Google header.");
        }
        match line(request).strip_prefix("GET /computeMetadata/v1/instance/service-accounts/") {
            Some("default/token") => {
                ok(r#"{"access_token":"machine-1","expires_in":3599,"token_type":"Bearer"}"#)
            }
            Some("default/token?scopes=a%2Cb") => {
                ok(r#"{"access_token":"machine-2","expires_in":3599,"token_type":"Bearer"}"#)
            }
            _ => failed(404, "no such account"),
        }
    });
    for (account, scope, wanted) in [
        ("default", None, Some("machine-1")),
        ("default", Some("a b"), Some("machine-2")),
        ("other", None, None),
    ] {
        let (target, heard) = target(&["machine-1", "machine-2"]);
        let auth = Auth::GcpMetadata(Account {
            account: account.to_owned(),
            scope: scope.map(str::to_owned),
            endpoint: loopback(issuer),
        });
        let result = ask(target, &auth, &Tokens::default(), &vault(&[]));
        match wanted {
            Some(token) => {
                assert_eq!(result.unwrap().status, 200);
                let shown = header(&heard.lock().unwrap()[0], "authorization");
                assert_eq!(shown, Some(format!("Bearer {token}")));
            }
            None => assert!(denied(result).contains("404: no such account")),
        }
    }
}
