//! `lastmile deploy`, `run`, `outbox`, `history`, and what is logged meanwhile.

use std::fs;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::{plugin, stderr, stdout};
use crate::room::{Room, program};

/// A target whose commands are true(1) or false(1), so that no server is needed.
fn room(reload: &str) -> Room {
    let room = Room::new();
    let p = room.path.display();
    let text = format!(
        "schema = 1\nhost.state-dir = \"{p}/state\"\n[plugins.haproxy]\ncomponent = \"{}\"\nunpinned = true\n\
         grant.fs.write = [\"{p}/tls/\"]\ngrant.process.exec = [[\"{reload}\"]]\n\
         [targets.edge]\nplugin = \"haproxy\"\nconfig = {{ pem = \"{p}/tls/edge.pem\", reload = [\"{reload}\"] }}\n",
        plugin("haproxy").display()
    );
    fs::write(room.file("plugins.toml"), text).unwrap();
    room.ok(&["init"]);
    room
}

fn deploy(room: &Room, more: &[&str]) -> Command {
    let pair = room.pair("new");
    let (certificate, key) = (pair.certificate.to_str().unwrap(), pair.key.to_str().unwrap());
    let arguments = [&["deploy", "edge", "--certificate", certificate, "--key", key], more].concat();
    room.command(&program(), &arguments)
}

#[test]
fn wait_tells_what_happens_and_prints_the_receipt() {
    let room = room("/usr/bin/true");
    let mut waiting = deploy(&room, &["--wait", "--timeout", "60"]);
    let waiting = waiting.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(std::time::Duration::from_secs(4));
    room.ok(&["run", "--until-idle"]);
    let output = waiting.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let progress = stderr(&output);
    assert!(progress.contains("message 1: queued"), "{progress}");
    assert!(progress.contains("no worker seems to be running: start `lastmile run`"), "{progress}");
    let receipt = stdout(&output);
    assert!(receipt.contains("outcome      changed") && receipt.contains("edge.pem"), "{receipt}");
}

#[test]
fn wait_says_why_it_waits_and_gives_up_in_time() {
    let room = room("/usr/bin/false");
    let mut waiting = deploy(&room, &["--wait", "--timeout", "3"]);
    let waiting = waiting.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut worker = room.command(&program(), &["run"]);
    let mut worker = worker.stderr(Stdio::null()).spawn().unwrap();
    let output = waiting.wait_with_output().unwrap();
    Command::new("kill").arg(worker.id().to_string()).status().unwrap();
    assert!(worker.wait().unwrap().success(), "SIGTERM is a graceful end");
    assert_eq!(output.status.code(), Some(6), "{}", stderr(&output));
    let progress = stderr(&output);
    assert!(progress.contains("waiting for attempt 2 at 20"), "{progress}");
    assert!(progress.contains("/usr/bin/false: exit code 1"), "{progress}");
    assert!(progress.contains("goes on without me"), "{progress}");
}

#[test]
fn a_dry_run_compares_with_what_is_there() {
    let room = room("/usr/bin/true");
    let plan = |room: &Room| {
        let output = deploy(room, &["--dry-run"]).arg("--json").output().unwrap();
        (serde_json::from_slice::<Value>(&output.stdout).unwrap(), output.status.code())
    };
    let (fresh, code) = plan(&room);
    assert_eq!(
        (&fresh["steps"][0]["effect"], &fresh["steps"][0]["mode"]),
        (&json!("create"), &json!("0600"))
    );
    assert_eq!((&fresh["steps"][1]["argv"], code), (&json!(["/usr/bin/true"]), Some(0)));
    // The same pair is deployed, then planned once more.
    let pair = room.pair("same");
    let arguments = |last: &'static str| {
        let (certificate, key) = (pair.certificate.to_str().unwrap(), pair.key.to_str().unwrap());
        ["--json", "deploy", "edge", "--certificate", certificate, "--key", key, last].map(str::to_owned)
    };
    let run = |last| {
        let arguments = arguments(last);
        room.ok(&arguments.iter().map(String::as_str).filter(|text| !text.is_empty()).collect::<Vec<_>>())
    };
    run("");
    room.ok(&["run", "--until-idle"]);
    let before = room.snapshot(&["tls"]);
    let same: Value = serde_json::from_str(&run("--dry-run")).unwrap();
    assert_eq!(
        (&same["steps"][0]["effect"], same["steps"].as_array().unwrap().len()),
        (&json!("unchanged"), 1)
    );
    assert_eq!(plan(&room).0["steps"][0]["effect"], "replace");
    assert_eq!(room.snapshot(&["tls"]), before);
}

#[test]
fn the_key_may_come_from_standard_input() {
    let room = room("/usr/bin/true");
    let pair = room.pair("new");
    let certificate = pair.certificate.to_str().unwrap();
    let mut command =
        room.command(&program(), &["deploy", "edge", "--certificate", certificate, "--key", "-"]);
    let output = command.stdin(fs::File::open(&pair.key).unwrap()).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
}

#[test]
fn the_outbox_is_listed_shown_and_mended() {
    let room = room("/usr/bin/true");
    let pair = room.pair("new");
    room.enqueue("edge", &pair);
    let rows: Value =
        serde_json::from_str(&room.ok(&["--json", "outbox", "list", "--state", "pending"])).unwrap();
    assert_eq!(rows[0]["state"], "pending");
    assert!(rows[0]["created"].as_str().unwrap().ends_with('Z') && rows[0]["created_ms"].is_number());
    assert_eq!(room.ok(&["--json", "outbox", "list", "--target", "other"]).trim(), "[]");
    assert!(room.ok(&["outbox", "retry", "1"]).contains("message 1 for target edge is pending"));
    assert!(room.ok(&["outbox", "show", "1"]).contains("fingerprint  "));
    assert!(room.ok(&["outbox", "cancel", "1"]).contains("is cancelled"));
    let refused = room.run(&["outbox", "retry", "1"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(stderr(&refused).contains("enqueue the certificate again"), "{}", stderr(&refused));
    assert_eq!(room.run(&["outbox", "show", "99"]).status.code(), Some(1));

    room.enqueue("edge", &pair);
    room.ok(&["run", "--until-idle"]);
    let history: Value =
        serde_json::from_str(&room.ok(&["--json", "history", "edge", "--limit", "1"])).unwrap();
    assert_eq!((&history[0]["outcome"], history.as_array().unwrap().len()), (&json!("changed"), 1));
    assert!(history[0]["ended"].as_str().unwrap().ends_with('Z'));
    assert_eq!(room.ok(&["--json", "history", "edge", "--outcome", "denied"]).trim(), "[]");
    let table = room.ok(&["history", "edge"]);
    let header = table.lines().next().unwrap();
    assert_eq!(header.find("outcome"), table.lines().nth(1).unwrap().find("changed"), "{table}");
    assert_eq!(room.run(&["history", "nobody"]).status.code(), Some(1));
}

/// Every line of a deployment says whose it is, in both forms of the log.
#[test]
fn logs_name_tenant_target_plugin_message_and_attempt() {
    let room = room("/usr/bin/true");
    room.enqueue("edge", &room.pair("new"));
    let output = room.run(&["--log-format", "json", "run", "--until-idle"]);
    let lines: Vec<Value> = stderr(&output)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}")))
        .collect();
    let started = lines.iter().find(|line| line["message"] == "lastmile runs").unwrap();
    assert_eq!(
        (&started["admitted"], &started["refused"], &started["targets"]),
        (&json!(1), &json!(0), &json!(1))
    );
    assert_eq!(started["recovered"], 0);
    let deployed = lines.iter().find(|line| line["message"] == "deployed").unwrap();
    assert_eq!(
        deployed["span"],
        json!({ "name": "deployment", "tenant": "default", "target": "edge", "plugin": "haproxy",
                "message_id": 1, "attempt": 1 })
    );
    room.enqueue("edge", &room.pair("newer"));
    let text = stderr(&room.run(&["run", "--until-idle"]));
    let line = text.lines().find(|line| line.contains("deployed")).unwrap();
    for field in ["tenant=\"default\"", "target=\"edge\"", "plugin=\"haproxy\"", "message_id=2", "attempt=1"]
    {
        assert!(line.contains(field), "{field}: {line}");
    }
}
