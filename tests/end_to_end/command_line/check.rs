//! `lastmile check`: each fault at its line, and what it says to write is enough.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use super::{Desk, digest, plugin, stdout};

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

/// A file whose faults are found by the file's reader, by admission, by connectors and by the machine.
fn faulty(desk: &Desk) -> String {
    fs::create_dir(desk.path("tls")).unwrap();
    fs::write(desk.path("readable"), "secret-of-everybody").unwrap();
    fs::set_permissions(desk.path("readable"), fs::Permissions::from_mode(0o644)).unwrap();
    let tls = desk.path("tls");
    let (tls, nginx, haproxy, acm) = (tls.display(), plugin("nginx"), plugin("haproxy"), plugin("aws-acm"));
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
    text
}

fn line_of(text: &str, start: &str) -> u64 {
    1 + text.lines().position(|line| line.starts_with(start)).unwrap() as u64
}

#[test]
fn check_points_at_the_line_whoever_finds_the_fault() {
    let desk = Desk::new("");
    let text = faulty(&desk);
    let line_of = |start: &str| line_of(&text, start);
    let (report, code) = desk.json(&["check"]);
    assert_eq!((code, &report["ok"]), (3, &json!(false)));
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
    let tls = desk.path("tls");
    assert!(
        denied.ends_with(&format!("fs.write = [\"{}/\", \"/etc/elsewhere/a.pem\"]", tls.display())),
        "{denied}"
    );
    let replaced = finding(&report["faults"], "plugins.replaced.sha256")["instead"].as_str().unwrap();
    assert!(replaced.contains(&digest(&plugin("haproxy"))), "{replaced}");
}

#[test]
fn check_warns_and_leaves_nothing_behind() {
    let desk = Desk::new("");
    let text = faulty(&desk);
    let line_of = |start: &str| line_of(&text, start);
    let (report, _) = desk.json(&["check"]);
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
