//! Connectors made without Rust, by the toolchains that their vendors use: Python, JavaScript and C, each as
//! its toolchain makes it by default, with `wasi = "inert"`, and bare, without any WASI import.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use lastmile::sandbox::{Granted, Limits, PluginSpec, Sandbox, SandboxSettings};

use crate::room::{Room, program, repository};

const WHOLE: [&str; 3] = ["python", "javascript", "c"];
const BARE: [&str; 3] = ["python-bare", "javascript-bare", "c-bare"];

#[test]
fn each_deploys_to_a_real_nginx_and_converges() {
    let room = Room::new();
    let old = room.pair("old");
    let _nginx = room.nginx(&old);
    let targets: Vec<Target<'_>> = WHOLE.iter().chain(&BARE).map(|name| Target::of(name)).collect();
    configure(&room, &targets);
    for Target { name, .. } in &targets {
        let new = room.pair(name);
        for outcome in ["changed", "unchanged"] {
            room.enqueue(name, &new);
            room.ok(&["run", "--until-idle"]);
            let history = room.history(name);
            assert!(history.iter().any(|(was, _)| was == outcome), "{name}: not {outcome}: {history:?}");
            room.await_served(&new.fingerprint);
        }
        // The key was never in the component: the host put it where the component said.
        assert_eq!(fs::read(room.file("tls/site.key")).unwrap(), fs::read(&new.key).unwrap(), "{name}");
        room.assert_tidy();
    }
}

#[test]
fn wasi_is_refused_by_name_unless_the_operator_accepts_it() {
    let room = Room::new();
    let targets: Vec<Target<'_>> =
        WHOLE.iter().map(|name| Target { wasi: "none", ..Target::of(name) }).collect();
    configure(&room, &targets);
    let listed = String::from_utf8(room.run(&["--json", "plugin", "list"]).stdout).unwrap();
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    for name in WHOLE {
        let row = listed.as_array().unwrap().iter().find(|row| row["plugin"] == name).unwrap();
        let refused = row["refused"].as_str().unwrap();
        assert!(
            refused.contains("it imports wasi:")
                && refused.contains("@0.2.")
                && refused.contains("\"inert\""),
            "{refused}"
        );
    }
}

#[test]
fn bare_builds_import_the_contract_and_nothing_else() {
    for name in BARE {
        let report = lastmile::sandbox::inspect(&component(name)).unwrap();
        assert_eq!(report.refused, None, "{name}");
        assert!(report.imports.iter().all(|import| import.starts_with("lastmile:connector/")), "{name}");
    }
}

#[test]
fn what_is_printed_lands_in_the_log_bounded_and_escaped() {
    for name in WHOLE {
        let (room, history, log) = reach(name, "log");
        assert_eq!(history.0, "changed", "{name}: {history:?}");
        let lines: Vec<serde_json::Value> =
            log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let printed: Vec<&str> = lines
            .iter()
            .filter(|line| line["stream"].is_string())
            .map(|line| line["message"].as_str().unwrap())
            .collect();
        let key = format!("writing {}/tls/site.key", room.path.display());
        assert!(printed.iter().any(|line| line.contains(&key)), "{name}");
        assert!(printed.iter().any(|line| line.contains("\\u{1b}[31mred\\u{1b}[0m\\rforged")), "{name}");
        assert!(printed.iter().any(|line| line.contains("limits.log-bytes is 65536")), "{name}");
        let total: usize = printed.iter().map(|line| line.len()).sum();
        assert!((32 << 10..68 << 10).contains(&total), "{name}: {total} bytes");
    }
}

#[test]
fn clocks_randomness_and_an_empty_environment_answer() {
    for name in WHOLE {
        let (_room, history, log) = reach(name, "environment");
        assert_eq!(history.0, "changed", "{name}: {history:?}\n{log}");
    }
}

/// The component, what it reaches for, and the function that is not there.
const STUBBED: &[(&str, &str, &str)] = &[
    ("python", "socket", "wasi:sockets/instance-network#instance-network"),
    ("python", "sleep", "wasi:clocks/monotonic-clock#subscribe-"),
    ("javascript", "http", "wasi:http/types#"),
    ("javascript", "sleep", "wasi:clocks/monotonic-clock#subscribe-"),
    ("c", "sleep", "wasi:clocks/monotonic-clock#subscribe-"),
    ("c", "exit", "wasi:cli/exit#exit"),
];

#[test]
fn what_is_not_there_traps_by_its_name_and_is_undone() {
    for (name, what, function) in STUBBED {
        let (_room, (outcome, note), _log) = reach(name, what);
        assert!(outcome == "trapped" && note.contains(function), "{name} {what}: {outcome}: {note}");
    }
}

#[test]
fn no_file_of_the_host_is_there() {
    for name in ["python", "c"] {
        let (_room, (outcome, note), log) = reach(name, "file");
        assert_eq!(outcome, "trapped", "{name}: {note}");
        assert!(!log.contains("root:"), "{name}: {log}");
    }
}

/// Facts for docs/toolchains.md; the bound only says that no instance is made the slow way.
#[test]
fn a_fresh_instance_takes_milliseconds() {
    let state = tempfile::tempdir().unwrap();
    copy_cache(warm(), state.path());
    let settings = SandboxSettings { state_dir: state.path().to_owned(), compiler: program() };
    let sandbox = Sandbox::new(settings).unwrap();
    for name in WHOLE.iter().chain(&BARE) {
        let loaded = sandbox
            .load(&PluginSpec {
                name: (*name).to_owned(),
                path: component(name),
                sha256: None,
                granted: Granted { fs: true, net: false, process: true },
                inert_wasi: !BARE.contains(name),
                limits: Limits::default(),
            })
            .unwrap();
        let mut times: Vec<Duration> = (0..41)
            .map(|_| {
                let start = Instant::now();
                assert!(loaded.name().unwrap().starts_with("nginx-"));
                start.elapsed()
            })
            .collect();
        times.sort();
        println!("{name:<16} {:>9.3?} for an instance and one call", times[20]);
        assert!(times[20] < Duration::from_millis(25), "{name}: {:?}", times[20]);
    }
}

/// A plugin and its only target, both of that name.
struct Target<'a> {
    name: &'a str,
    wasi: &'a str,
    reach: &'a str,
}

impl<'a> Target<'a> {
    fn of(name: &'a str) -> Self {
        Self { name, wasi: if BARE.contains(&name) { "none" } else { "inert" }, reach: "" }
    }
}

/// Deploys once with a connector that reaches for something. Unless that went well, nothing may have changed.
fn reach(name: &str, what: &str) -> (Room, (String, String), String) {
    let room = Room::new();
    let (old, new) = (room.pair("old"), room.pair("new"));
    let nginx = room.nginx(&old);
    configure(&room, &[Target { reach: what, ..Target::of(name) }]);
    let before = room.snapshot(&["tls"]);
    room.enqueue(name, &new);
    let ran = room.run(&["--log-format", "json", "run", "--until-idle"]);
    let first = room.history(name).remove(0);
    if first.0 == "changed" {
        room.await_served(&new.fingerprint);
    } else {
        assert_eq!(room.snapshot(&["tls"]), before, "{name} {what}");
        room.await_served(&old.fingerprint);
    }
    room.assert_tidy();
    drop(nginx);
    (room, first, String::from_utf8(ran.stderr).unwrap())
}

/// The targets beside the room's own, on the same nginx, and a cache that has their compiled forms.
fn configure(room: &Room, targets: &[Target<'_>]) {
    write_configuration(room, targets);
    copy_cache(warm(), &room.file("state"));
}

fn write_configuration(room: &Room, targets: &[Target<'_>]) {
    let (p, port) = (room.path.display(), room.port);
    let argv = format!("\"/usr/sbin/nginx\", \"-c\", \"{p}/nginx.conf\", \"-e\", \"{p}/log/error.log\"");
    let mut text = String::new();
    for Target { name, wasi, reach } in targets {
        let reach = if reach.is_empty() { String::new() } else { format!(", reach = \"{reach}\"") };
        write!(
            text,
            "[plugins.{name}]\ncomponent = \"{}\"\nunpinned = true\nwasi = \"{wasi}\"\n\
             [plugins.{name}.grant]\nfs.write = [\"{p}/tls/\"]\n\
             process.exec = [[{argv}, \"-t\"], [{argv}, \"-s\", \"reload\"]]\n\
             [targets.{name}]\nplugin = \"{name}\"\n\
             config = {{ certificate = \"{p}/tls/site.pem\", key = \"{p}/tls/site.key\", \
               config-file = \"{p}/nginx.conf\", error-log = \"{p}/log/error.log\"{reach} }}\n\
             verify = {{ endpoint = \"127.0.0.1:{port}\", server-name = \"example.test\", attempts = 8 }}\n",
            component(name).display()
        )
        .unwrap();
    }
    room.configure(port, &text);
}

fn component(name: &str) -> PathBuf {
    let path = repository().join(format!("target/foreign/{name}.wasm"));
    assert!(path.exists(), "{} is missing: run `make foreign`", path.display());
    path
}

/// A compile cache with every component, kept between runs: compiling them takes most of a minute, and each
/// room has a state directory of its own.
fn warm() -> &'static Path {
    static WARM: OnceLock<PathBuf> = OnceLock::new();
    WARM.get_or_init(|| {
        let kept = repository().join("target/foreign/cache");
        let room = Room::new();
        let targets: Vec<Target<'_>> = WHOLE.iter().chain(&BARE).map(|name| Target::of(name)).collect();
        write_configuration(&room, &targets);
        copy_cache(&kept, &room.file("state"));
        room.ok(&["check"]);
        copy_cache(&room.file("state"), &kept);
        kept
    })
}

fn copy_cache(from: &Path, to: &Path) {
    if !from.join("compiled.key").exists() {
        return;
    }
    fs::create_dir_all(to.join("compiled")).unwrap();
    fs::copy(from.join("compiled.key"), to.join("compiled.key")).unwrap();
    for entry in fs::read_dir(from.join("compiled")).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join("compiled").join(entry.file_name())).unwrap();
    }
}
