//! A fake's process, and one device in it; tests/fakes/README.md has their talk.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use crate::room::{Pair, Room, repository};

/// Ends with the test: the process ends with its input.
pub(super) struct Fake {
    process: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    /// The faults that it knows.
    pub(super) faults: Vec<String>,
    /// The SHA-256 of what its management interfaces show.
    pub(super) pin: String,
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.input = None;
        let _ = self.process.wait();
    }
}

/// One device: its number and its ports.
#[derive(Clone, Copy)]
pub(super) struct Device {
    id: u64,
    pub(super) port: u16,
    pub(super) main: u16,
    /// Where tokens are issued in the clear, if the device has any.
    pub(super) issuer: Option<u16>,
}

/// What it holds, and what came to it.
pub(super) struct State(pub(super) Value);

impl Fake {
    pub(super) fn start(room: &Room, name: &str) -> Self {
        let python = repository().join("target/venv/bin/python");
        assert!(python.exists(), "{} is missing: run `tests/setup.sh moto`", python.display());
        let log = std::fs::File::create(room.file("log/fake")).unwrap();
        let mut process = Command::new(python)
            .arg("-B")
            .arg(repository().join(format!("tests/fakes/{name}.py")))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let (input, output) = (process.stdin.take(), BufReader::new(process.stdout.take().unwrap()));
        let mut fake = Self { process, input, output, faults: Vec::new(), pin: String::new() };
        let greeting = fake.heard(room);
        fake.pin = greeting["pin"].as_str().unwrap().to_owned();
        let faults = greeting["faults"].as_array().unwrap().iter();
        fake.faults = faults.map(|fault| fault.as_str().unwrap().to_owned()).collect();
        fake
    }

    fn heard(&mut self, room: &Room) -> Value {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        let log = || std::fs::read_to_string(room.file("log/fake")).unwrap();
        assert!(!line.is_empty(), "the fake died: {}", log());
        serde_json::from_str(&line).unwrap()
    }

    pub(super) fn ask(&mut self, room: &Room, command: &Value) -> Value {
        let mut input = self.input.as_ref().unwrap();
        input.write_all(format!("{command}\n").as_bytes()).unwrap();
        let answer = self.heard(room);
        assert!(answer.get("error").is_none(), "{command}: {answer}");
        answer
    }

    pub(super) fn device(
        &mut self,
        room: &Room,
        options: &Value,
        secrets: &Value,
        old: &Pair,
        neighbour: &Pair,
    ) -> Device {
        let pairs = json!({ "old": texts(old), "neighbour": texts(neighbour) });
        let made = self
            .ask(room, &json!({ "do": "device", "options": options, "secrets": secrets, "pairs": pairs }));
        let port = |value: &Value| u16::try_from(value.as_u64().unwrap()).unwrap();
        Device {
            id: made["device"].as_u64().unwrap(),
            port: port(&made["port"]),
            main: port(&made["listeners"]["main"]),
            issuer: made["listeners"].get("issuer").map(port),
        }
    }

    /// A listener that always serves this pair.
    pub(super) fn stale(&mut self, room: &Room, pair: &Pair) -> u16 {
        let texts = texts(pair);
        let command = json!({ "do": "stale", "certificate": texts["certificate"], "key": texts["key"] });
        u16::try_from(self.ask(room, &command)["port"].as_u64().unwrap()).unwrap()
    }

    /// The `at`-th request from now, and the `times - 1` after it, meet this fault.
    pub(super) fn spoil(&mut self, room: &Room, device: Device, what: &str, at: usize, times: usize) {
        let fault = json!({ "do": "fault", "device": device.id, "what": what, "at": at, "times": times });
        self.ask(room, &fault);
    }

    /// `mend`, `reboot` or `forget`.
    pub(super) fn act(&mut self, room: &Room, device: Device, what: &str) {
        self.ask(room, &json!({ "do": what, "device": device.id }));
    }

    /// What all its devices made that nobody else may read.
    pub(super) fn tokens(&mut self, room: &Room) -> Vec<String> {
        let tokens = self.ask(room, &json!({ "do": "tokens" }));
        tokens["tokens"].as_array().unwrap().iter().map(|token| token.as_str().unwrap().to_owned()).collect()
    }

    pub(super) fn look(&mut self, room: &Room, device: Device) -> State {
        State(self.ask(room, &json!({ "do": "look", "device": device.id })))
    }
}

fn texts(pair: &Pair) -> Value {
    let (certificate, key) = pair.texts();
    json!({ "certificate": certificate, "key": key })
}

impl State {
    /// Method and target of each recorded request of this kind (`look`, `session`, `change`).
    pub(super) fn requests(&self, kind: &str) -> Vec<String> {
        let text = |request: &Value, key: &str| request[key].as_str().unwrap().to_owned();
        let all = self.0["requests"].as_array().unwrap().iter();
        let of_kind = all.filter(|request| request["kind"] == kind);
        of_kind.map(|request| format!("{} {}", text(request, "method"), text(request, "target"))).collect()
    }

    pub(super) fn count(&self) -> usize {
        self.0["requests"].as_array().unwrap().len()
    }

    pub(super) fn serves(&self, shown: &Value) -> bool {
        self.0["serving"]["main"] == *shown
    }
}
