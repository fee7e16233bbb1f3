//! kill -9 in a loop while deployments to many targets flow: nothing lost, nothing half done, each message settled
//! exactly once.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::crash::await_done;
use crate::credentials::Authority;
use crate::room::{Pair, Room, program, repository};

const TARGETS: usize = 12;
const ROUNDS: u64 = 14;

#[test]
fn kills_at_random_moments_lose_nothing() {
    let room = Room::new();
    let mut newest: Vec<Pair> = (0..TARGETS).map(|n| named(&room, n, "old")).collect();
    for (n, pair) in newest.iter().enumerate() {
        fs::copy(&pair.certificate, room.file(&format!("tls/{n}.pem"))).unwrap();
        fs::copy(&pair.key, room.file(&format!("tls/{n}.key"))).unwrap();
    }
    room.nginx_conf_with("", &servers(&room));
    let _nginx = room.start_nginx(&mut Command::new("/usr/sbin/nginx"));
    configure(&room);

    for round in 0..ROUNDS {
        let mut worker = room.command(&program(), &["run"]);
        let mut worker = worker.stderr(Stdio::null()).spawn().unwrap();
        // Every target gets a new certificate every other round: some wait, some run, some are superseded.
        for (n, last) in newest.iter_mut().enumerate().filter(|(n, _)| (*n as u64 + round).is_multiple_of(2))
        {
            *last = named(&room, n, &format!("{round}"));
            room.enqueue(&format!("web-{n}"), last);
        }
        std::thread::sleep(Duration::from_millis(30 + round * 37));
        worker.kill().unwrap();
        worker.wait().unwrap();
    }
    await_done(&room);
    for (n, pair) in newest.iter().enumerate() {
        let held = fs::read_to_string(room.file(&format!("tls/{n}.pem"))).unwrap();
        assert_eq!(held, pair.texts().0, "target {n}");
        room.await_served_at(room.port, &format!("n{n}.test"), &pair.fingerprint);
    }
    room.assert_tidy();
    settled_once(&room);
}

fn named(room: &Room, n: usize, when: &str) -> Pair {
    Authority::new().pair(room, &format!("{n}-{when}"), &format!("n{n}.test"))
}

fn servers(room: &Room) -> String {
    let (p, port) = (room.path.display(), room.port);
    let server = |n| {
        format!(
            "server {{ listen 127.0.0.1:{port} ssl; server_name n{n}.test;
               ssl_certificate {p}/tls/{n}.pem; ssl_certificate_key {p}/tls/{n}.key; }}\n"
        )
    };
    (0..TARGETS).map(server).collect()
}

fn configure(room: &Room) {
    let (p, plugins) = (room.path.display(), repository().join("plugins"));
    let argv = format!("\"/usr/sbin/nginx\", \"-c\", \"{p}/nginx.conf\", \"-e\", \"{p}/log/error.log\"");
    let mut text = format!(
        "schema = 1\n[host]\nstate-dir = \"{p}/state\"\nlease-seconds = 3\n\
         [plugins.nginx]\ncomponent = \"{}/nginx.wasm\"\nunpinned = true\n\
         [plugins.nginx.grant]\nfs.write = [\"{p}/tls/\"]\n\
         process.exec = [[{argv}, \"-t\"], [{argv}, \"-s\", \"reload\"]]\n",
        plugins.display()
    );
    for n in 0..TARGETS {
        write!(
            text,
            "[targets.web-{n}]\nplugin = \"nginx\"\n\
             config = {{ certificate = \"{p}/tls/{n}.pem\", key = \"{p}/tls/{n}.key\", \
               config-file = \"{p}/nginx.conf\", error-log = \"{p}/log/error.log\" }}\n\
             verify = {{ endpoint = \"127.0.0.1:{}\", server-name = \"n{n}.test\", attempts = 8 }}\n",
            room.port
        )
        .unwrap();
    }
    room.configure_only(&text);
}

/// Every message has one end, and a success is recorded for exactly those that were delivered.
fn settled_once(room: &Room) {
    let list: serde_json::Value =
        serde_json::from_str(&room.ok(&["--json", "outbox", "list", "--limit", "1000"])).unwrap();
    let messages = list.as_array().unwrap();
    assert_eq!(messages.len(), TARGETS * ROUNDS as usize / 2, "a message was lost");
    let mut successes: BTreeMap<i64, usize> = BTreeMap::new();
    for n in 0..TARGETS {
        let history: serde_json::Value =
            serde_json::from_str(&room.ok(&["--json", "history", &format!("web-{n}")])).unwrap();
        for attempt in history.as_array().unwrap() {
            if attempt["outcome"] == "changed" || attempt["outcome"] == "unchanged" {
                *successes.entry(attempt["message"].as_i64().unwrap()).or_default() += 1;
            }
        }
    }
    for message in messages {
        let expected = usize::from(message["state"] == "done");
        let id = message["id"].as_i64().unwrap();
        assert_eq!(successes.get(&id).copied().unwrap_or_default(), expected, "{message}");
    }
}
