//! `tests/config`.

use std::path::{Path, PathBuf};

use super::repository;
use crate::manifest::load;

/// The faults as text, with the directory's name left out; empty if there are none.
fn faults(file: &Path, directory: &Path) -> String {
    let text = load(file).map_or_else(|faults| faults.to_string(), |_| String::new());
    text.replace(&format!("{}/", directory.display()), "")
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|e| e == "toml")).collect();
    files.sort();
    files
}

#[test]
fn each_file_loads_or_fails_as_the_file_beside_it_says() {
    let directory = repository("tests/config");
    let bless = std::env::var_os("LASTMILE_BLESS").is_some();
    let mut different = Vec::new();
    let files = files(&directory);
    for file in &files {
        let beside = file.with_extension("err");
        let found = faults(file, &directory);
        if bless && !found.is_empty() {
            std::fs::write(&beside, &found).unwrap();
        }
        let expected = std::fs::read_to_string(&beside).unwrap_or_default();
        if found != expected {
            different.push(format!("{}\n--- expected\n{expected}--- found\n{found}", file.display()));
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
    assert!(files.len() >= 30, "only {} files", files.len());
}

#[test]
fn no_expectation_is_left_without_its_file() {
    for entry in std::fs::read_dir(repository("tests/config")).unwrap() {
        let path = entry.unwrap().path();
        assert!(path.with_extension("toml").exists(), "{}", path.display());
    }
}

#[test]
fn no_fault_prints_a_secret() {
    let directory = repository("tests/config");
    for file in files(&directory) {
        let found = faults(&file, &directory);
        assert!(!found.contains("hunter2"), "{}: {found}", file.display());
    }
    let leaky = std::fs::read_to_string(directory.join("secrets-inline.toml")).unwrap();
    assert!(leaky.contains("hunter2"));
}

#[test]
fn ten_faults_come_at_once() {
    let faults = load(&repository("tests/config").join("ten-faults.toml")).unwrap_err();
    assert_eq!(faults.list().len(), 10);
    let json = serde_json::to_value(faults.list()).unwrap();
    for field in ["line", "column", "key", "message", "instead"] {
        assert!(json[0].get(field).is_some(), "{field}");
    }
}

#[test]
fn a_file_that_is_none() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("plugins.toml");
    let failure = |wanted: &str| {
        let text = load(&path).unwrap_err().to_string();
        assert!(text.contains(wanted), "{text}");
    };
    failure("plugins.toml: there is no such file; `lastmile init` makes one\n");
    std::fs::write(&path, b"schema = 1\n# caf\xe9\n").unwrap();
    failure("it is not UTF-8: line 2");
    std::fs::write(&path, "#".repeat((1 << 20) + 1)).unwrap();
    failure("larger than 1 MiB");
    std::fs::write(&path, format!("schema = 1\n{}", "#".repeat((1 << 20) - 11))).unwrap();
    load(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    failure("it cannot be read");
}

#[test]
fn links_do_not_hide_what_a_grant_reaches() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path().canonicalize().unwrap();
    std::fs::create_dir(root.join("plugins")).unwrap();
    std::os::unix::fs::symlink(root.join("plugins"), root.join("innocent")).unwrap();
    let path = root.join("plugins.toml");
    let text = format!(
        "schema = 1\n[plugins.a]\ncomponent = \"plugins/a.wasm\"\nunpinned = true\ngrant.fs.write = [\"{}/innocent/\"]\n",
        root.display()
    );
    std::fs::write(&path, text).unwrap();
    let faults = load(&path).unwrap_err();
    assert!(
        faults
            .to_string()
            .contains(":5:19: plugins.a.grant.fs.write[0]: it lets a connector rewrite the component"),
        "{faults}"
    );
}
