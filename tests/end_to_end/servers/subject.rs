//! One real server in a room of its own.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use crate::room::{Pair, Room, fingerprint};

/// How one server is run and what the operator writes for it.
#[derive(Clone, Copy)]
pub(crate) struct Subject {
    /// The profile's and its component's name.
    pub(crate) name: &'static str,
    /// The program that prints its version, with its arguments.
    pub(crate) version: &'static [&'static str],
    /// `-starttls` of openssl and `starttls` of `verify`; empty where TLS begins with the first byte.
    pub(crate) starttls: &'static str,
    /// The target's `config`, as lines of TOML.
    pub(crate) config: fn(&Room) -> String,
    /// Lines below `[plugins.NAME]`, for example `run-as`.
    pub(crate) plugin: fn(&Room) -> String,
    /// The command lines to grant, as TOML lists.
    pub(crate) commands: fn(&Room) -> Vec<String>,
    /// Where the material lies, and in which order; the first is what is compared.
    pub(crate) layout: Layout,
    /// Who must own the files: user and group.
    pub(crate) owner: Option<(&'static str, &'static str)>,
    /// Whether it takes new files up without a reload, or its reload is the test's own.
    pub(crate) looks_by_itself: bool,
    /// Writes the server's own configuration and starts it in the foreground.
    pub(crate) start: fn(&Room) -> Command,
    /// Writes nonsense into the server's own configuration.
    pub(crate) spoil: fn(&Room),
    /// What a client says in a session that was opened before the deployment, and what it then hears.
    pub(crate) dialogue: Option<(&'static str, &'static str)>,
    /// How often and how far apart `verify` looks, for servers that take their time.
    pub(crate) looks: (u32, u32),
}

/// The files that the server reads.
#[derive(Clone, Copy)]
pub(crate) enum Layout {
    /// `tls/site.pem` and `tls/site.key`.
    Pair,
    /// `tls/site.pem`: certificate, then key.
    CertificateFirst,
    /// `tls/site.pem`: key, then certificate.
    KeyFirst,
    /// As this lays them out.
    Own(fn(&Room, &Pair)),
}

/// A server that stops with the test.
pub(crate) struct Running {
    command: Command,
    child: Child,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Running {
    pub(crate) fn lives(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    pub(crate) fn stop(&mut self) {
        // The whole group: servers have workers.
        let group = format!("-{}", self.child.id());
        let _ = Command::new("kill").args(["-TERM", "--", &group]).stderr(Stdio::null()).status();
        let until = Instant::now() + Duration::from_secs(5);
        while Instant::now() < until && !matches!(self.child.try_wait(), Ok(Some(_))) {
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
        let _ = self.child.wait();
    }

    /// The same command once more, once the server was stopped.
    pub(crate) fn start_again(&mut self) {
        self.child = self.command.spawn().unwrap();
    }
}

impl Subject {
    /// What the server says its version is.
    pub(crate) fn version(&self) -> String {
        let [program, arguments @ ..] = self.version else { panic!("{}: no version command", self.name) };
        let output = Command::new(program).args(arguments).output();
        let output =
            output.unwrap_or_else(|error| panic!("{program}: {error}; run `make test`, which installs it"));
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&text).into_owned();
        let line =
            text.lines().find(|line| line.bytes().any(|byte| byte.is_ascii_digit())).unwrap_or_default();
        line.trim().to_owned()
    }

    /// Puts the pair where the server reads it, as an administrator would have.
    pub(crate) fn install(&self, room: &Room, pair: &Pair) {
        let (certificate, key) = (fs::read(&pair.certificate).unwrap(), fs::read(&pair.key).unwrap());
        match self.layout {
            Layout::Pair => {
                fs::write(room.file("tls/site.pem"), certificate).unwrap();
                fs::write(room.file("tls/site.key"), key).unwrap();
                self.protect(&room.file("tls/site.key"));
            }
            Layout::CertificateFirst => {
                fs::write(room.file("tls/site.pem"), [certificate, key].concat()).unwrap()
            }
            Layout::KeyFirst => fs::write(room.file("tls/site.pem"), [key, certificate].concat()).unwrap(),
            Layout::Own(write) => return write(room, pair),
        }
        self.protect(&room.file("tls/site.pem"));
    }

    fn protect(&self, path: &Path) {
        fs::set_permissions(path, fs::Permissions::from_mode(0o640)).unwrap();
        if let Some((user, group)) = self.owner {
            let ended = Command::new("chown").arg(format!("{user}:{group}")).arg(path).status().unwrap();
            assert!(ended.success(), "chown {user}:{group}");
        }
    }

    /// Starts the server with `old` and waits until it serves it.
    pub(crate) fn run(&self, room: &Room, old: &Pair) -> Running {
        use std::os::unix::process::CommandExt;
        self.install(room, old);
        let log = fs::File::create(room.file("log/server")).unwrap();
        let mut command = (self.start)(room);
        command.process_group(0).stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        let child = command.spawn().unwrap();
        let running = Running { command, child };
        self.await_served(room, &old.fingerprint);
        running
    }

    /// plugins.toml with the component of the server's own name and the target `it`.
    pub(crate) fn configure(&self, room: &Room, config: &str, commands: &[String]) {
        let component = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../plugins").join(self.name);
        let starttls = if self.starttls.is_empty() { "none" } else { self.starttls };
        let (attempts, interval) = self.looks;
        let text = format!(
            "schema = 1\n[host]\nstate-dir = \"{0}/state\"\n[plugins.{1}]\ncomponent = \"{2}.wasm\"\nunpinned = true\n\
             {3}\n[plugins.{1}.grant]\nfs.write = [\"{0}/tls/\"]\nprocess.exec = [{4}]\n\
             [targets.it]\nplugin = \"{1}\"\n\
             verify = {{ endpoint = \"127.0.0.1:{5}\", server-name = \"example.test\", starttls = \"{starttls}\", \
             attempts = {attempts}, interval-ms = {interval} }}\n[targets.it.config]\n{config}\n",
            room.path.display(),
            self.name,
            component.display(),
            (self.plugin)(room),
            commands.join(", "),
            room.port,
        );
        fs::write(room.file("plugins.toml"), text).unwrap();
        room.ok(&["init"]);
        room.ok(&["check"]);
    }

    /// The fingerprint that is served now; empty if none is, or if the server cannot prove that it has the key.
    pub(crate) fn served(&self, room: &Room) -> String {
        let output = self.client(room).stdin(Stdio::null()).output().unwrap();
        if !output.status.success() {
            return String::new();
        }
        fingerprint(&String::from_utf8_lossy(&output.stdout))
    }

    pub(crate) fn await_served(&self, room: &Room, wanted: &str) {
        let until = Instant::now() + Duration::from_secs(90);
        while self.served(room) != wanted {
            let log = fs::read_to_string(room.file("log/server")).unwrap_or_default();
            assert!(Instant::now() < until, "{}: {wanted} is not served; its log:\n{log}", self.name);
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn client(&self, room: &Room) -> Command {
        let mut client = Command::new("timeout");
        client.args(["10", "openssl", "s_client", "-connect"]);
        client.arg(format!("127.0.0.1:{}", room.port)).args(["-servername", "example.test"]);
        if !self.starttls.is_empty() {
            client.args(["-starttls", self.starttls]);
        }
        client.stderr(Stdio::null());
        client
    }

    /// Opens a session that is to live through a deployment.
    pub(crate) fn session(&self, room: &Room) -> Session {
        let mut client = self.client(room);
        // `-quiet` would also keep the client from taking Q and R at a line's beginning for commands of its own.
        let mut child = client.args(["-quiet"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (pieces, heard) = channel();
        let mut output = child.stdout.take().unwrap();
        // Not every protocol has lines.
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = output.read(&mut buffer) {
                if pieces.send(String::from_utf8_lossy(&buffer[..count]).into_owned()).is_err() {
                    return;
                }
            }
        });
        let stdin = child.stdin.take().unwrap();
        // Time for its handshake; a session that is not open yet would prove nothing.
        std::thread::sleep(Duration::from_millis(500));
        Session { child, stdin, heard }
    }
}

/// A service behind a TLS proxy: it answers each line that comes with `pong`.
pub(crate) fn backend() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let lines = BufReader::new(client.try_clone().unwrap()).lines();
                for _ in lines.map_while(Result::ok) {
                    if client.write_all(b"pong\n").is_err() {
                        return;
                    }
                }
            });
        }
    });
    port
}

/// A client's session.
pub(crate) struct Session {
    child: Child,
    stdin: ChildStdin,
    heard: Receiver<String>,
}

impl Session {
    /// Whether the server answers this with something that holds `wanted`.
    pub(crate) fn answers(&mut self, said: &str, wanted: &str) -> bool {
        if self.stdin.write_all(said.as_bytes()).and_then(|()| self.stdin.flush()).is_err() {
            return false;
        }
        let until = Instant::now() + Duration::from_secs(8);
        let mut all = String::new();
        while let Ok(piece) = self.heard.recv_timeout(until.saturating_duration_since(Instant::now())) {
            all += &piece;
            if all.contains(wanted) {
                return true;
            }
        }
        false
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
