//! Client credentials, managed identities and a pod's token.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::super::azure::ManagedIdentity;
use super::super::oauth2::ClientCredentials;
use super::*;
use crate::capability::net::Trust;
use crate::capability::net::tests::fake::{ca_file, certificate, vault};

const SECRET: &str = "correct-horse-battery";
const SCOPE: &str = "https://vault.azure.net/.default";

fn client(endpoint: Option<Loopback>) -> ClientCredentials {
    ClientCredentials {
        token_url: "https://login.example/contoso/oauth2/v2.0/token".parse().unwrap(),
        client_id: "app".to_owned(),
        client_secret: "client".to_owned(),
        scope: SCOPE.to_owned(),
        audience: None,
        ca: None,
        endpoint,
    }
}

/// Issues `token-1`, `token-2` and so on, for so many seconds.
fn judge(request: &str, path: &str, life: &str, count: &AtomicUsize) -> Vec<u8> {
    let form = form(request);
    let right = |name: &str, wanted: &str| form.get(name).is_some_and(|value| value == wanted);
    if line(request) != format!("POST {path}")
        || header(request, "content-type").as_deref() != Some("application/x-www-form-urlencoded")
        || !right("grant_type", "client_credentials")
        || !right("client_id", "app")
    {
        return failed(400, r#"{"error":"invalid_request"}"#);
    }
    if !right("scope", SCOPE) {
        return failed(400, r#"{"error":"invalid_scope","error_description":"AADSTS1002012: not that"}"#);
    }
    if !right("client_secret", SECRET) {
        let text = format!("AADSTS7000215: Invalid client secret {}\u{1b}[2J", form["client_secret"]);
        let answer = serde_json::json!({ "error": "invalid_client", "error_description": text });
        return failed(401, &answer.to_string());
    }
    let number = count.fetch_add(1, Ordering::SeqCst) + 1;
    ok(&format!(r#"{{"token_type":"Bearer","expires_in":{life},"access_token":"token-{number}"}}"#))
}

fn issuer(life: &'static str) -> (u16, Heard) {
    let count = AtomicUsize::new(0);
    fake::http(None, move |request| judge(request, "/contoso/oauth2/v2.0/token", life, &count))
}

#[test]
fn a_token_is_kept_and_is_not_told() {
    let (issuer, asked) = issuer("3599");
    let (target, heard) = target(&["token-1", "token-2"]);
    let (auth, tokens) = (Auth::ClientCredentials(client(loopback(issuer))), Tokens::default());
    for _ in 0..2 {
        // Another deployment has another vault; the token is still the first one.
        let answer = ask(target, &auth, &tokens, &vault(&[("client", SECRET)])).unwrap();
        assert_eq!((answer.status, answer.body.as_slice()), (200, b"you sent Bearer [sealed]".as_slice()));
    }
    assert_eq!((asked.lock().unwrap().len(), heard.lock().unwrap().len()), (1, 2));
    // Another target asks for itself.
    ask(target, &auth, &Tokens::default(), &vault(&[("client", SECRET)])).unwrap();
    assert_eq!(asked.lock().unwrap().len(), 2);
}

#[test]
fn a_refused_token_is_renewed_once() {
    let vault = vault(&[("client", SECRET)]);
    let (one, asked) = issuer("3599");
    let (second, heard) = target(&["token-2"]);
    let (auth, tokens) = (Auth::ClientCredentials(client(loopback(one))), Tokens::default());
    assert_eq!(ask(second, &auth, &tokens, &vault).unwrap().status, 200);
    assert_eq!((asked.lock().unwrap().len(), heard.lock().unwrap().len()), (2, 2));
    let (never, heard) = target(&[]);
    assert_eq!(ask(never, &auth, &tokens, &vault).unwrap().status, 401);
    assert_eq!((asked.lock().unwrap().len(), heard.lock().unwrap().len()), (3, 2));

    // However often the connector asks, the issuer is not asked for ever.
    let settings = NetSettings { auth, tokens, plaintext: true, ..plain() };
    let mut connection = dial(&format!("http://127.0.0.1:{never}"), settings);
    for _ in 0..10 {
        assert_eq!(connection.request(&request("GET", "/"), &vault, soon()).unwrap().status, 401);
    }
    assert_eq!(asked.lock().unwrap().len(), 6);
}

#[test]
fn a_token_is_renewed_before_it_ends() {
    let vault = vault(&[("client", SECRET)]);
    // No life at all, or one that the issuer writes as text.
    for (life, calls) in [("0", 2), ("\"3600\"", 1)] {
        let (issuer, asked) = issuer(life);
        let (target, _) = target(&["token-1", "token-2"]);
        let (auth, tokens) = (Auth::ClientCredentials(client(loopback(issuer))), Tokens::default());
        for _ in 0..2 {
            assert_eq!(ask(target, &auth, &tokens, &vault).unwrap().status, 200);
        }
        assert_eq!(asked.lock().unwrap().len(), calls, "{life}");
    }
}

#[test]
fn a_refusal_says_why_and_is_asked_for_once() {
    let vault = vault(&[("client", "wrong-horse-battery")]);
    let (issuer, asked) = issuer("3599");
    let (target, heard) = target(&[]);
    let auth = Auth::ClientCredentials(client(loopback(issuer)));
    let settings = NetSettings { auth: auth.clone(), plaintext: true, ..plain() };
    let mut connection = dial(&format!("http://127.0.0.1:{target}"), settings);
    for _ in 0..3 {
        let text = denied(connection.request(&request("GET", "/"), &vault, soon()));
        assert!(
            text.contains("401: invalid_client: AADSTS7000215: Invalid client secret [sealed]"),
            "{text}"
        );
        assert!(!text.contains("wrong-horse") && !text.contains('\u{1b}'), "{text}");
    }
    assert_eq!((asked.lock().unwrap().len(), heard.lock().unwrap().len()), (1, 0));
    let other = ClientCredentials { scope: "other".to_owned(), ..client(loopback(issuer)) };
    let text = denied(ask(target, &Auth::ClientCredentials(other), &Tokens::default(), &vault));
    assert!(text.contains("invalid_scope"), "{text}");
}

#[test]
fn an_issuer_in_trouble_is_unreachable() {
    let vault = vault(&[("client", SECRET)]);
    let (target, heard) = target(&[]);
    for answer in [
        failed(500, ""),
        failed(429, "slow down"),
        failed(400, r#"{"error":"temporarily_unavailable"}"#),
        failed(302, ""),
        ok("hello"),
        ok(&"x".repeat(100_000)),
    ] {
        let (issuer, _) = fake::http(None, move |_| answer.clone());
        let auth = Auth::ClientCredentials(client(loopback(issuer)));
        let result = ask(target, &auth, &Tokens::default(), &vault);
        assert!(matches!(result, Err(NetError::Unreachable(_))), "{result:?}");
    }
    assert!(heard.lock().unwrap().is_empty());
}

#[test]
fn an_issuer_is_met_over_tls_by_its_own_roots() {
    let vault = vault(&[("client", SECRET)]);
    let served = certificate();
    let count = AtomicUsize::new(0);
    let (port, _) = fake::http(Some(&served), move |request| judge(request, "/token", "60", &count));
    let (target, _) = target(&["token-1"]);
    let directory = tempfile::tempdir().unwrap();
    let Trust::CaFile(ca) = ca_file(directory.path(), &served.cert.pem()) else { panic!() };
    let token_url = format!("https://localhost:{port}/token").parse().unwrap();
    let known = ClientCredentials { token_url, ca: Some(ca), ..client(None) };
    let auth = Auth::ClientCredentials(known.clone());
    assert_eq!(ask(target, &auth, &Tokens::default(), &vault).unwrap().status, 200);
    let stranger = Auth::ClientCredentials(ClientCredentials { ca: None, ..known });
    assert!(matches!(ask(target, &stranger, &Tokens::default(), &vault), Err(NetError::Untrusted(_))));
}

#[test]
fn azures_metadata_service_wants_its_header() {
    let (issuer, asked) = fake::http(None, |request| {
        let Some(query) = line(request).strip_prefix("GET /metadata/identity/oauth2/token?") else {
            return failed(404, "");
        };
        let query = fields(query);
        if header(request, "metadata").as_deref() != Some("true")
            || header(request, "x-forwarded-for").is_some()
        {
            return failed(400, r#"{"error":"bad_request","error_description":"Required metadata header"}"#);
        }
        if query["api-version"] != "2018-02-01" || query["resource"] != "https://vault.azure.net" {
            return failed(400, r#"{"error":"invalid_resource"}"#);
        }
        if query.get("client_id").is_some_and(|id| id == "absent") {
            return failed(400, r#"{"error":"invalid_request","error_description":"Identity not found"}"#);
        }
        ok(r#"{"access_token":"azure-1","expires_in":"86399","expires_on":"1","token_type":"Bearer"}"#)
    });
    let (target, _) = target(&["azure-1"]);
    let identity = |client: Option<&str>| {
        Auth::ManagedIdentity(ManagedIdentity {
            resource: "https://vault.azure.net".to_owned(),
            client_id: client.map(str::to_owned),
            endpoint: loopback(issuer),
        })
    };
    assert_eq!(ask(target, &identity(None), &Tokens::default(), &vault(&[])).unwrap().status, 200);
    let text = denied(ask(target, &identity(Some("absent")), &Tokens::default(), &vault(&[])));
    assert!(text.contains("Identity not found"), "{text}");
    assert_eq!(asked.lock().unwrap().len(), 2);
}

#[test]
fn a_pods_token_is_read_anew() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("token");
    let auth = Auth::KubernetesToken { file: file.clone() };
    let moment = Arc::new(file.clone());
    // The kubelet writes the next token in the very moment in which the old one ends.
    let (target, heard) = fake::http(None, move |request| {
        if header(request, "authorization").as_deref() == Some("Bearer pod-2") {
            return ok("hello");
        }
        std::fs::write(&*moment, "pod-2\n").unwrap();
        failed(401, "Unauthorized")
    });
    let text = denied(ask(target, &auth, &Tokens::default(), &vault(&[])));
    assert!(text.contains("token cannot be read"), "{text}");
    std::fs::write(&file, "pod-1\n").unwrap();
    assert_eq!(ask(target, &auth, &Tokens::default(), &vault(&[])).unwrap().status, 200);
    assert_eq!(heard.lock().unwrap().len(), 2);
    std::fs::write(&file, "two words").unwrap();
    assert!(denied(ask(target, &auth, &Tokens::default(), &vault(&[]))).contains("is no token"));
}

#[test]
fn a_kubeconfig_goes_to_its_own_server() {
    let served = certificate();
    let (port, heard) = fake::http(Some(&served), |request| {
        let good = header(request, "authorization").as_deref() == Some("Bearer cluster-token");
        if good { ok("hello") } else { failed(401, "") }
    });
    let roots = {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode(served.cert.pem())
    };
    let config = |server: &str| {
        format!(
            "current-context: c\nclusters:\n- name: k\n  cluster:\n    server: {server}\n    certificate-authority-data: \
             {roots}\ncontexts:\n- name: c\n  context: {{cluster: k, user: u}}\nusers:\n- name: u\n  user: {{token: \
             cluster-token}}\n"
        )
    };
    let endpoint = format!("https://localhost:{port}");
    let send = |server: &str| {
        let vault = vault(&[("kube", &config(server))]);
        let auth = Auth::Kubeconfig { kubeconfig: "kube".to_owned() };
        let settings = NetSettings { auth, ..fake::settings(Trust::SystemRoots) };
        fake::door(&endpoint, settings).dial(&endpoint, &vault, soon())?.request(
            &request("GET", "/"),
            &vault,
            soon(),
        )
    };
    assert_eq!(send(&endpoint).unwrap().body, b"hello");
    assert!(denied(send("https://other.example")).contains("is for `https://other.example:443`"));
    assert_eq!(heard.lock().unwrap().len(), 1);
}
