//! Bytes over tcp and tls.

use std::time::{Duration, Instant};

use super::fake::{certificate, dial, echo, pin, plain, request, settings, soon, text, vault};
use crate::capability::net::{Connection, NetError};

const SECOND: Duration = Duration::from_secs(1);

fn conversation(connection: &mut Connection) {
    let vault = vault(&[]);
    connection.send(&text("hello"), &vault, soon()).unwrap();
    let mut heard = Vec::new();
    while heard.len() < 5 {
        let more = connection.receive(2, SECOND, &vault, soon()).unwrap();
        assert!((1..=2).contains(&more.len()));
        heard.extend(more);
    }
    assert_eq!(heard, b"hello");
    assert!(matches!(connection.request(&request("GET", "/"), &vault, soon()), Err(NetError::Invalid(_))));
    assert!(matches!(connection.receive(0, SECOND, &vault, soon()), Err(NetError::Invalid(_))));
}

#[test]
fn bytes_go_there_and_back() {
    let mut connection = dial(&format!("tcp://127.0.0.1:{}", echo(None)), plain());
    conversation(&mut connection);
    assert!(matches!(connection.peer_certificates(), Err(NetError::Invalid(_))));

    let certificate = certificate();
    let port = echo(Some(&certificate));
    let mut connection = dial(&format!("tls://localhost:{port}"), settings(pin(&certificate)));
    conversation(&mut connection);
    assert_eq!(connection.peer_certificates().unwrap(), [certificate.cert.der().to_vec()]);
}

#[test]
fn silence_ends_in_time_and_leaves_the_line_usable() {
    let mut connection = dial(&format!("tcp://127.0.0.1:{}", echo(None)), plain());
    let started = Instant::now();
    let error = connection.receive(9, Duration::from_millis(100), &vault(&[]), soon()).unwrap_err();
    assert!(matches!(error, NetError::Unreachable(_)), "{error}");
    assert!(started.elapsed() < Duration::from_secs(3));
    conversation(&mut connection);
}

#[test]
fn the_end_of_the_line_is_no_bytes() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("tcp://{}", listener.local_addr().unwrap());
    let mut connection = dial(&endpoint, plain());
    drop(listener.accept().unwrap());
    assert_eq!(connection.receive(9, SECOND, &vault(&[]), soon()).unwrap(), b"");
}
