//! A tap on the line to an AWS endpoint: notes each operation, and can cut the line behind one.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What passed, oldest first: operation and body.
#[derive(Default)]
struct Seen {
    passed: Vec<(String, String)>,
    cut: Option<String>,
}

pub(crate) struct Tap {
    pub(crate) port: u16,
    seen: Arc<Mutex<Seen>>,
}

impl Tap {
    /// Forwards to `port`.
    pub(crate) fn on(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let tap = Self { port: listener.local_addr().unwrap().port(), seen: Arc::default() };
        let seen = Arc::clone(&tap.seen);
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let seen = Arc::clone(&seen);
                std::thread::spawn(move || while pass(client.as_ref().unwrap(), port, &seen).is_some() {});
            }
        });
        tap
    }

    /// The next time, this operation reaches the service and its answer reaches nobody.
    pub(crate) fn cut_behind(&self, operation: &str) {
        self.seen.lock().unwrap().cut = Some(operation.to_owned());
    }

    /// The operations since the last look.
    pub(crate) fn passed(&self) -> Vec<(String, String)> {
        std::mem::take(&mut self.seen.lock().unwrap().passed)
    }
}

/// One exchange; nothing once the line is closed.
fn pass(mut client: &TcpStream, port: u16, seen: &Mutex<Seen>) -> Option<()> {
    let request = message(client)?;
    let text = String::from_utf8_lossy(&request).into_owned();
    let (head, body) = text.split_once("\r\n\r\n")?;
    let operation = header(head, "x-amz-target")?.rsplit('.').next()?.to_owned();
    let cut = {
        let mut seen = seen.lock().unwrap();
        seen.passed.push((operation.clone(), body.to_owned()));
        seen.cut.take_if(|wanted| *wanted == operation).is_some()
    };
    // Nobody listens behind: nobody answers here either.
    let mut service = TcpStream::connect(("127.0.0.1", port)).ok()?;
    service.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
    service.write_all(&request).ok()?;
    let answer = message(&service)?;
    if cut {
        return None;
    }
    client.write_all(&answer).ok()
}

/// One HTTP message with its body by content-length.
fn message(mut line: &TcpStream) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 16384];
    loop {
        let read = line.read(&mut buffer).ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length: usize =
                header(head, "content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
            if body.len() >= length {
                return Some(bytes);
            }
        }
    }
}

fn header<'a>(head: &'a str, wanted: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case(wanted).then(|| value.trim())
    })
}
