//! `lastmile plugin` and `lastmile conformance`.

use std::fs;

use serde_json::{Value, json};

use super::{Desk, digest, plugin, stdout};
use crate::room::repository;

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

    fs::write(desk.path("list.json"), "[]").unwrap();
    assert_eq!(desk.run(&["plugin", "inspect", file, "--target-config", "list.json"]).status.code(), Some(1));

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

#[test]
fn conformance_notices_another_command_and_another_end() {
    let desk = Desk::new("");
    let path = repository().join("guests/haproxy/conformance/runtime.json");
    let transcript: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let component = plugin("haproxy");
    let detail = |change: &dyn Fn(&mut Value)| {
        let mut other = transcript.clone();
        change(&mut other);
        fs::write(desk.path("other.json"), other.to_string()).unwrap();
        let (report, code) =
            desk.json(&["conformance", component.to_str().unwrap(), "--transcript", "other.json"]);
        assert_eq!(code, 4, "{report:#}");
        let failed = report["checks"].as_array().unwrap().iter().find(|check| check["verdict"] == "fail");
        failed.unwrap()["detail"].as_str().unwrap().to_owned()
    };
    let said = detail(&|t| t["runs"][3]["exchanges"][1]["exec"]["command"]["argv"][1] = json!("-t9"));
    assert!(said.contains("the command [\"/usr/bin/socat\", \"-t9\""), "{said}");
    let said = detail(&|t| t["runs"][3]["exchanges"][1]["exec"]["command"]["stdin"] = json!("quit"));
    assert!(said.contains("was to read something else"), "{said}");
    let said = detail(&|t| t["runs"][3]["exchanges"][1]["exec"]["answer"]["stdout"] = json!("Can't commit"));
    assert!(said.contains("changed was expected, it ended unavailable"), "{said}");
    let said = detail(&|t| t["runs"][3]["exchanges"] = json!([]));
    assert!(said.contains("goes on after the transcript's last exchange"), "{said}");
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
