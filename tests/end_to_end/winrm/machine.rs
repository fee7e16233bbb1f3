//! A machine with a fake of WinRM on it (`fake_server.py`), and the target that deploys to it.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::credentials::Authority;
use crate::room::{Pair, Room, await_that, program, repository};

pub(super) const PASSWORD: &str = "Wort&<geheim>";

/// Stops with the test.
pub(super) struct Machine<'a> {
    room: &'a Room,
    server: Child,
    directory: PathBuf,
    pub(super) port: u16,
}

impl Drop for Machine<'_> {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

impl<'a> Machine<'a> {
    /// With these certificates bound; `old`: a Server 2016.
    pub(super) fn start(room: &'a Room, bound: &[(&str, &Pair)], old: bool) -> Self {
        let directory = room.file("winrm");
        fs::create_dir(&directory).unwrap();
        let authority = Authority::new();
        let own = authority.pair(room, "winrm-tls", "127.0.0.1");
        fs::copy(own.certificate, directory.join("tls.pem")).unwrap();
        fs::copy(own.key, directory.join("tls.key")).unwrap();
        fs::write(directory.join("root.pem"), authority.pem).unwrap();
        let bound: Value =
            bound.iter().map(|(name, pair)| (name.to_string(), json!(pair.certificate))).collect();
        let settings = json!({ "bound": bound, "old": old, "user": "lastmile", "password": PASSWORD });
        fs::write(directory.join("settings.json"), settings.to_string()).unwrap();
        let log = fs::File::create(room.file("log/winrm")).unwrap();
        let server = Command::new("python3")
            .arg("-B")
            .arg(repository().join("tests/end_to_end/winrm/fake_server.py"))
            .arg(&directory)
            .arg(repository().join("guests/winrm/src/scripts"))
            .stdin(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut machine = Self { room, server, directory, port: 0 };
        await_that("the fake listens", || machine.directory.join("port").exists());
        machine.port = fs::read_to_string(machine.directory.join("port")).unwrap().parse().unwrap();
        machine
    }

    /// plugins.toml with the target `win`.
    pub(super) fn configure(&self, config: &str) {
        self.configure_for(self.port, config);
    }

    pub(super) fn configure_for(&self, port: u16, config: &str) {
        let (room, directory) = (self.room.path.display(), self.directory.display());
        self.room.configure_only(&format!(
            "schema = 1\n[host]\nstate-dir = \"{room}/state\"\nlease-seconds = 3\n\
             [plugins.winrm]\ncomponent = \"{}/winrm.wasm\"\nunpinned = true\n\
             [plugins.winrm.grant]\nnet.dial = [\"https://127.0.0.1:{port}\"]\n\
             [targets.win]\nplugin = \"winrm\"\n\
             config = {{ host = \"127.0.0.1\", port = {port}{config} }}\n\
             secrets = {{ password = \"env:WINRM_PASSWORD\" }}\n\
             auth = {{ kind = \"basic\", username = \"lastmile\", password = \"password\" }}\n\
             tls = {{ ca = \"{directory}/root.pem\" }}\n",
            repository().join("plugins").display()
        ));
    }

    /// Spoils one message: `STEP WHAT`, as in fake_server.py.
    pub(super) fn spoil(&self, fault: &str) {
        fs::write(self.directory.join("fault"), fault).unwrap();
    }

    /// Whether what was to go wrong did.
    pub(super) fn spoilt(&self) -> bool {
        !self.directory.join("fault").exists()
    }

    pub(super) fn deploy(&self, pair: &Pair) -> (String, String) {
        self.room.enqueue("win", pair);
        self.deliver(PASSWORD)
    }

    /// One round of the worker, which talks as much as it can; outcome and note of the last attempt.
    pub(super) fn deliver(&self, password: &str) -> (String, String) {
        let mut worker = self.room.command(&program(), &["run", "--until-idle"]);
        let output = worker.env("WINRM_PASSWORD", password).env("RUST_LOG", "trace").output().unwrap();
        let log = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(output.status.success() && log.contains("TRACE"), "{log}");
        let sent = self.raw_state()["secrets"].clone();
        let sent = sent.as_array().unwrap().iter().map(|secret| secret.as_str().unwrap());
        for secret in sent.chain([password]) {
            assert!(!log.contains(secret), "a secret is in the log");
        }
        self.room.history("win").pop().unwrap()
    }

    /// What the machine holds; every message so far was as it must be, and no shell was left.
    pub(super) fn state(&self) -> Value {
        let state = self.raw_state();
        assert_eq!((&state["violations"], &state["open"]), (&json!([]), &json!(0)), "{state:#}");
        state
    }

    pub(super) fn raw_state(&self) -> Value {
        serde_json::from_str(&fs::read_to_string(self.directory.join("state.json")).unwrap()).unwrap()
    }

    pub(super) fn bound(&self, binding: &str) -> String {
        self.state()["records"][binding]["fingerprint"].as_str().unwrap_or_default().to_owned()
    }

    pub(super) fn mutations(&self) -> Vec<String> {
        let state = self.state();
        state["mutations"].as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect()
    }
}
