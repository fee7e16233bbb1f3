//! The command line as a new user meets it: every subcommand, its exit codes and its JSON.

mod check;
mod components;
mod deployments;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use crate::room::{program, repository};

/// A directory with a plugins.toml and nothing else.
struct Desk {
    directory: tempfile::TempDir,
}

impl Desk {
    fn new(manifest: &str) -> Self {
        let desk = Self { directory: tempfile::tempdir().unwrap() };
        fs::write(desk.path("plugins.toml"), manifest).unwrap();
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(program());
        command.current_dir(self.directory.path()).env_remove("LASTMILE_CONFIG").args(arguments);
        command.stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// The JSON on standard output, and the exit code.
    fn json(&self, arguments: &[&str]) -> (Value, i32) {
        let output = self.run(&[&["--json"], arguments].concat());
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        let value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{arguments:?}: {text}{error}"));
        (value, output.status.code().unwrap())
    }
}

fn plugin(name: &str) -> PathBuf {
    repository().join("plugins").join(format!("{name}.wasm"))
}

fn digest(path: &Path) -> String {
    lastmile::sandbox::inspect(path).unwrap().sha256
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn an_identity_that_others_may_read_is_refused_by_whoever_looks() {
    let desk = Desk::new("schema = 1\n[host]\nstate-dir = \"state\"\n");
    desk.run(&["init"]);
    let identity = desk.path("state/identity.age");
    fs::set_permissions(&identity, fs::Permissions::from_mode(0o644)).unwrap();
    let (found, code) = desk.json(&["check"]);
    assert_eq!(code, 3, "{found}");
    assert!(found["faults"][0]["message"].as_str().unwrap().contains("chmod 600"), "{found}");
    let said = stderr(&desk.run(&["run", "--until-idle"]));
    assert!(said.contains("chmod 600") && !said.contains("init"), "{said}");
    fs::remove_file(&identity).unwrap();
    let said = stderr(&desk.run(&["run", "--until-idle"]));
    assert_eq!(
        said.trim_end(),
        format!("error: there is no identity {}; `lastmile init` makes one", identity.display())
    );
}

#[test]
fn init_makes_what_is_missing_and_overwrites_nothing() {
    let desk = Desk::new("");
    fs::remove_file(desk.path("plugins.toml")).unwrap();
    let (made, code) = desk.json(&["init"]);
    assert_eq!((code, &made["config-made"]), (0, &json!(true)));
    assert!(made["recipient"].as_str().unwrap().starts_with("age1"));
    assert_eq!(fs::metadata(desk.path("state")).unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(fs::metadata(desk.path("state/identity.age")).unwrap().permissions().mode() & 0o777, 0o600);
    let (report, code) = desk.json(&["check"]);
    assert_eq!((code, &report["warnings"]), (0, &json!([])), "{report:#}");
    fs::write(desk.path("plugins.toml"), "schema = 1\nhost.state-dir = \"state\"\n# mine\n").unwrap();
    let (again, _) = desk.json(&["init"]);
    assert_eq!((&again["config-made"], &again["recipient"]), (&json!(false), &made["recipient"]));
    assert!(fs::read_to_string(desk.path("plugins.toml")).unwrap().ends_with("# mine\n"));
}

#[test]
fn exit_codes_are_as_documented() {
    let code = |desk: &Desk, arguments: &[&str]| desk.run(arguments).status.code().unwrap();
    let good = Desk::new("schema = 1\nhost.state-dir = \"state\"\n");
    assert_eq!(code(&good, &["check"]), 0);
    assert_eq!(code(&good, &["outbox", "list"]), 1, "before init");
    assert_eq!(code(&good, &["no-such-command"]), 2);
    assert_eq!(code(&good, &["outbox", "list", "--state", "finished"]), 2);
    let bad = Desk::new("schem = 1\n");
    for arguments in [
        &["check"][..],
        &["run"],
        &["init"],
        &["plugin", "list"],
        &["outbox", "list"],
        &["history", "web"],
        &["seal"],
        &["deploy", "web", "--certificate", "x", "--key", "y"],
    ] {
        assert_eq!(code(&bad, arguments), 3, "{arguments:?}");
        let (faults, _) = bad.json(arguments);
        assert_eq!(faults["faults"][0]["key"], "schem", "{arguments:?}");
    }
}

#[test]
fn five_shells_complete() {
    let desk = Desk::new("");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = stdout(&desk.run(&["completions", shell]));
        assert!(script.contains("conformance") && script.contains("dry-run"), "{shell}");
    }
    let checked = Command::new("bash").arg("-n").stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    std::io::Write::write_all(
        &mut checked.stdin.as_ref().unwrap(),
        &desk.run(&["completions", "bash"]).stdout,
    )
    .unwrap();
    assert!(checked.wait_with_output().unwrap().status.success());
}
