//! `conformance/cases.json`: for each component of this crate a configuration and a transcript, from the profile itself.
//! `LASTMILE_BLESS=1` writes it anew.

extern crate std;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use std::{env, fs};

use lastmile_sdk::Problem;
use lastmile_sdk::config::Fields;
use lastmile_sdk::server::{Piece, Plan, Run};
use serde_json::{Map, Value, json};

use crate::profile::{Layout, Profile, Word};
use crate::{plan, profiles};

#[test]
fn the_cases_are_those_of_the_profiles() {
    let mut cases: Map<String, Value> =
        profiles::ALL.iter().map(|profile| (profile.name.to_string(), case(profile).unwrap())).collect();
    let first = profiles::ALL[0];
    let mut named = case(first).unwrap();
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

/// Every key whose place in a command line shows only where it is written is written.
fn config(profile: &Profile) -> Value {
    let below = |name: &str| json!(format!("/etc/{}/{name}", profile.name));
    let mut config = if profile.layouts.contains(&Layout::Pair) {
        json!({ "certificate": below("tls/site.pem"), "key": below("tls/site.key") })
    } else if profile.layouts.iter().any(|layout| matches!(layout, Layout::Keystore(_))) {
        json!({ "keystore": below("tls/site.p12"), "password": "password" })
    } else {
        json!({ "pem": below("tls/site.pem") })
    };
    for setting in profile.settings.iter().filter(|setting| setting.default.is_none()) {
        config[setting.key] = below(setting.key);
    }
    if profile.check.iter().chain(profile.reload).any(|word| matches!(word, Word::Arguments)) {
        config["arguments"] = json!(["--own", "option"]);
    }
    if profile.needs_reload {
        config["reload"] = json!(["/usr/bin/systemctl", "restart", profile.name]);
    }
    config
}

/// What can go wrong comes first: afterwards the files are there, and nothing is run any more.
pub(super) fn case(profile: &Profile) -> Result<Value, Vec<Problem>> {
    let config = config(profile);
    let Plan { check, reload, .. } = plan(profile, Fields::parse(&config.to_string())?)?;
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
    Ok(json!({ "config": config, "runs": runs }))
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
