//! A room for one test: a directory, an nginx of its own, certificates, a plugins.toml.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn target() -> PathBuf {
    // …/target/release/deps/end_to_end-…
    std::env::current_exe().unwrap().ancestors().nth(3).unwrap().to_owned()
}

/// The program that users run.
pub(crate) fn program() -> PathBuf {
    target().join("release/lastmile")
}

/// The same with fault points, as `make test` builds it.
pub(crate) fn faulty_program() -> PathBuf {
    let path = target().join("lastmile-fault");
    assert!(path.exists(), "{} is missing: run `make test`", path.display());
    path
}

/// A port below those that outgoing connections take: a server that starts slowly must still find it free.
pub(crate) fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    loop {
        let number = std::process::id().wrapping_mul(61).wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed));
        let port = u16::try_from(20_000 + number % 12_000).unwrap();
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

pub(crate) struct Pair {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
    pub(crate) fingerprint: String,
}

pub(crate) struct Room {
    _directory: tempfile::TempDir,
    pub(crate) path: PathBuf,
    pub(crate) port: u16,
}

/// What a file is, to the last bit that a user could notice.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FileState {
    path: PathBuf,
    content: Vec<u8>,
    mode: u32,
    owner: (u32, u32),
    modified: (i64, i64),
    inode: u64,
}

impl Room {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().canonicalize().unwrap();
        for name in ["tls", "outside", "log"] {
            fs::create_dir(path.join(name)).unwrap();
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        Self { _directory: directory, path, port: free_port() }
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// A fresh self-signed certificate for example.test.
    pub(crate) fn pair(&self, name: &str) -> Pair {
        self.signed(name, rcgen::CertificateParams::new(vec!["example.test".to_owned()]).unwrap())
    }

    /// The same, but its time was over in 2021.
    pub(crate) fn expired_pair(&self, name: &str) -> Pair {
        let mut parameters = rcgen::CertificateParams::new(vec!["example.test".to_owned()]).unwrap();
        parameters.not_before = rcgen::date_time_ymd(2020, 1, 1);
        parameters.not_after = rcgen::date_time_ymd(2021, 1, 1);
        self.signed(name, parameters)
    }

    fn signed(&self, name: &str, parameters: rcgen::CertificateParams) -> Pair {
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = parameters.self_signed(&key).unwrap();
        let pair = Pair {
            certificate: self.file(&format!("{name}.pem")),
            key: self.file(&format!("{name}.key")),
            fingerprint: String::new(),
        };
        fs::write(&pair.certificate, certificate.pem()).unwrap();
        fs::write(&pair.key, key.serialize_pem()).unwrap();
        let fingerprint = fingerprint(&certificate.pem());
        Pair { fingerprint, ..pair }
    }

    /// nginx, serving `old`.
    pub(crate) fn nginx(&self, old: &Pair) -> Nginx<'_> {
        self.place(old);
        self.nginx_conf("");
        self.start_nginx(&mut Command::new("/usr/sbin/nginx"))
    }

    /// The files that nginx serves, as a careful administrator would have put them there.
    pub(crate) fn place(&self, pair: &Pair) {
        fs::copy(&pair.certificate, self.file("tls/site.pem")).unwrap();
        fs::copy(&pair.key, self.file("tls/site.key")).unwrap();
        fs::set_permissions(self.file("tls/site.key"), fs::Permissions::from_mode(0o600)).unwrap();
    }

    pub(crate) fn start_nginx(&self, program: &mut Command) -> Nginx<'_> {
        let nginx = Nginx { room: self };
        assert!(program.args(self.nginx_arguments()).status().unwrap().success());
        nginx
    }

    pub(crate) fn nginx_conf(&self, extra: &str) {
        let p = self.path.display();
        self.nginx_conf_with(
            extra,
            &format!(
                "server {{ listen 127.0.0.1:{} ssl; ssl_certificate {p}/tls/site.pem;
                   ssl_certificate_key {p}/tls/site.key; }}",
                self.port
            ),
        );
    }

    pub(crate) fn nginx_conf_with(&self, extra: &str, servers: &str) {
        let p = self.path.display();
        let conf = format!(
            "pid {p}/log/nginx.pid; error_log {p}/log/error.log; events {{}} {extra}
             http {{ access_log off; client_body_temp_path {p}/log/b; proxy_temp_path {p}/log/p;
               fastcgi_temp_path {p}/log/f; uwsgi_temp_path {p}/log/u; scgi_temp_path {p}/log/s;
               {servers} }}"
        );
        fs::write(self.file("nginx.conf"), conf).unwrap();
    }

    fn nginx_arguments(&self) -> [String; 4] {
        let p = self.path.display();
        ["-c".into(), format!("{p}/nginx.conf"), "-e".into(), format!("{p}/log/error.log")]
    }

    /// plugins.toml with the nginx connector and a target `web`; `more` is appended.
    pub(crate) fn configure(&self, verify_port: u16, more: &str) {
        self.configure_with("", verify_port, more);
    }

    /// The same with more in the configuration of `web`.
    pub(crate) fn configure_with(&self, config: &str, verify_port: u16, more: &str) {
        let (p, plugins) = (self.path.display(), repository().join("plugins"));
        let argv = format!("\"/usr/sbin/nginx\", \"-c\", \"{p}/nginx.conf\", \"-e\", \"{p}/log/error.log\"");
        let text = format!(
            "schema = 1\n[host]\nstate-dir = \"{p}/state\"\nlease-seconds = 3\n\
             [plugins.nginx]\ncomponent = \"{}/nginx.wasm\"\nunpinned = true\n\
             [plugins.nginx.grant]\nfs.write = [\"{p}/tls/\"]\n\
             process.exec = [[{argv}, \"-t\"], [{argv}, \"-s\", \"reload\"]]\n\
             [targets.web]\nplugin = \"nginx\"\n\
             config = {{ certificate = \"{p}/tls/site.pem\", key = \"{p}/tls/site.key\", \
               config-file = \"{p}/nginx.conf\", error-log = \"{p}/log/error.log\"{config} }}\n\
             verify = {{ endpoint = \"127.0.0.1:{verify_port}\", server-name = \"example.test\", attempts = 8 }}\n{more}",
            plugins.display()
        );
        self.configure_only(&text);
    }

    /// A whole plugins.toml.
    pub(crate) fn configure_only(&self, text: &str) {
        fs::write(self.file("plugins.toml"), text).unwrap();
        self.ok(&["init"]);
    }

    pub(crate) fn command(&self, program: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.arg("--config").arg(self.file("plugins.toml")).args(arguments).stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        let output = self.command(&program(), arguments).output().unwrap();
        let mut log =
            fs::OpenOptions::new().create(true).append(true).open(self.file("log/lastmile")).unwrap();
        std::io::Write::write_all(&mut log, &[&output.stdout[..], &output.stderr[..]].concat()).unwrap();
        output
    }

    pub(crate) fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "lastmile {arguments:?}: {}{error}",
            String::from_utf8_lossy(&output.stdout)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    pub(crate) fn enqueue(&self, target: &str, pair: &Pair) {
        let (certificate, key) = (pair.certificate.to_str().unwrap(), pair.key.to_str().unwrap());
        self.ok(&["deploy", target, "--certificate", certificate, "--key", key]);
    }

    /// Outcome and note of every attempt for the target.
    pub(crate) fn history(&self, target: &str) -> Vec<(String, String)> {
        let rows: serde_json::Value = serde_json::from_str(&self.ok(&["--json", "history", target])).unwrap();
        let text = |row: &serde_json::Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
        rows.as_array().unwrap().iter().map(|row| (text(row, "outcome"), text(row, "note"))).collect()
    }

    pub(crate) fn states(&self) -> Vec<serde_json::Value> {
        let rows: serde_json::Value = serde_json::from_str(&self.ok(&["--json", "outbox", "list"])).unwrap();
        rows.as_array().unwrap().iter().map(|row| row["state"].clone()).collect()
    }

    pub(crate) fn served(&self) -> String {
        self.served_at(self.port, "example.test")
    }

    pub(crate) fn served_at(&self, port: u16, name: &str) -> String {
        let address = format!("127.0.0.1:{port}");
        let mut client = Command::new("openssl");
        client.args(["s_client", "-connect", &address, "-servername", name]);
        fingerprint(&String::from_utf8_lossy(&client.stdin(Stdio::null()).output().unwrap().stdout))
    }

    /// A reload takes effect a moment after nginx accepted it.
    pub(crate) fn await_served(&self, fingerprint: &str) {
        self.await_served_at(self.port, "example.test", fingerprint);
    }

    pub(crate) fn await_served_at(&self, port: u16, name: &str, fingerprint: &str) {
        await_that(&format!("{fingerprint} is served as {name}"), || {
            self.served_at(port, name) == fingerprint
        });
    }

    /// Every file below these directories.
    pub(crate) fn snapshot(&self, directories: &[&str]) -> Vec<FileState> {
        let mut files = Vec::new();
        for directory in directories {
            for entry in fs::read_dir(self.file(directory)).unwrap() {
                let path = entry.unwrap().path();
                let metadata = fs::symlink_metadata(&path).unwrap();
                let content = if metadata.is_file() { fs::read(&path).unwrap() } else { Vec::new() };
                let owner = (metadata.uid(), metadata.gid());
                let (modified, inode) = ((metadata.mtime(), metadata.mtime_nsec()), metadata.ino());
                files.push(FileState { path, content, mode: metadata.mode(), owner, modified, inode });
            }
        }
        files.sort();
        files
    }

    /// No file of the host's own beside a target, and no journal.
    pub(crate) fn assert_tidy(&self) {
        for entry in fs::read_dir(self.file("tls")).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            assert!(!name.starts_with(".lastmile-"), "{name} was left");
        }
        for entry in fs::read_dir(self.file("state/journal")).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            assert!(name.ends_with(".lock"), "the journal {name} was left");
        }
    }
}

/// Waits for it, for as long as a busy machine may take.
pub(crate) fn await_that(what: &str, mut holds: impl FnMut() -> bool) {
    let until = Instant::now() + Duration::from_secs(90);
    while !holds() {
        assert!(Instant::now() < until, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Stops with the test.
pub(crate) struct Nginx<'a> {
    room: &'a Room,
}

impl Drop for Nginx<'_> {
    fn drop(&mut self) {
        if let Ok(pid) = fs::read_to_string(self.room.file("log/nginx.pid")) {
            let _ = Command::new("kill").arg(pid.trim()).status();
        }
    }
}

/// SHA-256 of the first certificate's DER, by openssl.
pub(crate) fn fingerprint(pem: &str) -> String {
    let mut openssl = Command::new("openssl");
    openssl.args(["x509", "-noout", "-fingerprint", "-sha256"]);
    let mut child =
        openssl.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), pem.as_bytes()).ok();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.split_once('=').map(|(_, hex)| hex.trim().replace(':', "").to_lowercase()).unwrap_or_default()
}
