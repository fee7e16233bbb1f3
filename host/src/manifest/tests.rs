//! Golden files: each `tests/config/NAME.toml` with the faults that `NAME.err` holds; no `.err`, no fault.
//! `LASTMILE_BLESS=1` writes them anew.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::fs;
use std::path::Path;

use super::*;

#[test]
fn every_file_has_exactly_its_faults() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/config");
    let mut seen = 0;
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        seen += 1;
        let golden = path.with_extension("err");
        let found = load(&path)
            .err()
            .map(|faults| faults.to_string().replace(&format!("{}/", path.parent().unwrap().display()), ""));
        if std::env::var_os("LASTMILE_BLESS").is_some() {
            match &found {
                Some(text) => fs::write(&golden, text).unwrap(),
                None => drop(fs::remove_file(&golden)),
            }
        }
        assert_eq!(found, fs::read_to_string(&golden).ok(), "{}", path.display());
    }
    assert!(seen >= 5, "the golden files are gone");
}

#[test]
fn no_fault_repeats_a_secret() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("plugins.toml");
    let text = "schema = 1\n[targets.a]\nplugin = \"x\"\nsecrets = { p = \"hunter2-secret\" }\nauth = { kind = \"bearer\", token = \"hunter2-secret\" }\n";
    fs::write(&path, text).unwrap();
    let faults = load(&path).err().unwrap().to_string();
    assert!(!faults.contains("hunter2"), "{faults}");
}

/// Every key that the reader takes is in the reference's tables, and the other way round.
#[test]
fn the_reference_has_every_key_and_no_other() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut taken = std::collections::BTreeSet::new();
    for file in ["host", "plugin", "grants", "target", "auth"] {
        let source = fs::read_to_string(root.join(format!("src/manifest/{file}.rs"))).unwrap();
        for call in [
            "get(\"",
            "required(faults, \"",
            "flag(\"",
            "set(\"",
            "size(\"",
            "text(\"",
            "secret(&table, \"",
            "children(&keys, \"",
        ] {
            for after in source.split(call).skip(1) {
                taken.insert(after.split('"').next().unwrap().to_owned());
            }
        }
        for after in source.split("required(\n").skip(1) {
            taken.extend(after.split('"').nth(1).map(str::to_owned));
        }
        for after in source
            .split("power(&keys, \"")
            .skip(1)
            .chain(source.split("power(\n        &keys,\n        \"").skip(1))
        {
            let names: Vec<&str> = after.split('"').collect();
            taken.insert(format!("{}.{}", names[0], names[2]));
        }
    }
    let reference = fs::read_to_string(root.join("../docs/plugins-toml.md")).unwrap();
    let documented: std::collections::BTreeSet<String> = reference
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next().map(str::to_owned))
        .collect();
    taken.retain(|key| !key.is_empty() && !["{NAME}"].contains(&key.as_str()));
    assert_eq!(documented, taken);
}
