//! The command line as a new user meets it: every subcommand, its exit codes and its JSON.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use crate::room::{Room, program, repository};

/// A directory with a plugins.toml and nothing else.
struct Desk {
    directory: tempfile::TempDir,
}

impl Desk {
    fn new(manifest: &str) -> Self {
        let desk = Self { directory: tempfile::tempdir().unwrap() };
        fs::write(desk.path("plugins.toml"), manifest).unwrap();
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(program());
        command.current_dir(self.directory.path()).env_remove("LASTMILE_CONFIG").args(arguments);
        command.stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// The JSON on standard output, and the exit code.
    fn json(&self, arguments: &[&str]) -> (Value, i32) {
        let output = self.run(&[&["--json"], arguments].concat());
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        let value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{arguments:?}: {text}{error}"));
        (value, output.status.code().unwrap())
    }
}

fn plugin(name: &str) -> PathBuf {
    repository().join("plugins").join(format!("{name}.wasm"))
}

fn digest(path: &Path) -> String {
    lastmile::sandbox::inspect(path).unwrap().sha256
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Line and key of each finding, in order.
fn places(list: &Value) -> Vec<(u64, String)> {
    let place = |fault: &Value| {
        assert!(fault["column"].as_u64().unwrap() > 0, "{fault}");
        assert!(!fault["instead"].as_str().unwrap().is_empty(), "{fault}");
        (fault["line"].as_u64().unwrap(), fault["key"].as_str().unwrap().to_owned())
    };
    list.as_array().unwrap().iter().map(place).collect()
}

fn finding<'a>(list: &'a Value, key: &str) -> &'a Value {
    list.as_array()
        .unwrap()
        .iter()
        .find(|fault| fault["key"] == key)
        .unwrap_or_else(|| panic!("{key}: {list:#}"))
}

#[test]
fn check_points_at_the_line_whoever_finds_the_fault() {
    let desk = Desk::new("");
    fs::create_dir(desk.path("tls")).unwrap();
    fs::write(desk.path("readable"), "secret-of-everybody").unwrap();
    fs::set_permissions(desk.path("readable"), fs::Permissions::from_mode(0o644)).unwrap();
    let tls = desk.path("tls");
    let (tls, nginx, haproxy) = (tls.display(), plugin("nginx"), plugin("haproxy"));
    let acm = plugin("aws-acm");
    let text = format!(
        r#"schema = 1
[host]
state-dir = "state"
[plugins.nginx]
component = "{}"
unpinned = true
grant.fs.write = ["{tls}/"]
grant.process.exec = [["/usr/bin/true", "-t"]]
[plugins.replaced]
component = "{}"
sha256 = "{}"
[plugins.gone]
component = "gone.wasm"
sha256 = "{}"
[plugins.powerless]
component = "{}"
sha256 = "{}"
[plugins.misspelt]
componnet = "x.wasm"
unpinned = true
[targets.web]
plugin = "nginx"
[targets.web.config]
certificate = 7
key = "{tls}/site.key"
owned = "root"
[targets.beyond]
plugin = "nginx"
config = {{ certificate = "/etc/elsewhere/a.pem", key = "{tls}/a.key", program = "/usr/bin/true" }}
verify = {{ endpoint = "127.0.0.1:443" }}
[targets.secretive]
plugin = "nginx"
config = {{ certificate = "{tls}/b.pem", key = "{tls}/b.key", program = "/usr/bin/true" }}
verify = {{ endpoint = "127.0.0.1:443" }}
[targets.secretive.secrets]
unset = "env:LASTMILE_TEST_UNSET"
missing = "file:nowhere"
readable = "file:readable"
[targets.named]
plugin = "nginx"
auth = {{ kind = "bearer", token = "unset" }}
verify = {{ endpoint = "127.0.0.1:443" }}
"#,
        nginx.display(),
        haproxy.display(),
        "00".repeat(32),
        "00".repeat(32),
        acm.display(),
        digest(&acm),
    );
    fs::write(desk.path("plugins.toml"), &text).unwrap();
    let (report, code) = desk.json(&["check"]);
    assert_eq!((code, &report["ok"]), (3, &json!(false)));
    let line_of = |start: &str| 1 + text.lines().position(|line| line.starts_with(start)).unwrap() as u64;
    let faults = places(&report["faults"]);
    for (line, key) in [
        (line_of("grant.fs.write"), "plugins.nginx.grant.fs.write"),
        (line_of("grant.process.exec"), "plugins.nginx.grant.process.exec"),
        (line_of("sha256"), "plugins.replaced.sha256"),
        (line_of("component = \"gone.wasm\""), "plugins.gone.component"),
        (line_of("[plugins.powerless]"), "plugins.powerless.grant.net.dial"),
        (line_of("componnet"), "plugins.misspelt.componnet"),
        (line_of("certificate = 7"), "targets.web.config.certificate"),
        (line_of("owned"), "targets.web.config.owned"),
        (line_of("unset"), "targets.secretive.secrets.unset"),
        (line_of("missing"), "targets.secretive.secrets.missing"),
        (line_of("auth"), "targets.named.auth.token"),
        (line_of("[targets.named]"), "targets.named.config.certificate"),
    ] {
        assert!(faults.contains(&(line, key.to_owned())), "{line} {key}: {faults:#?}");
    }
    let denied = finding(&report["faults"], "plugins.nginx.grant.fs.write")["instead"].as_str().unwrap();
    assert!(denied.ends_with(&format!("fs.write = [\"{tls}/\", \"/etc/elsewhere/a.pem\"]")), "{denied}");
    let replaced = finding(&report["faults"], "plugins.replaced.sha256")["instead"].as_str().unwrap();
    assert!(replaced.contains(&digest(&haproxy)), "{replaced}");
    let warnings = places(&report["warnings"]);
    for (line, key) in [
        (line_of("state-dir"), "host.state-dir"),
        (line_of("unpinned"), "plugins.nginx.unpinned"),
        (line_of("[targets.web]"), "targets.web"),
        (line_of("readable"), "targets.secretive.secrets.readable"),
    ] {
        assert!(warnings.contains(&(line, key.to_owned())), "{line} {key}: {warnings:#?}");
    }
    assert!(!report.to_string().contains("secret-of-everybody"));
    // Nothing was made, least of all a state directory.
    let mut names: Vec<_> =
        fs::read_dir(desk.directory.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["plugins.toml", "readable", "tls"]);

    let shown = stdout(&desk.run(&["check"]));
    assert!(shown.contains(&format!("plugins.toml:{}:", line_of("owned"))), "{shown}");
    assert!(shown.contains("warning: plugins.nginx.unpinned"), "{shown}");
}

/// The lines that a refusal prints are put into the file, and the file is then good.
#[test]
fn what_check_says_to_write_is_enough() {
    let desk = Desk::new("");
    let text = |grant: &str| {
        format!(
            "schema = 1\n[plugins.nginx]\ncomponent = \"{}\"\nsha256 = \"{}\"\n{grant}[targets.web]\nplugin = \"nginx\"\n\
             config = {{ certificate = \"{p}/a.pem\", key = \"{p}/a.key\", program = \"/usr/bin/true\" }}\n",
            plugin("nginx").display(),
            digest(&plugin("nginx")),
            p = desk.directory.path().display(),
        )
    };
    fs::write(desk.path("plugins.toml"), text("")).unwrap();
    let (report, code) = desk.json(&["check"]);
    assert_eq!(code, 3);
    let lines = |power: &str| {
        let fault = finding(&report["faults"], &format!("plugins.nginx.grant.{power}"));
        let instead = fault["instead"].as_str().unwrap().split_once('\n').unwrap().1;
        assert!(instead.starts_with("[plugins.nginx.grant]\n"), "{instead}");
        instead.split_once('\n').unwrap().1.trim_end().to_owned()
    };
    let grant = format!("[plugins.nginx.grant]\n{}\n{}\n", lines("fs.write"), lines("process.exec"));
    fs::write(desk.path("plugins.toml"), text(&grant)).unwrap();
    let (report, code) = desk.json(&["check"]);
    assert_eq!((code, report["faults"].as_array().unwrap().len()), (0, 0), "{report:#}");
}

#[test]
fn inspect_judges_a_file_by_itself() {
    let desk = Desk::new("");
    let path = plugin("nginx");
    let file = path.to_str().unwrap();
    let config = repository().join("guests/nginx/conformance/target.json");
    let config = config.to_str().unwrap();
    let (report, code) = desk.json(&["plugin", "inspect", file, "--target-config", config]);
    assert_eq!((code, &report["refused"], &report["name"]), (0, &Value::Null, &json!("nginx")));
    assert_eq!(report["sha256"], digest(&path));
    assert!(report["declares"].as_array().unwrap().contains(&json!("fs.write /etc/nginx/tls/site.key")));
    // The grant that is printed can be pasted.
    let grant = report["grant"].as_str().unwrap();
    let text = format!("schema = 1\n[plugins.nginx]\ncomponent = \"{file}\"\nunpinned = true\n{grant}");
    fs::write(desk.path("plugins.toml"), text).unwrap();
    let manifest =
        lastmile::manifest::load(&desk.path("plugins.toml")).unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(manifest.plugins["nginx"].grant.process_exec.len(), 2);

    fs::write(desk.path("wrong.json"), r#"{ "key": "relative" }"#).unwrap();
    let (report, code) = desk.json(&["plugin", "inspect", file, "--target-config", "wrong.json"]);
    assert_eq!((code, &report["problems"][0]["pointer"]), (3, &json!("/certificate")), "{report:#}");

    fs::write(desk.path("text.wasm"), "(component)").unwrap();
    let output = desk.run(&["plugin", "inspect", "text.wasm"]);
    assert_eq!(output.status.code(), Some(4));
    assert!(stdout(&output).contains("this is text, not a component"), "{}", stdout(&output));
    // A truncated component is refused, whoever notices first.
    fs::write(desk.path("cut.wasm"), &fs::read(&path).unwrap()[..5000]).unwrap();
    assert_eq!(desk.json(&["plugin", "inspect", "cut.wasm"]).1, 4);
    assert!(!desk.path("state").exists());
}

#[test]
fn plugin_list_says_who_is_refused_and_why() {
    let text = format!(
        "schema = 1\nhost.state-dir = \"state\"\n[plugins.nginx]\ncomponent = \"{}\"\nunpinned = true\n\
         grant.fs.write = [\"/etc/nginx/tls/\"]\ngrant.process.exec = [[\"/usr/sbin/nginx\", \"-t\"]]\n\
         [plugins.powerless]\ncomponent = \"{}\"\nunpinned = true\n",
        plugin("nginx").display(),
        plugin("haproxy").display()
    );
    let desk = Desk::new(&text);
    let (rows, code) = desk.json(&["plugin", "list"]);
    assert_eq!(code, 4);
    assert_eq!((&rows[0]["plugin"], &rows[0]["refused"]), (&json!("nginx"), &Value::Null));
    assert!(rows[1]["refused"].as_str().unwrap().contains("`fs.write` grant"), "{rows:#}");
    assert!(!desk.path("state").exists());
}

#[test]
fn init_makes_what_is_missing_and_overwrites_nothing() {
    let desk = Desk::new("");
    fs::remove_file(desk.path("plugins.toml")).unwrap();
    let (made, code) = desk.json(&["init"]);
    assert_eq!((code, &made["config-made"]), (0, &json!(true)));
    assert!(made["recipient"].as_str().unwrap().starts_with("age1"));
    assert_eq!(fs::metadata(desk.path("state")).unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(fs::metadata(desk.path("state/identity.age")).unwrap().permissions().mode() & 0o777, 0o600);
    let (report, code) = desk.json(&["check"]);
    assert_eq!((code, &report["warnings"]), (0, &json!([])), "{report:#}");
    fs::write(desk.path("plugins.toml"), "schema = 1\nhost.state-dir = \"state\"\n# mine\n").unwrap();
    let (again, _) = desk.json(&["init"]);
    assert_eq!((&again["config-made"], &again["recipient"]), (&json!(false), &made["recipient"]));
    assert!(fs::read_to_string(desk.path("plugins.toml")).unwrap().ends_with("# mine\n"));
}

#[test]
fn exit_codes_are_as_documented() {
    let code = |desk: &Desk, arguments: &[&str]| desk.run(arguments).status.code().unwrap();
    let good = Desk::new("schema = 1\nhost.state-dir = \"state\"\n");
    assert_eq!(code(&good, &["check"]), 0);
    assert_eq!(code(&good, &["outbox", "list"]), 1, "before init");
    assert_eq!(code(&good, &["no-such-command"]), 2);
    assert_eq!(code(&good, &["outbox", "list", "--state", "finished"]), 2);
    let bad = Desk::new("schem = 1\n");
    for arguments in [
        &["check"][..],
        &["run"],
        &["init"],
        &["plugin", "list"],
        &["outbox", "list"],
        &["history", "web"],
        &["seal"],
        &["deploy", "web", "--certificate", "x", "--key", "y"],
    ] {
        assert_eq!(code(&bad, arguments), 3, "{arguments:?}");
        let (faults, _) = bad.json(arguments);
        assert_eq!(faults["faults"][0]["key"], "schem", "{arguments:?}");
    }
}

#[test]
fn five_shells_complete() {
    let desk = Desk::new("");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = stdout(&desk.run(&["completions", shell]));
        assert!(script.contains("conformance") && script.contains("dry-run"), "{shell}");
    }
    let checked = Command::new("bash").arg("-n").stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    std::io::Write::write_all(
        &mut checked.stdin.as_ref().unwrap(),
        &desk.run(&["completions", "bash"]).stdout,
    )
    .unwrap();
    assert!(checked.wait_with_output().unwrap().status.success());
}

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
    assert!(progress.contains("the reload: exit code 1"), "{progress}");
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

#[test]
fn the_shipped_connectors_conform() {
    let desk = Desk::new("");
    for name in ["nginx", "haproxy", "aws-acm"] {
        let folder = repository().join("guests").join(name).join("conformance");
        let (component, config) = (plugin(name), folder.join("target.json"));
        let mut arguments =
            vec!["conformance", component.to_str().unwrap(), "--target-config", config.to_str().unwrap()];
        let transcript = folder.join("transcript.json");
        if transcript.exists() {
            arguments.extend(["--transcript", transcript.to_str().unwrap()]);
        }
        let (report, code) = desk.json(&arguments);
        assert_eq!((code, &report["ok"], &report["name"]), (0, &json!(true), &json!(name)), "{report:#}");
        let checks = report["checks"].as_array().unwrap();
        assert!(checks.len() >= 10 && checks.iter().all(|check| check["verdict"] == "pass"), "{report:#}");
        assert!(report["sealed"][0].as_str().unwrap().starts_with("private key in"), "{report:#}");
    }
}

#[test]
fn conformance_notices_another_request_and_a_lie() {
    let desk = Desk::new("");
    let folder = repository().join("guests/aws-acm/conformance");
    let mut transcript: Value =
        serde_json::from_str(&fs::read_to_string(folder.join("transcript.json")).unwrap()).unwrap();
    let (component, config) = (plugin("aws-acm"), folder.join("target.json"));
    let arguments = |transcript: &'static str| {
        let (component, config) = (component.to_str().unwrap(), config.to_str().unwrap());
        ["conformance", component, "--target-config", config, "--transcript", transcript].map(str::to_owned)
    };
    let failed = |file: &'static str, transcript: &Value| {
        fs::write(desk.path(file), transcript.to_string()).unwrap();
        let arguments = arguments(file);
        let (report, code) = desk.json(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(code, 4, "{report:#}");
        let checks = report["checks"].as_array().unwrap();
        let failed = checks.iter().find(|check| check["check"] == "deploys within what it declared").unwrap();
        assert_eq!(failed["verdict"], "fail", "{report:#}");
        failed["detail"].as_str().unwrap().to_owned()
    };
    let path = "/runs/0/exchanges/1/http/request/path";
    let mut other = transcript.clone();
    *other.pointer_mut(path).unwrap() = json!("/elsewhere");
    assert!(failed("path.json", &other).contains("`POST /elsewhere` was expected, `POST /` came"));
    let mut longer = transcript.clone();
    let exchange = longer["runs"][0]["exchanges"][1].clone();
    longer["runs"][0]["exchanges"].as_array_mut().unwrap().push(exchange);
    assert!(failed("longer.json", &longer).contains("1 exchanges before the transcript does"));
    transcript["runs"][1]["outcome"] = json!("changed");
    assert!(failed("lie.json", &transcript).contains("changed was expected, it ended unchanged"));
    // Without a transcript nothing is claimed of what was not seen.
    let bare = &arguments("")[..4];
    let (report, code) = desk.json(&bare.iter().map(String::as_str).collect::<Vec<_>>());
    let skipped =
        report["checks"].as_array().unwrap().iter().filter(|check| check["verdict"] == "skipped").count();
    assert_eq!((code, skipped), (0, 2), "{report:#}");
}

/// Hostile components fail the check that is theirs, and never run anything.
#[test]
fn conformance_finds_hostile_components_out() {
    let desk = Desk::new("");
    let config = r#"{ "prefix": "/etc/x/", "endpoint": "https://a.example:443", "command": ["/bin/x"] }"#;
    fs::write(desk.path("target.json"), config).unwrap();
    for (name, check) in [
        ("fs-absolute", "deploys within what it declared"),
        ("fs-key-readable", "leaks no sealed part"),
        ("net-ungranted-host", "deploys within what it declared"),
        ("exec-ungranted-argument", "deploys within what it declared"),
        ("trap", "deploys within what it declared"),
        ("memory-bomb", "deploys within what it declared"),
    ] {
        let component = repository().join("target/hostile").join(format!("{name}.wasm"));
        let (report, code) =
            desk.json(&["conformance", component.to_str().unwrap(), "--target-config", "target.json"]);
        assert_eq!(code, 4, "{name}: {report:#}");
        let checks = report["checks"].as_array().unwrap();
        assert!(
            checks.iter().any(|row| row["check"] == check && row["verdict"] == "fail"),
            "{name}: {report:#}"
        );
    }
}
