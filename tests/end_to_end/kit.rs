//! `lastmile new`, as an author meets it: made, tested, built, examined, deployed, recorded.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::room::{Room, program, repository};

/// A project in a directory of its own.
struct Project {
    _directory: tempfile::TempDir,
    path: PathBuf,
    name: &'static str,
}

impl Project {
    fn new(name: &'static str, shape: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().canonicalize().unwrap().join(name);
        let project = Self { _directory: directory, path, name };
        let made =
            project.lastmile(&["--json", "new", name, "--shape", shape, "--directory", project.at("")]);
        let made: Value = serde_json::from_str(&made).unwrap();
        assert_eq!((&made["name"], &made["shape"]), (&json!(name), &json!(shape)));
        assert_eq!(made["next"].as_array().unwrap().len(), 3, "{made:#}");
        project
    }

    fn at(&self, below: &str) -> &'static str {
        let path = if below.is_empty() { self.path.clone() } else { self.path.join(below) };
        Box::leak(path.to_str().unwrap().to_owned().into_boxed_str())
    }

    fn lastmile(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(program());
        command.args(arguments).env_remove("LASTMILE_CONFIG");
        if self.path.exists() {
            command.current_dir(&self.path);
        }
        succeeded(arguments, command.output().unwrap())
    }

    /// Its unit tests, natively; apart, because two projects' SDKs look alike to cargo.
    fn test(&self) {
        let mut cargo = Command::new("cargo");
        cargo.args(["test", "--locked"]).current_dir(&self.path);
        cargo.env("CARGO_TARGET_DIR", repository().join("target/kit").join(self.name));
        let said = succeeded(&["cargo test"], cargo.output().unwrap());
        assert!(said.contains("test result: ok. 3 passed"), "{said}");
    }

    /// Its component, with the standard library that was built for the shipped ones.
    fn build(&self) {
        let mut build = Command::new(self.path.join("build.sh"));
        build.current_dir("/").env("LASTMILE_GUEST_TARGET", repository().join("target/guests"));
        succeeded(&["build.sh"], build.output().unwrap());
        assert!(self.component().exists());
    }

    fn component(&self) -> PathBuf {
        self.path.join(format!("plugins/{}.wasm", self.name))
    }

    /// Admissible, with no more imports than it says, and every check passed.
    fn conforms(&self, imports: &[&str], more: &[&str]) {
        let component = self.component();
        let component = component.to_str().unwrap();
        let inspect = ["--json", "plugin", "inspect", component, "--target-config", "target.json"];
        let inspected: Value = serde_json::from_str(&self.lastmile(&inspect)).unwrap();
        let imported: Vec<&str> =
            inspected["imports"].as_array().unwrap().iter().map(|i| i.as_str().unwrap()).collect();
        let wanted: Vec<String> =
            imports.iter().map(|name| format!("lastmile:connector/{name}@0.1.0")).collect();
        assert_eq!(imported, wanted);
        let conformance = ["--json", "conformance", component, "--target-config", "target.json"];
        let report: Value = serde_json::from_str(&self.lastmile(&[&conformance, more].concat())).unwrap();
        let passed = report["checks"].as_array().unwrap().iter().all(|check| check["verdict"] == "pass");
        assert!(passed && report["name"] == self.name, "{report:#}");
    }
}

fn succeeded(what: &[&str], output: Output) -> String {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{what:?}: {text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

#[test]
fn a_connector_for_files_goes_from_nothing_to_a_served_certificate() {
    let project = Project::new("kit-files", "files");
    project.test();
    project.build();
    project.conforms(&["types", "fs", "process"], &[]);

    // As its README says, with the plugins.toml that came along.
    let room = Room::new();
    let (old, new) = (room.pair("old"), room.pair("new"));
    project.lastmile(&["init"]);
    project.lastmile(&["check"]);
    let (certificate, key) = (new.certificate.to_str().unwrap(), new.key.to_str().unwrap());
    project.lastmile(&["deploy", "mine", "--certificate", certificate, "--key", key]);
    project.lastmile(&["run", "--until-idle"]);
    assert_eq!(fs::read(project.at("served/site.key")).unwrap(), fs::read(&new.key).unwrap());

    // And onto a real nginx.
    let _nginx = room.nginx(&old);
    room.configure(room.port, &nginx_target(&room, &project.component()));
    room.enqueue("it", &new);
    room.ok(&["run", "--until-idle"]);
    assert_eq!(room.history("it")[0].0, "changed", "{:?}", room.history("it"));
    room.await_served(&new.fingerprint);
    room.assert_tidy();
    records(&room, &project);
}

/// What a real run recorded can be played: the commands, what they printed, and no key.
fn records(room: &Room, project: &Project) {
    let newer = room.pair("newer");
    let component = project.component();
    let (component, to) = (component.to_str().unwrap(), room.file("recorded.json"));
    let to = to.to_str().unwrap();
    let (certificate, key) = (newer.certificate.to_str().unwrap(), newer.key.to_str().unwrap());
    let record = [
        "conformance",
        component,
        "--record",
        to,
        "--target",
        "it",
        "--certificate",
        certificate,
        "--key",
        key,
    ];
    room.ok(&record);
    room.await_served(&newer.fingerprint);
    let text = fs::read_to_string(to).unwrap();
    let recorded: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&recorded["target"], &recorded["runs"][1]["outcome"]), (&json!("it"), &json!("unchanged")));
    let first = &recorded["runs"][0]["exchanges"];
    assert_eq!(first.as_array().unwrap().len(), 2, "{text}");
    assert!(first[0]["exec"]["answer"]["stderr"].as_str().unwrap().contains("test is successful"), "{text}");
    assert!(!text.contains("PRIVATE KEY") && !text.contains(&newer.fingerprint), "{text}");
    let report: Value =
        serde_json::from_str(&room.ok(&["--json", "conformance", component, "--transcript", to])).unwrap();
    let passed = report["checks"].as_array().unwrap().iter().all(|check| check["verdict"] == "pass");
    assert!(passed, "{report:#}");
    // Recorded again, it would overwrite.
    let again = room.run(&record);
    assert!(
        !again.status.success() && String::from_utf8_lossy(&again.stderr).contains("nothing is overwritten")
    );
}

fn nginx_target(room: &Room, component: &Path) -> String {
    let (p, port) = (room.path.display(), room.port);
    let nginx = format!("\"/usr/sbin/nginx\", \"-c\", \"{p}/nginx.conf\", \"-e\", \"{p}/log/error.log\"");
    format!(
        "[plugins.it]\ncomponent = \"{}\"\nunpinned = true\n[plugins.it.grant]\nfs.write = [\"{p}/tls/\"]\n\
         process.exec = [[{nginx}, \"-t\"], [{nginx}, \"-s\", \"reload\"]]\n[targets.it]\nplugin = \"it\"\n\
         config = {{ certificate = \"{p}/tls/site.pem\", key = \"{p}/tls/site.key\", \
           check = [{nginx}, \"-t\"], reload = [{nginx}, \"-s\", \"reload\"] }}\n\
         verify = {{ endpoint = \"127.0.0.1:{port}\", server-name = \"example.test\", attempts = 8 }}\n",
        component.display()
    )
}

#[test]
fn a_connector_for_an_http_api_goes_from_nothing_to_conforming() {
    let project = Project::new("kit-http", "http");
    project.test();
    project.build();
    project.conforms(&["types", "net"], &["--transcript", "transcript.json"]);
    project.lastmile(&["init"]);
    project.lastmile(&["check"]);
}

#[test]
fn a_key_with_nothing_in_its_list_links_the_interface() {
    let room = Room::new();
    let component = repository().join("plugins/elasticsearch.wasm");
    let p = room.path.display();
    let configure = |line: &str| {
        room.configure(
            1,
            &format!(
                "[plugins.it]\ncomponent = \"{}\"\nunpinned = true\n[plugins.it.grant]\nfs.write = [\"{p}/tls/\"]\n{line}\
                 [targets.it]\nplugin = \"it\"\nconfig = {{ certificate = \"{p}/tls/e.pem\", key = \"{p}/tls/e.key\", group = \"root\" }}\n",
                component.display()
            ),
        );
    };
    configure("");
    let checked = room.run(&["check"]);
    let said =
        String::from_utf8_lossy(&checked.stdout).into_owned() + &String::from_utf8_lossy(&checked.stderr);
    assert!(!checked.status.success() && said.contains("`process.exec = []`"), "{said}");
    configure("process.exec = []\n");
    room.ok(&["check"]);
    let new = room.pair("new");
    room.enqueue("it", &new);
    room.ok(&["run", "--until-idle"]);
    assert_eq!(room.history("it")[0].0, "changed", "{:?}", room.history("it"));
    assert_eq!(fs::read(room.file("tls/e.key")).unwrap(), fs::read(&new.key).unwrap());
}
