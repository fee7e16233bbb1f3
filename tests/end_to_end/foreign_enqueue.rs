//! Other programs enqueue as docs/outbox.md says: with sh, sqlite3 and lastmile's seal or age.

use std::fs;
use std::process::{Command, Stdio};

use crate::credentials::openssl;
use crate::room::{Pair, Room, program, repository};

/// What the contract's page tells a shell user to run, from its second line on.
fn documented() -> String {
    let page = fs::read_to_string(repository().join("docs/outbox.md")).unwrap();
    let (_, section) = page.split_once("### With sh and sqlite3").unwrap();
    let (_, block) = section.split_once("```sh\n").unwrap();
    let (script, _) = block.split_once("```").unwrap();
    let (first, rest) = script.split_once('\n').unwrap();
    assert!(
        first.starts_with("certificate=") && first.contains(" key=") && first.contains(" db="),
        "{first}"
    );
    rest.to_owned()
}

fn enqueue(room: &Room, pair: &Pair, script: &str) {
    let mut shell = Command::new("sh");
    let path = format!("{}:{}", program().parent().unwrap().display(), std::env::var("PATH").unwrap());
    let output = shell
        .args(["-euc", script])
        .env("PATH", path)
        .env("LASTMILE_CONFIG", room.file("plugins.toml"))
        .env("certificate", &pair.certificate)
        .env("key", &pair.key)
        .env("db", room.file("state/outbox.sqlite"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn what_a_shell_inserts_as_documented_is_served() {
    let room = Room::new();
    let (old, new, newer) = (room.pair("old"), room.pair("new"), room.pair("newer"));
    let _nginx = room.nginx(&old);
    room.configure(room.port, "");
    let script = documented();
    enqueue(&room, &new, &script);
    room.ok(&["run", "--until-idle"]);
    room.await_served(&new.fingerprint);

    let recipient: serde_json::Value = serde_json::from_str(&room.ok(&["--json", "init"])).unwrap();
    let age = format!("age -a -r {} < \"$key\"", recipient["recipient"].as_str().unwrap());
    assert!(script.contains("lastmile seal < \"$key\""));
    enqueue(&room, &newer, &script.replace("lastmile seal < \"$key\"", &age));
    room.ok(&["run", "--until-idle"]);
    room.await_served(&newer.fingerprint);
    assert_eq!(room.states(), ["done", "done"]);
    room.assert_tidy();
}

#[test]
fn the_page_names_the_file_that_the_program_makes() {
    let page = fs::read_to_string(repository().join("docs/outbox.md")).unwrap();
    let room = Room::new();
    room.configure(1, "");
    assert!(room.file("state/outbox.sqlite").exists());
    assert!(
        page.contains("/outbox.sqlite") && !page.contains("outbox.db"),
        "docs/outbox.md names another file"
    );
}

impl Room {
    /// An INSERT past every check of the command line, or what the outbox's triggers say against it.
    pub(crate) fn insert(
        &self,
        target: &str,
        certificate: &str,
        chain: &str,
        key: &str,
    ) -> Result<(), String> {
        let file = self.file("to-seal");
        fs::write(&file, key).unwrap();
        let mut seal = self.command(&program(), &["seal"]);
        let sealed = seal.stdin(fs::File::open(&file).unwrap()).output().unwrap().stdout;
        fs::remove_file(file).unwrap();
        let sealed = String::from_utf8(sealed).unwrap();
        let payload = serde_json::json!({
            "version": 1, "certificate": certificate, "chain": chain, "key": sealed, "not_after": 2_000_000_000,
        });
        let fingerprint = match crate::room::fingerprint(certificate) {
            none if none.is_empty() => "ab".repeat(32),
            found => found,
        };
        let sql = format!(
            "INSERT INTO outbox_message (event_id, tenant, target, kind, fingerprint, not_after, payload)
             VALUES ('{}', 'default', '{target}', 'connector.deploy', '{fingerprint}', 2000000000, '{}');",
            openssl(&["rand", "-hex", "16"]).trim(),
            payload.to_string().replace('\'', "''")
        );
        let mut sqlite = Command::new("sqlite3");
        let output = sqlite
            .args(["-bail", "-cmd", ".timeout 10000"])
            .arg(self.file("state/outbox.sqlite"))
            .arg(sql)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() { Ok(()) } else { Err(error) }
    }
}
