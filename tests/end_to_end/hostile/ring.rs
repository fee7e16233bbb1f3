//! Where the attacks of one table meet the real program.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Child, Command};
use std::time::Duration;

use super::attack::{Attack, REFUSED, says};
use super::component;
use super::server::Server;
use super::setting::setting;
use crate::room::{FileState, Room, program, repository};

/// The host's own memory at its highest: four guests of 64 MiB at a time, and as much again.
const MEMORY: u64 = 512 << 20;
/// What a target's secret holds.
const SECRET: &str = "correct-horse-battery-staple";
/// What some attacks try to leave behind.
const TRACES: [&str; 2] = ["/tmp/lastmile-was-here", "/dev/shm/lastmile-was-here"];

/// The room, the attackers and the server that helps them.
pub(super) struct Ring {
    attacks: &'static [Attack],
    room: Room,
    server: Server,
    proxy: TcpListener,
    _socket: UnixListener,
}

impl Ring {
    pub(super) fn new(attacks: &'static [Attack]) -> Self {
        let room = Room::new();
        let _socket = UnixListener::bind(room.file("tls/socket")).unwrap();
        let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
        proxy.set_nonblocking(true).unwrap();
        let ring = Self { attacks, room, server: Server::start(), proxy, _socket };
        ring.place_files();
        ring.place_components();
        ring
    }

    /// Every attack at once, then an honest deployment.
    pub(super) fn fight(&self) {
        self.bout();
        self.room.assert_tidy();
        self.assert_the_next_is_good();
    }

    /// Attackers who hold up their own lanes, until the operator does what the receipts say.
    pub(super) fn fight_until_given_up(&self) {
        self.bout();
        for attack in self.attacks {
            let (_, text) = self.room.history(attack.name).into_iter().next().unwrap();
            let (_, journal) = text.rsplit_once("remove ").unwrap();
            fs::remove_file(journal).unwrap();
        }
        self.room.assert_tidy();
        self.assert_the_next_is_good();
    }

    fn bout(&self) {
        let before = self.snapshot();
        let refused = self.check();
        let pair = self.room.pair("new");
        for attack in self.attacks {
            self.room.enqueue(attack.name, &pair);
        }
        self.work();
        let mut wrong = String::new();
        for attack in self.attacks {
            let (outcome, text) = self.end_of(attack, &refused);
            if outcome != attack.outcome || !says(&self.filled(attack.says), &text) {
                writeln!(wrong, "{}\t{outcome}\t{text:?}", attack.name).unwrap();
            }
        }
        assert!(wrong.is_empty(), "ended otherwise than their rows say:\n{wrong}");
        assert_eq!(self.snapshot(), before);
        self.assert_no_trace();
    }

    fn place_files(&self) {
        let file = |name: &str| self.room.file(name);
        for name in ["components", "spent", "tls/directory"] {
            fs::create_dir(file(name)).unwrap();
        }
        fs::write(file("tls/site.pem"), "old").unwrap();
        fs::write(file("outside/file"), "untouched").unwrap();
        fs::hard_link(file("outside/file"), file("spent/hard")).unwrap();
        symlink(file("outside/file"), file("tls/link")).unwrap();
        symlink(file("outside"), file("tls/linked")).unwrap();
        assert!(Command::new("mkfifo").arg(file("tls/fifo")).status().unwrap().success());
        fs::write(file("api.secret"), SECRET).unwrap();
        assert_ne!(
            fs::metadata("/dev").unwrap().dev(),
            fs::metadata("/dev/shm").unwrap().dev(),
            "/dev/shm is to be a mount of its own below /dev"
        );
    }

    fn place_components(&self) {
        let mut text = String::new();
        for Attack { name, .. } in self.attacks {
            let path = self.room.file(&format!("components/{name}.wasm"));
            fs::write(path, component(name)).unwrap();
            text.push_str(&setting(name).toml(name));
        }
        write!(
            text,
            "[plugins.haproxy]\ncomponent = \"{}/plugins/haproxy.wasm\"\nunpinned = true\n\
             [plugins.haproxy.grant]\nfs.write = [\"{{room}}/spent/\"]\nprocess.exec = [[\"/usr/bin/true\"]]\n\
             [targets.honest]\nplugin = \"haproxy\"\n\
             config = {{ pem = \"{{room}}/spent/honest.pem\", reload = [\"/usr/bin/true\"] }}\n",
            repository().display()
        )
        .unwrap();
        self.room.configure(1, &self.filled(&text));
    }

    fn filled(&self, text: &str) -> String {
        let room = self.room.path.display().to_string();
        text.replace("{room}", &room).replace("{port}", &self.server.port.to_string())
    }

    fn snapshot(&self) -> Vec<FileState> {
        self.room.snapshot(&["tls", "outside", "components"])
    }

    /// The reasons for which plugins are refused.
    fn check(&self) -> serde_json::Value {
        let output = self.run(&["--json", "check"]);
        serde_json::from_str(&output).unwrap_or_else(|error| panic!("{error}: {output}"))
    }

    fn end_of(&self, attack: &Attack, refused: &serde_json::Value) -> (String, String) {
        let name = attack.name;
        let (outcome, note) = self.room.history(name).into_iter().next().unwrap_or_default();
        let faults = refused["faults"].as_array().unwrap();
        let own_key = format!("plugins.{name}.");
        let reason = faults.iter().find(|fault| fault["key"].as_str().unwrap().starts_with(&own_key));
        match reason.and_then(|fault| fault["message"].as_str()) {
            Some(reason) if note == format!("plugin `{name}` of target `{name}` is not loaded") => {
                let own = self.filled(&format!("{{room}}/components/{name}.wasm: "));
                (REFUSED.to_owned(), reason.strip_prefix(&own).unwrap_or(reason).to_owned())
            }
            _ => (outcome, note),
        }
    }

    fn work(&self) {
        self.run(&["run", "--until-idle"]);
        assert!(self.proxy.accept().is_err(), "the proxy of the environment was asked");
        let stolen =
            self.server.seen().into_iter().find(|line| line.contains("/stolen") || line.contains("/admin"));
        assert_eq!(stolen, None);
        let sleeper = |number: u16| format!("sleep\0{number}{}", self.server.port);
        for process in fs::read_dir("/proc").unwrap().flatten() {
            let line = fs::read_to_string(process.path().join("cmdline")).unwrap_or_default();
            assert!(!line.contains(&sleeper(98)) && !line.contains(&sleeper(97)), "{line:?} lives on");
        }
    }

    /// The program, in a crooked environment, with its log held to what a log may hold.
    fn run(&self, arguments: &[&str]) -> String {
        let (out, log) = (self.room.file("log/out"), self.room.file("log/err"));
        let proxy = format!("http://{}", self.proxy.local_addr().unwrap());
        let mut command = Command::new("sh");
        command.args(["-c", "umask 0; exec 9</etc/passwd; exec \"$0\" \"$@\""]).arg(program());
        command.arg("--config").arg(self.room.file("plugins.toml")).args(arguments);
        for name in ["http_proxy", "https_proxy", "ALL_PROXY"] {
            command.env(name, &proxy);
        }
        command.env("SSL_KEYLOGFILE", self.room.file("outside/keys")).env("NO_COLOR", "1");
        command.stdout(File::create(&out).unwrap()).stderr(File::create(&log).unwrap());
        let highest = watch(command.spawn().unwrap());
        assert!(highest < MEMORY, "{arguments:?} took {} MiB", highest >> 20);
        let (out, log) = (fs::read_to_string(out).unwrap(), fs::read_to_string(log).unwrap());
        for text in [&out, &log] {
            assert!(!text.contains(['\u{1b}', '\u{202e}', '\r']), "writes on the terminal: {text}");
            assert!(!text.contains("PRIVATE KEY") && !text.contains(SECRET), "holds a secret: {text}");
            assert!(!text.lines().any(|line| line.starts_with("2026-01-01T")), "a forged line: {text}");
            assert!(text.len() < 1 << 20, "{} bytes", text.len());
        }
        out
    }

    fn assert_no_trace(&self) {
        for trace in TRACES {
            assert!(!Path::new(trace).exists(), "{trace}");
        }
    }

    /// The umask of the host's own start decides nothing.
    fn assert_the_next_is_good(&self) {
        self.room.enqueue("honest", &self.room.pair("next"));
        self.run(&["run", "--until-idle"]);
        assert_eq!(self.room.history("honest")[0].0, "changed");
        let mode = fs::metadata(self.room.file("spent/honest.pem")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

/// Waits, and tells the most memory that the process held.
fn watch(mut child: Child) -> u64 {
    let status = format!("/proc/{}/status", child.id());
    let mut highest = 0;
    loop {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        if let Some(kilobytes) = line.and_then(|line| line.trim().strip_suffix(" kB")) {
            highest = highest.max(kilobytes.trim().parse::<u64>().unwrap() << 10);
        }
        if child.try_wait().unwrap().is_some() {
            return highest;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}
