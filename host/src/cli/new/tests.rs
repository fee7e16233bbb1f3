//! What needs no compiler; the rest is with the end-to-end tests.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::collections::BTreeSet;
use std::path::Path;

use super::*;

fn context() -> Context {
    Context { config: PathBuf::from("plugins.toml"), json: true }
}

fn options(name: &str, directory: PathBuf, shape: Shape) -> Options {
    Options { name: name.to_owned(), shape, directory: Some(directory) }
}

#[test]
fn everything_of_the_sdk_and_the_contract_is_embedded() {
    fn walk(root: &Path, below: &str, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(root.join(below)).unwrap() {
            let path = format!("{below}/{}", entry.unwrap().file_name().to_str().unwrap());
            if root.join(&path).is_dir() { walk(root, &path, found) } else { assert!(found.insert(path)) }
        }
    }
    let mut there = BTreeSet::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    walk(root, "sdk/plain/src", &mut there);
    walk(root, "sdk/src", &mut there);
    walk(root, "wit", &mut there);
    let embedded: BTreeSet<String> = template::EMBEDDED.iter().map(|(path, _)| (*path).to_owned()).collect();
    assert_eq!(embedded, there);
}

#[test]
fn no_placeholder_is_left_and_the_manifests_are_good() {
    for shape in [Shape::Files, Shape::Http] {
        let room = tempfile::tempdir().unwrap();
        // A path that both JSON and TOML have to quote.
        let directory = room.path().join("a \"b\"");
        assert_eq!(
            run(&context(), &options("my-server", directory.clone(), shape)).unwrap(),
            ExitCode::SUCCESS
        );
        for entry in template::entries("my-server", shape, "/x").unwrap() {
            let own = !entry.path.starts_with("sdk/src/");
            assert!(
                !own || !["{{name}}", "{{then}}", "{{directory}}"]
                    .iter()
                    .any(|left| entry.text.contains(left)),
                "{}",
                entry.path
            );
            let read = fs::read_to_string(directory.join(&entry.path)).unwrap();
            if entry.path.ends_with(".json") {
                serde_json::from_str::<serde_json::Value>(&read)
                    .unwrap_or_else(|error| panic!("{error}: {read}"));
            }
        }
        let config = directory.join("plugins.toml");
        lastmile::manifest::load(&config).unwrap_or_else(|faults| panic!("{faults}"));
        let mode = fs::metadata(directory.join("build.sh")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o755);
        let sdk = fs::read_to_string(directory.join("sdk/Cargo.toml")).unwrap();
        assert!(!sdk.contains("workspace"), "{sdk}");
        let readme = fs::read_to_string(directory.join("README.md")).unwrap();
        assert!(readme.lines().count() <= 14, "{readme}");
    }
}

#[test]
fn nothing_is_overwritten_and_nothing_written_under_a_bad_name() {
    let room = tempfile::tempdir().unwrap();
    let directory = room.path().join("it");
    fs::create_dir(&directory).unwrap();
    fs::write(directory.join("README.md"), "mine").unwrap();
    let error = run(&context(), &options("it", directory.clone(), Shape::Files)).unwrap_err();
    assert!(error.to_string().contains("not empty"), "{error}");
    assert_eq!(fs::read_to_string(directory.join("README.md")).unwrap(), "mine");
    let error = run(&context(), &options("It", room.path().join("other"), Shape::Files)).unwrap_err();
    assert!(error.to_string().contains("small letter"), "{error}");
    assert!(!room.path().join("other").exists());
}
