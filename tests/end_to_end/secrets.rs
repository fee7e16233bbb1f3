//! After a run with every shipped connector: no private key and no secret in the database, its WAL, the state
//! directory or any log, however much is logged and however the bytes are written.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::credentials::openssl;
use crate::moto::Moto;
use crate::room::{Pair, Room, free_port, program};

/// What must not be found, by a name that may be printed.
type Needles = BTreeMap<String, Vec<u8>>;

#[test]
fn no_private_key_and_no_secret_is_left_anywhere() {
    for format in ["text", "json"] {
        let room = Room::new();
        let (old, new) = (room.pair("old"), room.pair("new"));
        let edge = free_port();
        let (_nginx, _haproxy, moto) = (room.nginx(&old), room.haproxy(edge, &old), Moto::start(&room));
        fs::write(room.file("acm-secret"), &moto.secret).unwrap();
        let acm =
            moto.toml("").replace("env:ACM_SECRET", &format!("file:{}", room.file("acm-secret").display()));
        room.configure(room.port, &(room.haproxy_toml(edge, true) + &acm + &dead_target(&room)));
        let needles = needles(&new, &moto);
        for target in ["web", "edge", "acm", "dead"] {
            room.enqueue(target, &new);
        }
        assert_clean(&room, &needles, "while it waits");
        assert_eq!(sealed(&room), 4, "each message that waits holds its key, sealed");

        let mut worker = room.command(&program(), &["run", "--until-idle", "--log-format", format]);
        worker.env("RUST_LOG", "trace").env("ACM_ID", &moto.id);
        let log = fs::File::create(room.file("log/trace")).unwrap();
        assert!(worker.stdout(log.try_clone().unwrap()).stderr(log).status().unwrap().success());
        for target in ["web", "edge", "acm"] {
            assert_eq!(room.history(target)[0].0, "changed", "{target}: {:?}", room.history(target));
        }
        assert_eq!(room.history("dead")[0].0, "misconfigured", "{:?}", room.history("dead"));
        let trace = fs::read_to_string(room.file("log/trace")).unwrap();
        assert!(trace.matches("TRACE").count() > 100, "the log is not as chatty as it can be");
        room.ok(&["--json", "outbox", "list"]);
        assert_clean(&room, &needles, "after it was deployed");
        assert_eq!(sealed(&room), 1, "only the dead message keeps its key");
        the_search_finds(&room, &new);
    }
}

/// A target whose message ends dead: its secret's file is missing.
fn dead_target(room: &Room) -> String {
    format!(
        "[targets.dead]\nplugin = \"haproxy\"\nsecrets = {{ none = \"file:{p}/missing\" }}\n\
         config = {{ pem = \"{p}/tls/dead.pem\", reload = [\"/usr/sbin/haproxy\", \"-c\", \"-f\", \"{p}/haproxy.cfg\"] }}\n",
        p = room.path.display()
    )
}

/// The key line by line, whole and in its private part alone, in each form that it could be written in.
fn needles(pair: &Pair, moto: &Moto) -> Needles {
    let mut needles = Needles::new();
    let path = pair.key.display().to_string();
    for (form, pem) in [("PKCS#8", pair.texts().1), ("SEC1", openssl(&["ec", "-in", &path]))] {
        let body = pem.lines().filter(|line| !line.starts_with("-----") && line.len() > 15);
        needles
            .extend(body.enumerate().map(|(n, line)| (format!("line {n} of the {form} key"), line.into())));
    }
    let text = openssl(&["pkey", "-in", &path, "-text", "-noout"]);
    let (_, private) = text.split_once("priv:").unwrap();
    let (private, _) = private.split_once("pub:").unwrap();
    let hex: String = private.chars().filter(char::is_ascii_hexdigit).collect();
    assert_eq!(hex.len(), 64);
    let raw: Vec<u8> = (0..32).map(|n| u8::from_str_radix(&hex[n * 2..n * 2 + 2], 16).unwrap()).collect();
    // Debug prints bytes as a list of numbers.
    needles.insert(
        "the private number, listed".into(),
        format!("{:?}", &raw[..16]).trim_end_matches(']').into(),
    );
    needles.insert("the private number".into(), raw);
    needles.insert("the private number in capitals".into(), hex.to_uppercase().into());
    needles.insert("the private number in hex".into(), hex.into());
    needles.insert("the secret access key".into(), moto.secret.clone().into());
    needles.insert("the secret access key, escaped".into(), moto.secret.replace('/', "\\/").into());
    let listed = format!("{:?}", moto.secret.as_bytes());
    needles.insert("the secret access key, listed".into(), listed.trim_matches(['[', ']']).into());
    needles
}

fn files(below: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(below).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path))
        } else if path.is_file() {
            found.push(path)
        }
    }
    found
}

fn contains(content: &[u8], needle: &[u8]) -> bool {
    content.windows(needle.len()).any(|window| window == needle)
}

fn assert_clean(room: &Room, needles: &Needles, when: &str) {
    let searched = [files(&room.file("state")), files(&room.file("log"))].concat();
    for name in ["state/outbox.sqlite", "state/outbox.sqlite-wal", "log/lastmile", "log/moto"] {
        assert!(
            searched.contains(&room.file(name)) || name.ends_with("-wal"),
            "{name} is not there to be searched"
        );
    }
    for path in searched {
        let content = fs::read(&path).unwrap();
        for (name, needle) in needles {
            assert!(!contains(&content, needle), "{when}: {} holds {name}", path.display());
        }
        assert!(!contains(&content, b"PRIVATE KEY-----"), "{when}: {} holds a private key", path.display());
    }
}

/// How many sealed keys the database holds.
fn sealed(room: &Room) -> usize {
    let mut found = 0;
    for name in ["state/outbox.sqlite", "state/outbox.sqlite-wal"] {
        let content = fs::read(room.file(name)).unwrap_or_default();
        found += content.windows(18).filter(|window| window == b"AGE ENCRYPTED FILE").count();
    }
    // Each has a first line and a last one.
    found / 2
}

/// The search is not blind: it finds the key where it belongs.
fn the_search_finds(room: &Room, new: &Pair) {
    for name in ["tls/site.key", "tls/edge.pem"] {
        let content = fs::read(room.file(name)).unwrap();
        assert!(new.texts().1.lines().all(|line| contains(&content, line.as_bytes())), "{name}");
    }
}
