//! `conformance/cases.json`: for each component of this crate a configuration and a transcript, from the profile itself.
//! `LASTMILE_BLESS=1` writes it anew.

extern crate std;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use std::{env, fs};

use lastmile_sdk::server::{Piece, Plan, Run, Server};
use serde_json::{Map, Value, json};

use crate::profile::{Layout, Profile};
use crate::{Any, profiles};

#[test]
fn the_cases_are_those_of_the_profiles() {
    let mut cases: Map<String, Value> = profiles::ALL
        .iter()
        .map(|profile| (profile.name.to_string(), case(profile, config(profile))))
        .collect();
    let first = profiles::ALL[0];
    let mut named = case(first, config(first));
    named["config"]["profile"] = json!(first.name);
    cases.insert("server".to_string(), named);
    let text = serde_json::to_string_pretty(&cases).unwrap() + "\n";
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/conformance/cases.json");
    if env::var_os("LASTMILE_BLESS").is_some() {
        fs::write(path, &text).unwrap();
    }
    assert!(
        fs::read_to_string(path).unwrap() == text,
        "run this test with LASTMILE_BLESS=1 and look at the difference"
    );
}

fn config(profile: &Profile) -> Value {
    let directory = format!("/etc/{}/tls", profile.name);
    let mut config = if profile.layouts.contains(&Layout::Pair) {
        json!({ "certificate": format!("{directory}/site.pem"), "key": format!("{directory}/site.key") })
    } else if profile.layouts.iter().any(|layout| matches!(layout, Layout::Keystore(_))) {
        json!({ "keystore": format!("{directory}/site.p12"), "password": "password" })
    } else {
        json!({ "pem": format!("{directory}/site.pem") })
    };
    if profile.needs_reload {
        config["reload"] = json!(["/usr/bin/systemctl", "restart", profile.name]);
    }
    config
}

/// What can go wrong comes first: afterwards the files are there, and nothing is run any more.
fn case(profile: &Profile, config: Value) -> Value {
    let mut named = config.clone();
    named["profile"] = json!(profile.name);
    let Plan { check, reload, .. } = Any::plan(&named.to_string()).unwrap();
    let passes: Vec<Value> = check.iter().map(|check| exec(check, 0, &check.says)).collect();
    let after_check = |reload: Value| [passes.clone(), vec![reload]].concat();
    let mut runs = Vec::new();
    if let Some(check) = &check {
        runs.push(run("the check says no", "rejected", vec![exec(check, 1, "syntax error")]));
    }
    if let Some(reload) = &reload {
        let fails = exec(reload, 1, "not running");
        runs.push(run("the reload fails", "unavailable", after_check(fails)));
        if !reload.says.is_empty() {
            let lies = exec(reload, 0, "no");
            runs.push(run("the reload fails with exit code 0", "unavailable", after_check(lies)));
        }
    }
    let reloads: Vec<Value> = reload.iter().map(|reload| exec(reload, 0, &reload.says)).collect();
    runs.push(run("a first deployment", "changed", [passes, reloads].concat()));
    runs.push(run("the same again", "unchanged", Vec::new()));
    json!({ "config": config, "runs": runs })
}

fn run(name: &str, outcome: &str, exchanges: Vec<Value>) -> Value {
    json!({ "name": name, "outcome": outcome, "exchanges": exchanges })
}

fn exec(run: &Run, code: i32, stdout: &str) -> Value {
    let text = |piece: &Piece| match piece {
        Piece::Text(text) => text.clone(),
        // As conformance writes a sealed part.
        Piece::Secret(name) => format!("«secret `{name}`»"),
        other => panic!("a profile's input holds {other:?}"),
    };
    let stdin: String = run.stdin.iter().map(text).collect();
    json!({ "exec": {
        "command": { "argv": run.argv, "stdin": stdin },
        "answer": { "end": { "exit": code }, "stdout": stdout },
    } })
}
