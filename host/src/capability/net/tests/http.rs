//! HTTP exchanges.

use std::time::{Duration, Instant};

use super::fake::{dial, header, http, ok, plain, request, soon, text, vault};
use crate::capability::document::Part;
use crate::capability::net::{NetError, NetSettings, Request};

fn endpoint(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

#[test]
fn a_request_arrives_as_it_was_written() {
    let (port, heard) =
        http(None, |_| b"HTTP/1.1 201 Created\r\nX-Id: 7\r\nContent-Length: 4\r\n\r\ndone".to_vec());
    let mut connection = dial(&format!("http://localhost:{port}"), plain());
    let wanted = Request {
        headers: vec![
            ("Content-Type".to_owned(), text("text/plain")),
            ("X-Length".to_owned(), vec![Part::BodyLength(1)]),
        ],
        body: text("hello"),
        ..request("POST", "/a/b?c=%2f&d")
    };
    let answer = connection.request(&wanted, &vault(&[]), soon()).unwrap();
    assert_eq!((answer.status, answer.body.as_slice()), (201, b"done".as_slice()));
    assert!(answer.headers.contains(&("x-id".to_owned(), "7".to_owned())));
    connection.request(&request("GET", "/next"), &vault(&[]), soon()).unwrap();

    let heard = heard.lock().unwrap();
    assert!(heard[0].starts_with("POST /a/b?c=%2f&d HTTP/1.1\r\n"), "{}", heard[0]);
    assert_eq!(header(&heard[0], "host"), Some(format!("localhost:{port}")));
    assert_eq!(header(&heard[0], "x-length").as_deref(), Some("6"));
    assert_eq!(header(&heard[0], "content-length").as_deref(), Some("5"));
    assert!(heard[0].ends_with("\r\n\r\nhello"));
    assert!(heard[1].starts_with("GET /next"));
}

#[test]
fn more_headers_than_a_request_can_have_are_refused() {
    let (port, heard) = http(None, |_| ok(""));
    let headers = (0..40_000).map(|number| (format!("x{number}"), Vec::new())).collect();
    let refused = dial(&endpoint(port), plain()).request(
        &Request { headers, ..request("GET", "/") },
        &vault(&[]),
        soon(),
    );
    assert!(matches!(refused, Err(NetError::Invalid(text)) if text.contains("more headers")));
    assert!(heard.lock().unwrap().is_empty());
}

#[test]
fn a_redirect_is_returned() {
    let (port, heard) = http(None, |_| {
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/away\r\nContent-Length: 0\r\n\r\n".to_vec()
    });
    let answer = dial(&endpoint(port), plain()).request(&request("GET", "/"), &vault(&[]), soon()).unwrap();
    assert_eq!(answer.status, 302);
    assert!(answer.headers.iter().any(|(name, value)| name == "location" && value.ends_with("/away")));
    assert_eq!(heard.lock().unwrap().len(), 1);
}

#[test]
fn what_would_lead_elsewhere_is_refused() {
    let (port, heard) = http(None, |_| ok(""));
    let mut connection = dial(&endpoint(port), plain());
    for path in [
        "",
        "x",
        "//h/",
        "http://h/",
        "@h/",
        "/a\r\nX: y",
        "/a b",
        "/a#b",
        "/\\h",
        "/../a",
        "/%2e%2e/a",
        "/\"",
        "/\u{e9}",
    ] {
        let error = connection.request(&request("GET", path), &vault(&[]), soon()).unwrap_err();
        assert!(matches!(error, NetError::Invalid(_)), "{path:?}: {error}");
    }
    for (name, value) in [
        ("Host", "other.example"),
        ("Content-Length", "0"),
        ("Transfer-Encoding", "chunked"),
        ("Connection", "upgrade"),
        ("X-A", "b\r\nHost: other.example"),
        ("X-A", "b\nX"),
        ("X-A", "b\0"),
        ("X-A: b\r\nHost", "other.example"),
    ] {
        let headers = vec![(name.to_owned(), text(value))];
        let wanted = Request { headers, ..request("GET", "/") };
        assert!(connection.request(&wanted, &vault(&[]), soon()).is_err(), "{name:?}: {value:?}");
    }
    assert!(heard.lock().unwrap().is_empty());
}

#[test]
fn a_larger_answer_is_given_up_while_it_comes() {
    let body = "x".repeat(1_000_000);
    let chunk = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nf4240\r\n{body}\r\n0\r\n\r\n");
    for bomb in [ok(&body), chunk.into_bytes()] {
        let (port, _) = http(None, move |_| bomb.clone());
        let error =
            dial(&endpoint(port), plain()).request(&request("GET", "/"), &vault(&[]), soon()).unwrap_err();
        assert_eq!(error, NetError::TooLarge(64 * 1024));
    }
    let (port, _) = http(None, |_| ok(&"x".repeat(64 * 1024)));
    let answer = dial(&endpoint(port), plain()).request(&request("GET", "/"), &vault(&[]), soon()).unwrap();
    assert_eq!(answer.body.len(), 64 * 1024);
}

#[test]
fn a_slow_answer_is_given_up_in_time() {
    for part in ["", "HTTP/1.1 200 OK\r\nContent-", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"] {
        let (port, _) = http(None, move |_| part.as_bytes().to_vec());
        let started = Instant::now();
        let wanted = Request { timeout: Some(Duration::from_millis(200)), ..request("POST", "/") };
        let error = dial(&endpoint(port), plain()).request(&wanted, &vault(&[]), soon()).unwrap_err();
        assert!(
            matches!(&error, NetError::Unreachable(text) if text.contains("time is over") && text.contains("sent")),
            "{error}"
        );
        assert!(started.elapsed() < Duration::from_secs(3));
    }
}

#[test]
fn a_guest_may_wait_longer_than_the_host_would() {
    let slow = |_: &str| {
        std::thread::sleep(Duration::from_millis(500));
        ok("")
    };
    let hasty = || NetSettings { request_timeout: Duration::from_millis(50), ..plain() };
    for (timeout, answered) in [(None, false), (Some(Duration::from_mins(1)), true)] {
        let (port, _) = http(None, slow);
        let deadline = Instant::now() + Duration::from_mins(2);
        let wanted = Request { timeout, ..request("POST", "/") };
        let ended = dial(&endpoint(port), hasty()).request(&wanted, &vault(&[]), deadline);
        assert_eq!(ended.is_ok(), answered, "{timeout:?}");
    }
}

#[test]
fn the_deployments_deadline_counts_too() {
    let (port, _) = http(None, |_| Vec::new());
    let deadline = Instant::now() + Duration::from_millis(200);
    let mut connection = dial(&endpoint(port), plain());
    assert!(matches!(
        connection.request(&request("GET", "/"), &vault(&[]), deadline),
        Err(NetError::Unreachable(_))
    ));
    assert!(matches!(
        connection.request(&request("GET", "/"), &vault(&[]), Instant::now()),
        Err(NetError::Unreachable(_))
    ));
}

#[test]
fn bytes_are_not_for_http() {
    let (port, _) = http(None, |_| ok(""));
    let mut connection = dial(&endpoint(port), plain());
    assert!(matches!(connection.send(&text("x"), &vault(&[]), soon()), Err(NetError::Invalid(_))));
    let second = Duration::from_secs(1);
    assert!(matches!(connection.receive(1, second, &vault(&[]), soon()), Err(NetError::Invalid(_))));
    assert!(matches!(connection.peer_certificates(), Err(NetError::Invalid(_))));
}

/// The variables belong to the whole process, so this test runs itself again in a process of its own.
#[test]
fn the_environments_proxy_is_ignored() {
    const CHILD: &str = "LASTMILE_TEST_PROXY_CHILD";
    if std::env::var_os(CHILD).is_none() {
        let mut again = std::process::Command::new(std::env::current_exe().unwrap());
        again.args(["--exact", "capability::net::tests::http::the_environments_proxy_is_ignored"]);
        for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
            again.env(name, "http://127.0.0.1:1");
        }
        again.env_remove("NO_PROXY").env_remove("no_proxy").env(CHILD, "1");
        let output = again.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        return;
    }
    let (port, _) = http(None, |_| ok("direct"));
    let answer = dial(&endpoint(port), plain()).request(&request("GET", "/"), &vault(&[]), soon()).unwrap();
    assert_eq!(answer.body, b"direct");
}
