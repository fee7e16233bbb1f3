//! Every shipped component passes its own admission check. A component without a case fails here.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::room::{Room, program, repository};

/// Arguments behind the component.
type Case = Vec<String>;

#[test]
fn every_shipped_connector_conforms() {
    let generated = tempfile::tempdir().unwrap();
    let mut components: Vec<PathBuf> =
        fs::read_dir(repository().join("plugins")).unwrap().map(|entry| entry.unwrap().path()).collect();
    components.sort();
    // Three at a time, as compiling takes most of it.
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let share = |components: &[PathBuf]| {
            let list = components.to_vec();
            let generated = generated.path();
            scope.spawn(move || list.iter().flat_map(|component| examine(component, generated)).collect())
        };
        let workers: Vec<_> = components.chunks(components.len().div_ceil(3)).map(share).collect();
        workers.into_iter().flat_map(|worker| -> Vec<String> { worker.join().unwrap() }).collect()
    });
    assert!(components.len() >= 28, "run `make guests`");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is wrong with a component, over all its cases.
fn examine(component: &Path, generated: &Path) -> Vec<String> {
    let name = component.file_stem().unwrap().to_str().unwrap();
    let cases = cases(name, generated);
    if cases.is_empty() {
        return vec![format!("{name} has no case: write guests/{name}/conformance/target.json")];
    }
    let mut wrong = Vec::new();
    for case in cases {
        let output = run(component, &case);
        let report: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("{name}: {}", String::from_utf8_lossy(&output.stderr)));
        let checks = report["checks"].as_array().unwrap();
        // Two more are asked of a connector that can go back.
        let passed = checks.iter().all(|check| check["verdict"] == "pass") && matches!(checks.len(), 10 | 12);
        // Some carry the key within a keystore.
        let sealed = report["sealed"].to_string();
        let sealed = ["private key", "PKCS#12 store"].iter().any(|what| sealed.contains(what));
        if !(passed && output.status.success() && report["name"] == name && sealed) {
            wrong.push(format!("{name} {case:?}: {report:#}"));
        }
    }
    wrong
}

/// `conformance/target.json` with `transcript.json`, if there is one; every other file there is a transcript with
/// a configuration of its own. The profiles' are in one file, made from the profiles.
fn cases(name: &str, generated: &Path) -> Vec<Case> {
    let option = |name: &str, path: &Path| [format!("--{name}"), path.to_str().unwrap().to_owned()];
    let mut cases = Vec::new();
    let all = fs::read_to_string(repository().join("guests/server/conformance/cases.json")).unwrap();
    let all: Value = serde_json::from_str(&all).unwrap();
    if let Some(case) = all.get(name) {
        let path = generated.join(format!("{name}.json"));
        fs::write(&path, case.to_string()).unwrap();
        cases.push(option("transcript", &path).to_vec());
    }
    let folder = repository().join("guests").join(name).join("conformance");
    for entry in fs::read_dir(&folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        match path.file_name().unwrap().to_str().unwrap() {
            "cases.json" | "transcript.json" => {}
            "target.json" => {
                let mut case = option("target-config", &path).to_vec();
                let transcript = folder.join("transcript.json");
                if transcript.exists() {
                    case.extend(option("transcript", &transcript));
                }
                cases.push(case);
            }
            _ => cases.push(option("transcript", &path).to_vec()),
        }
    }
    cases
}

fn run(component: &Path, case: &[String]) -> Output {
    Command::new(program()).args(["--json", "conformance"]).arg(component).args(case).output().unwrap()
}

/// The key that a target had is no secret of the deployment, so no door scrubs it: the transcript must not hold it.
#[test]
fn a_recording_holds_no_key_that_the_target_had_before() {
    let room = Room::new();
    let (old, new) = (room.pair("old"), room.pair("new"));
    let (p, component) = (room.path.display(), repository().join("plugins/server.wasm"));
    let check = format!("[\"/usr/bin/cat\", \"{}\"]", old.key.display());
    room.configure_only(&format!(
        "schema = 1\n[host]\nstate-dir = \"{p}/state\"\n[plugins.it]\ncomponent = \"{}\"\nunpinned = true\n\
         [plugins.it.grant]\nfs.write = [\"{p}/tls/\"]\nprocess.exec = [{check}]\n[targets.it]\nplugin = \"it\"\n\
         [targets.it.config]\nprofile = \"custom\"\nfiles = [{{ path = \"{p}/tls/site.pem\", content = [\"full-chain\", \"key\"] }}]\n\
         check = {check}\n",
        component.display()
    ));
    let (component, to) = (component.to_str().unwrap(), room.file("recorded.json"));
    let (certificate, key) = (new.certificate.to_str().unwrap(), new.key.to_str().unwrap());
    let (to, pair) = (to.to_str().unwrap(), ["--certificate", certificate, "--key", key]);
    room.ok(&[&["conformance", component, "--record", to, "--target", "it"], &pair[..]].concat());
    let text = fs::read_to_string(to).unwrap();
    assert!(text.contains("\"stdout\": \"[private key]\\n\""), "{text}");
    let old_key = fs::read_to_string(&old.key).unwrap();
    assert!(old_key.lines().all(|line| !text.contains(line)), "{text}");
    room.ok(&["conformance", component, "--transcript", to]);
}
