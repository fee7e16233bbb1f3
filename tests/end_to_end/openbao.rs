//! A real OpenBao with TLS, in memory, asked by its own client.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

use crate::room::{Room, await_that, free_port, repository};

const ROOT: &str = "root-token-of-this-test";

/// Stops with the test.
pub(crate) struct OpenBao<'a> {
    room: &'a Room,
    server: Child,
    port: u16,
}

impl Drop for OpenBao<'_> {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn bao() -> PathBuf {
    let program = repository().join("target/openbao/bao");
    assert!(program.exists(), "{} is missing: run `tests/setup.sh openbao`", program.display());
    program
}

impl<'a> OpenBao<'a> {
    pub(crate) fn start(room: &'a Room) -> Self {
        let port = free_port();
        fs::create_dir(room.file("bao")).unwrap();
        let log = fs::File::create(room.file("log/bao")).unwrap();
        let server = Command::new(bao())
            .args(["server", "-dev", "-dev-no-store-token", "-dev-tls"])
            .arg(format!("-dev-root-token-id={ROOT}"))
            .arg(format!("-dev-listen-address=127.0.0.1:{port}"))
            .arg(format!("-dev-tls-cert-dir={}", room.file("bao").display()))
            .env("HOME", room.file("bao"))
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let server = Self { room, server, port };
        await_that("OpenBao is unsealed", || server.client(&["status"]).status.success());
        server
    }

    fn client(&self, arguments: &[&str]) -> Output {
        Command::new(bao())
            .args(arguments)
            .env("HOME", self.room.file("bao"))
            .env("BAO_ADDR", format!("https://127.0.0.1:{}", self.port))
            .env("BAO_CACERT", self.room.file("bao/vault-ca.pem"))
            .env("BAO_TOKEN", ROOT)
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// What an administrator does or asks.
    pub(crate) fn admin(&self, arguments: &[&str]) -> String {
        let output = self.client(arguments);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "bao {arguments:?}: {error}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// The same, answered in JSON.
    pub(crate) fn ask(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.admin(arguments)).unwrap()
    }

    /// What a reader of the secret gets; nothing where the newest version is deleted.
    pub(crate) fn read(&self, path: &str) -> Option<Value> {
        let output = self.client(&["kv", "get", "-format=json", "-mount=secret", path]);
        let answer: Value = serde_json::from_slice(&output.stdout).ok()?;
        Some(answer["data"].clone()).filter(|data| !data["data"].is_null())
    }

    /// The secret's metadata.
    pub(crate) fn metadata(&self, path: &str) -> Value {
        self.ask(&["kv", "metadata", "get", "-format=json", "-mount=secret", path])["data"].clone()
    }

    /// A policy of these paths, each with its capabilities.
    pub(crate) fn policy(&self, paths: &[(&str, &str)]) {
        let rule = |(path, may): &(&str, &str)| format!("path \"{path}\" {{ capabilities = [{may}] }}\n");
        let file = self.room.file("policy.hcl");
        fs::write(&file, paths.iter().map(rule).collect::<String>()).unwrap();
        self.admin(&["policy", "write", "lastmile", file.to_str().unwrap()]);
    }

    /// A token of the policy, in the file that the target reads.
    pub(crate) fn token(&self) {
        let made = self.ask(&["token", "create", "-policy=lastmile", "-format=json"]);
        fs::write(self.room.file("token"), made["auth"]["client_token"].as_str().unwrap()).unwrap();
    }

    /// plugins.toml with a target `vault`; `more` are lines of it beside `config`.
    pub(crate) fn configure(&self, config: &str, more: &str) {
        let (room, port) = (self.room.path.display(), self.port);
        self.room.configure_only(&format!(
            "schema = 1\n[host]\nstate-dir = \"{room}/state\"\nlease-seconds = 3\n\
             [plugins.vault-kv]\ncomponent = \"{}/vault-kv.wasm\"\nunpinned = true\n\
             [plugins.vault-kv.grant]\nnet.dial = [\"https://127.0.0.1:{port}\"]\n\
             [targets.vault]\nplugin = \"vault-kv\"\n\
             config = {{ host = \"127.0.0.1\", port = {port}, path = \"tls/www\"{config} }}\n\
             tls = {{ ca = \"{room}/bao/vault-ca.pem\" }}\n{more}",
            repository().join("plugins").display()
        ));
    }

    /// The lines for a token that the host adds.
    pub(crate) fn with_token(&self) -> String {
        format!(
            "secrets = {{ token = \"file:{}\" }}\n\
             auth = {{ kind = \"header\", name = \"X-Vault-Token\", value = \"token\" }}\n",
            self.room.file("token").display()
        )
    }
}
