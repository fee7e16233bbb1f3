//! A target that is told over HTTP which certificate it is to use, and says which one that is.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::room::free_port;

/// Answers until the test's process ends.
pub(super) struct Api {
    pub(super) port: u16,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    active: String,
    /// Whether it answers nobody after the next change.
    goes_away: bool,
    away: bool,
}

impl Api {
    /// One that uses `active`.
    pub(super) fn start(active: &str) -> Self {
        let state = Arc::new(Mutex::new(State { active: active.to_owned(), ..State::default() }));
        let (port, shared) = (free_port(), Arc::clone(&state));
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                // Its clients are killed in the midst of a request.
                std::thread::spawn(move || drop(serve(stream, &state)));
            }
        });
        Self { port, state }
    }

    pub(super) fn active(&self) -> String {
        self.state.lock().unwrap().active.clone()
    }

    /// It takes one change more, and then answers nobody.
    pub(super) fn goes_away(&self) {
        self.state.lock().unwrap().goes_away = true;
    }

    pub(super) fn comes_back(&self) {
        let mut state = self.state.lock().unwrap();
        (state.goes_away, state.away) = (false, false);
    }
}

fn serve(mut stream: TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    let mut reader = BufReader::new(stream.try_clone()?);
    loop {
        let (mut first, mut length) = (String::new(), 0);
        reader.read_line(&mut first)?;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line)? == 0 {
                return Ok(());
            }
            if line == "\r\n" {
                break;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let Some(answer) = answer(&first, String::from_utf8_lossy(&body).into_owned(), state) else {
            return Ok(());
        };
        write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{answer}", answer.len())?;
    }
}

/// Nothing while it is away.
fn answer(first: &str, body: String, state: &Mutex<State>) -> Option<String> {
    let mut state = state.lock().unwrap();
    if state.away {
        return None;
    }
    if first.starts_with("PUT /active ") {
        state.active = body;
        state.away = state.goes_away;
    }
    Some(state.active.clone())
}
