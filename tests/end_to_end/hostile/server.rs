//! A server that does to its clients what a hostile one would.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Answers until the test's process ends; each answer is bounded in time.
pub(super) struct Server {
    pub(super) port: u16,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::<Mutex<Vec<String>>>::default();
        let kept = Arc::clone(&seen);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let seen = Arc::clone(&seen);
                // A client that hangs up is what these answers are for.
                std::thread::spawn(move || drop(serve(stream, port, &seen)));
            }
        });
        Self { port, seen: kept }
    }

    /// The first line of every request.
    pub(super) fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

fn serve(mut stream: TcpStream, port: u16, seen: &Mutex<Vec<String>>) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    stream.set_write_timeout(Some(Duration::from_secs(10)))?;
    let request = head_and_body(&stream)?;
    let first = request.lines().next().unwrap_or_default().to_owned();
    seen.lock().unwrap().push(first.clone());
    let path = first.split(' ').nth(1).unwrap_or_default();
    let home = format!("http://127.0.0.1:{port}/stolen");
    match path {
        "/redirect" => redirect(&mut stream, "http://169.254.169.254/latest/meta-data/"),
        "/redirect-home" => redirect(&mut stream, &home),
        "/bomb" => flood(&mut stream, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", &[b'x'; 65536]),
        "/headers" => flood(&mut stream, "HTTP/1.1 200 OK\r\n", b"X-A: b\r\n".repeat(1000).as_slice()),
        "/informational" => {
            flood(&mut stream, "", b"HTTP/1.1 103 Early Hints\r\n\r\n".repeat(100).as_slice())
        }
        "/slow" => slowly(&mut stream, b"HTTP/1.1 200 OK\r\nX-Slow: ", Duration::from_millis(100)),
        "/silent" => {
            std::thread::sleep(Duration::from_secs(10));
            Ok(())
        }
        "/cut" => stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\ncut"),
        "/gzip" => answer(&mut stream, "Content-Encoding: gzip\r\n", "still packed"),
        "/echo" => answer(&mut stream, &format!("X-Echo: {}\r\n", key_of(&request)), &request),
        "/echo-slices" => slices(&mut stream, &request),
        _ if first == "FLOOD" => flood(&mut stream, "", &[b'x'; 65536]),
        _ => answer(&mut stream, "", "ok"),
    }
}

fn head_and_body(stream: &TcpStream) -> std::io::Result<String> {
    let mut reader = BufReader::new(stream);
    let mut request = String::new();
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line == "\r\n" || line == "FLOOD\n" {
            request.push_str(&line);
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        request.push_str(&line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(request + &String::from_utf8_lossy(&body))
}

fn key_of(request: &str) -> &str {
    request.lines().find_map(|line| line.strip_prefix("x-api-key: ")).unwrap_or_default()
}

fn answer(stream: &mut TcpStream, headers: &str, body: &str) -> std::io::Result<()> {
    write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n{headers}\r\n{body}", body.len())
}

fn redirect(stream: &mut TcpStream, to: &str) -> std::io::Result<()> {
    write!(stream, "HTTP/1.1 307 Temporary Redirect\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n")
}

fn flood(stream: &mut TcpStream, begin: &str, again: &[u8]) -> std::io::Result<()> {
    stream.write_all(begin.as_bytes())?;
    let end = Instant::now() + Duration::from_secs(10);
    while Instant::now() < end {
        stream.write_all(again)?;
    }
    Ok(())
}

fn slowly(stream: &mut TcpStream, begin: &[u8], pause: Duration) -> std::io::Result<()> {
    stream.write_all(begin)?;
    for _ in 0..100 {
        stream.write_all(b"x")?;
        std::thread::sleep(pause);
    }
    Ok(())
}

/// Chunks of three bytes: every secret lies across several.
fn slices(stream: &mut TcpStream, body: &str) -> std::io::Result<()> {
    stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")?;
    for slice in body.as_bytes().chunks(3) {
        write!(stream, "{:x}\r\n", slice.len())?;
        stream.write_all(slice)?;
        stream.write_all(b"\r\n")?;
        stream.flush()?;
    }
    stream.write_all(b"0\r\n\r\n")
}
