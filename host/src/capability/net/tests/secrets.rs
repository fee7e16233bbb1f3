//! Where secrets go, and that they do not come back.

use std::time::Duration;

use super::fake::{
    certificate, dial, echo, header, http, ok, pin, plain, request, sealed, settings, soon, text, vault,
};
use crate::capability::net::auth::aws::{Signing, Source};
use crate::capability::net::{Auth, NetError, NetSettings, Request};

const SECRET: &str = "correct-horse-battery";

#[test]
fn secrets_do_not_cross_plain_text() {
    let vault = vault(&[("password", SECRET)]);
    let (port, heard) = http(None, |_| ok(""));
    let endpoint = format!("http://127.0.0.1:{port}");
    let in_body = Request { body: sealed("password"), ..request("POST", "/") };
    let in_header = Request { headers: vec![("x-a".to_owned(), sealed("password"))], ..request("GET", "/") };
    for wanted in [&in_body, &in_header] {
        let error = dial(&endpoint, plain()).request(wanted, &vault, soon()).unwrap_err();
        assert!(matches!(error, NetError::Denied(_)), "{error}");
    }
    let bearer = Auth::Bearer { token: "password".to_owned() };
    let error = dial(&endpoint, NetSettings { auth: bearer, ..plain() })
        .request(&request("GET", "/"), &vault, soon())
        .unwrap_err();
    assert!(matches!(error, NetError::Denied(_)), "{error}");
    assert!(heard.lock().unwrap().is_empty());

    let raw = format!("tcp://127.0.0.1:{}", echo(None));
    let error = dial(&raw, plain()).send(&sealed("password"), &vault, soon()).unwrap_err();
    assert!(matches!(error, NetError::Denied(_)), "{error}");
}

#[test]
fn the_operator_may_allow_plain_text_to_this_machine() {
    let vault = vault(&[("password", SECRET)]);
    let (port, heard) = http(None, |_| ok(""));
    let settings = NetSettings { plaintext: true, ..plain() };
    let wanted = Request { body: sealed("password"), ..request("POST", "/") };
    dial(&format!("http://127.0.0.1:{port}"), settings).request(&wanted, &vault, soon()).unwrap();
    assert!(heard.lock().unwrap()[0].ends_with(SECRET));
}

#[test]
fn an_answer_that_repeats_a_secret_is_scrubbed() {
    let vault = vault(&[("password", SECRET)]);
    let certificate = certificate();
    let (port, heard) = http(Some(&certificate), |request| {
        let all = request.replace("\r\n", " ");
        let answer = format!(
            "HTTP/1.1 200 OK\r\nX-{SECRET}: 1\r\nX-Echo: {all}\r\nContent-Length: {}\r\n\r\n",
            all.len()
        );
        [answer.as_bytes(), all.as_bytes()].concat()
    });
    let basic = Auth::Basic { username: "admin".to_owned(), password: "password".to_owned() };
    let settings = NetSettings { auth: basic, ..settings(pin(&certificate)) };
    let wanted = Request {
        headers: vec![("x-password".to_owned(), sealed("password"))],
        body: sealed("password"),
        ..request("POST", "/")
    };
    let answer =
        dial(&format!("https://localhost:{port}"), settings).request(&wanted, &vault, soon()).unwrap();

    let pair = "YWRtaW46Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5";
    let heard = heard.lock().unwrap()[0].clone();
    assert_eq!(header(&heard, "authorization"), Some(format!("Basic {pair}")));
    assert_eq!(header(&heard, "x-password").as_deref(), Some(SECRET));
    assert!(answer.headers.iter().any(|(name, _)| name == "x-[sealed]"), "{:?}", answer.headers);
    let echoed = answer.headers.iter().find(|(name, _)| name == "x-echo").unwrap().1.clone();
    for text in [echoed, String::from_utf8(answer.body).unwrap()] {
        assert!(text.contains("[sealed]"), "{text}");
        assert!(!text.contains(SECRET) && !text.contains(pair), "{text}");
    }
}

#[test]
fn bytes_that_repeat_a_secret_are_scrubbed_however_they_are_taken() {
    let vault = vault(&[("password", SECRET)]);
    let certificate = certificate();
    let endpoint = format!("tls://localhost:{}", echo(Some(&certificate)));
    for at_most in [1, 5, 100] {
        let mut connection = dial(&endpoint, settings(pin(&certificate)));
        connection.send(&sealed("password"), &vault, soon()).unwrap();
        let mut heard = Vec::new();
        while heard.len() < 8 {
            heard.extend(connection.receive(at_most, Duration::from_secs(1), &vault, soon()).unwrap());
        }
        assert_eq!(String::from_utf8(heard).unwrap(), "[sealed]");
    }
}

#[test]
fn the_beginning_of_a_secret_is_not_handed_out() {
    let vault = vault(&[("password", SECRET)]);
    assert_eq!(vault.begun(b"you said: correct-h"), "correct-h".len());
    assert_eq!(vault.begun(SECRET.as_bytes()), 0);
    let certificate = certificate();
    let endpoint = format!("tls://localhost:{}", echo(Some(&certificate)));
    let mut connection = dial(&endpoint, settings(pin(&certificate)));
    for sent in [sealed("password"), text("correct-h")] {
        connection.send(&sent, &vault, soon()).unwrap();
        let heard = connection.receive(100, Duration::from_millis(500), &vault, soon()).unwrap();
        assert_eq!(String::from_utf8(heard).unwrap(), "[sealed]");
    }
}

#[test]
fn each_kind_of_credentials_is_added() {
    let vault = vault(&[("password", SECRET), ("broken", "a\nb"), ("id", "AKIDEXAMPLE")]);
    let certificate = certificate();
    let (port, heard) = http(Some(&certificate), |_| ok(""));
    let endpoint = format!("https://127.0.0.1:{port}");
    let send = |auth: Auth, wanted: &Request| {
        let settings = NetSettings { auth, ..settings(pin(&certificate)) };
        dial(&endpoint, settings).request(wanted, &vault, soon())
    };
    let password = || "password".to_owned();
    send(Auth::Bearer { token: password() }, &request("GET", "/")).unwrap();
    send(Auth::Header { name: "X-Vault-Token".to_owned(), value: password() }, &request("GET", "/")).unwrap();
    let credentials =
        Source::Static { access_key_id: "id".to_owned(), secret_access_key: password(), session_token: None };
    let services = vec!["acm".to_owned(), "elasticloadbalancing".to_owned()];
    let signed =
        Auth::AwsSigv4(Signing { region: "us-east-1".to_owned(), services, credentials, endpoint: None });
    let target = vec![("X-Amz-Target".to_owned(), text("A.B"))];
    let wanted = Request { headers: target, body: text("{}"), ..request("POST", "/") };
    send(signed.clone(), &wanted).unwrap();
    for (service, allowed) in [("elasticloadbalancing", true), ("iam", false)] {
        let mut wanted = wanted.clone();
        wanted.headers.push(("X-Lastmile-Service".to_owned(), text(service)));
        assert_eq!(send(signed.clone(), &wanted).is_ok(), allowed, "{service}");
    }
    for missing in ["absent", "broken"] {
        let error = send(Auth::Bearer { token: missing.to_owned() }, &request("GET", "/")).unwrap_err();
        assert!(matches!(&error, NetError::Denied(text) if text.contains(missing)), "{error}");
    }

    let heard = heard.lock().unwrap();
    assert_eq!(header(&heard[0], "authorization"), Some(format!("Bearer {SECRET}")));
    assert_eq!(header(&heard[1], "x-vault-token").as_deref(), Some(SECRET));
    let authorization = header(&heard[2], "authorization").unwrap();
    assert!(authorization.contains("SignedHeaders=host;x-amz-date;x-amz-target"), "{authorization}");
    assert!(authorization.contains("/us-east-1/acm/aws4_request"), "{authorization}");
    let authorization = header(&heard[3], "authorization").unwrap();
    assert!(authorization.contains("/us-east-1/elasticloadbalancing/aws4_request"), "{authorization}");
    assert_eq!(header(&heard[3], "x-lastmile-service"), None);
    assert_eq!(heard.len(), 4);
}
