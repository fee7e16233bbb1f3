//! Going back over the network: a target that is told by HTTP is where it was after a deployment that failed, and
//! after SIGKILL at every durable step of a deployment, of its undo and of its recovery.

mod api;

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;

use lastmile::fault::{NETWORK, NETWORK_UNDO, RECOVERY_FRAME, UNDO_FRAME};

use crate::crash::{at_each, await_done};
use crate::room::{Pair, Room, faulty_program, repository};
use api::Api;

const OLD: &str = "the old one";
/// Behind the change, before anything is final.
const CHANGED: &str = "request.after:2";

#[test]
fn a_kill_at_every_step_towards_the_network_ends_in_a_lawful_state() {
    let ends = ["journal.commit.before", "journal.forget.before", "journal.commit.after"];
    at_each([NETWORK, &ends].concat(), |point| {
        let scene = Scene::new("");
        assert!(scene.killed_at(point), "{point} was never reached");
        scene.room.ok(&["run", "--until-idle"]);
        let is_final = ["journal.forget.before", "journal.commit.after"].contains(&point);
        if is_final {
            scene.assert_new();
        } else {
            scene.assert_old();
        }
        scene.ends_well();
    });
}

#[test]
fn a_kill_during_the_undo_of_a_failed_deployment_ends_in_the_old_state() {
    at_each([NETWORK_UNDO, UNDO_FRAME].concat(), |point| {
        let scene = Scene::new(", fails = \"on purpose\"");
        assert!(scene.killed_at(point), "{point} was never reached");
        scene.configure("", "");
        scene.room.ok(&["run", "--until-idle"]);
        scene.assert_old();
        scene.ends_well();
    });
}

#[test]
fn a_kill_during_the_recovery_from_a_kill_ends_in_the_old_state() {
    at_each([NETWORK_UNDO, RECOVERY_FRAME].concat(), |point| {
        let scene = Scene::new("");
        assert!(scene.killed_at(CHANGED));
        assert!(scene.killed_at(point), "{point} was never reached");
        scene.room.ok(&["run", "--until-idle"]);
        scene.assert_old();
        scene.ends_well();
    });
}

#[test]
fn what_the_connector_or_the_verification_finds_wrong_is_taken_back() {
    for (more, target, outcome) in [
        (", fails = \"on purpose\"", "", "rejected"),
        (
            "",
            "verify = { endpoint = \"127.0.0.1:1\", server-name = \"example.test\", attempts = 1 }\n",
            "unverified",
        ),
    ] {
        let scene = Scene::new(more);
        scene.configure(more, target);
        scene.room.ok(&["run", "--until-idle"]);
        assert_eq!(scene.room.history("api")[0].0, outcome);
        scene.assert_old();
        scene.room.assert_tidy();
    }
}

#[test]
fn a_target_that_does_not_answer_is_asked_again() {
    let scene = Scene::new(", fails = \"on purpose\"");
    scene.api.goes_away();
    scene.room.ok(&["run", "--until-idle"]);
    let (outcome, note) = scene.room.history("api").remove(0);
    assert_eq!(outcome, "unavailable");
    assert!(note.contains("is not taken back yet"), "{note}");
    scene.room.ok(&["run", "--until-idle"]);
    assert_eq!(scene.journals(), 1);
    scene.api.comes_back();
    scene.room.ok(&["run", "--until-idle"]);
    scene.assert_old();
    scene.room.assert_tidy();
}

#[test]
fn a_target_that_is_gone_from_the_configuration_waits_for_it_alone() {
    let scene = Scene::new("");
    assert!(scene.killed_at(CHANGED));
    scene.configure_as("other", "", "");
    scene.room.enqueue("other", &scene.new);
    let run = scene.room.run(&["run", "--until-idle"]);
    let log = String::from_utf8_lossy(&run.stderr);
    assert!(log.contains("add [targets.api] to plugins.toml"), "{log}");
    assert_eq!(scene.room.history("other")[0].0, "changed");
    assert_eq!(scene.journals(), 1);
    scene.configure("", "");
    scene.room.ok(&["run", "--until-idle"]);
    assert_eq!(scene.journals(), 0);
}

#[test]
fn what_is_no_longer_granted_waits_for_the_grant() {
    let scene = Scene::new("");
    assert!(scene.killed_at(CHANGED));
    let granted = fs::read_to_string(scene.room.file("plugins.toml")).unwrap();
    let endpoint = format!("net.dial = [\"http://127.0.0.1:{}\"]", scene.api.port);
    fs::write(scene.room.file("plugins.toml"), granted.replace(&endpoint, "net.dial = []")).unwrap();
    let run = scene.room.run(&["run", "--until-idle"]);
    let log = String::from_utf8_lossy(&run.stderr);
    assert!(log.contains("put the grant or the configuration back"), "{log}");
    assert_eq!(scene.journals(), 1);
    fs::write(scene.room.file("plugins.toml"), granted).unwrap();
    scene.room.ok(&["run", "--until-idle"]);
    scene.assert_old();
    scene.ends_well();
}

#[test]
fn notes_go_to_the_plugin_and_to_the_place_that_they_are_of() {
    let scene = Scene::new("");
    let elsewhere = Api::start(OLD);
    assert!(scene.killed_at(CHANGED));
    let before = fs::read_to_string(scene.room.file("plugins.toml")).unwrap();
    let (from, to) = (scene.api.port, elsewhere.port);
    let grants = format!("net.dial = [\"http://127.0.0.1:{from}\", \"http://127.0.0.1:{to}\"]");
    for (after, told) in [
        (
            before
                .replace("[plugins.net-reversible", "[plugins.another")
                .replace("plugin = \"net-reversible\"", "plugin = \"another\""),
            "the target has another plugin now, `another`: put `net-reversible` back",
        ),
        (
            before.replace(&format!("net.dial = [\"http://127.0.0.1:{from}\"]"), &grants).replace(
                &format!("endpoint = \"http://127.0.0.1:{from}"),
                &format!("endpoint = \"http://127.0.0.1:{to}"),
            ),
            "put the grant or the configuration back",
        ),
    ] {
        assert_ne!(after, before);
        fs::write(scene.room.file("plugins.toml"), after).unwrap();
        let run = scene.room.run(&["run", "--until-idle"]);
        let log = String::from_utf8_lossy(&run.stderr);
        assert!(log.contains(told), "{log}");
        assert_eq!((scene.api.active(), elsewhere.active()), (scene.new.fingerprint.clone(), OLD.to_owned()));
        assert_eq!(scene.journals(), 1);
    }
    fs::write(scene.room.file("plugins.toml"), before).unwrap();
    scene.room.ok(&["run", "--until-idle"]);
    scene.assert_old();
    scene.ends_well();
}

#[test]
fn the_way_back_is_examined() {
    let scene = Scene::new("");
    let path = scene.room.file("transcript.json");
    let whole = include_str!("reversible/transcript.json");
    let verdicts = |component: &str, transcript: &str| {
        fs::write(&path, transcript).unwrap();
        let subject = self::component(component);
        let output =
            scene.room.run(&["--json", "conformance", &subject, "--transcript", path.to_str().unwrap()]);
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        ["goes back over the network", "survives a way back from each cut"].map(|name| {
            let checks = report["checks"].as_array().unwrap();
            let check = checks.iter().find(|check| check["check"] == name);
            check.map_or("none", |check| check["verdict"].as_str().unwrap()).to_owned()
        })
    };
    assert_eq!(verdicts("net-reversible", whole), ["pass", "pass"]);
    assert_eq!(
        verdicts(
            "net-reversible",
            &whole.replace("\"body\": \"old\" }, \"answer\"", "\"body\": \"new\" }, \"answer\"")
        )[0],
        "fail"
    );
    assert_eq!(verdicts("rollback-fs", whole)[1], "fail");
    assert_eq!(verdicts("rollback-trap", whole)[1], "fail");
    assert_eq!(verdicts("net-wait", whole), ["none", "none"]);
}

#[test]
fn a_component_is_told_to_have_a_way_back() {
    let scene = Scene::new("");
    let file = component("net-reversible");
    let inspect = |path: &str| scene.room.ok(&["plugin", "inspect", path]);
    assert!(inspect(&file).contains("goes back over the network"));
    assert!(!inspect(&component("cpu-spin")).contains("goes back over the network"));
}

/// A file beside an API that uses the old certificate, and a message with a new one.
struct Scene {
    room: Room,
    api: Api,
    new: Pair,
}

impl Scene {
    fn new(more: &str) -> Self {
        let (room, api) = (Room::new(), Api::start(OLD));
        let new = room.pair("new");
        let scene = Self { room, api, new };
        scene.configure(more, "");
        scene.room.enqueue("api", &scene.new);
        scene
    }

    fn configure(&self, more: &str, target: &str) {
        self.configure_as("api", more, target);
    }

    fn configure_as(&self, name: &str, more: &str, target: &str) {
        let (room, port, component) = (self.room.path.display(), self.api.port, component("net-reversible"));
        self.room.configure_only(&format!(
            "schema = 1\n[host]\nstate-dir = \"{room}/state\"\nlease-seconds = 3\n\
             [plugins.net-reversible]\ncomponent = \"{component}\"\nunpinned = true\n\
             [plugins.net-reversible.grant]\nfs.write = [\"{room}/tls/\"]\n\
             net.dial = [\"http://127.0.0.1:{port}\"]\nprocess.exec = []\n\
             [targets.{name}]\nplugin = \"net-reversible\"\n{target}\
             config = {{ prefix = \"{room}/tls/\", endpoint = \"http://127.0.0.1:{port}\"{more} }}\n"
        ));
    }

    /// Whether a worker died at this point.
    fn killed_at(&self, point: &str) -> bool {
        let mut worker = self.room.command(&faulty_program(), &["run", "--until-idle"]);
        worker.env("LASTMILE_FAULT", point).stderr(Stdio::null()).status().unwrap().signal() == Some(9)
    }

    fn file(&self) -> Option<String> {
        fs::read_to_string(self.room.file("tls/told")).ok()
    }

    fn journals(&self) -> usize {
        let entries = fs::read_dir(self.room.file("state/journal")).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| !name.ends_with(".lock")).count()
    }

    /// What was begun was taken back; unless, on a slow machine, the next attempt has come already.
    fn assert_old(&self) {
        if self.room.states() == ["done"] {
            return self.assert_new();
        }
        assert_eq!((self.api.active(), self.file()), (OLD.to_owned(), None));
    }

    fn assert_new(&self) {
        let new = self.new.fingerprint.clone();
        assert_eq!((self.api.active(), self.file()), (new.clone(), Some(new)));
    }

    fn ends_well(&self) {
        await_done(&self.room);
        self.assert_new();
        self.room.assert_tidy();
    }
}

fn component(name: &str) -> String {
    repository().join(format!("target/hostile/{name}.wasm")).display().to_string()
}
