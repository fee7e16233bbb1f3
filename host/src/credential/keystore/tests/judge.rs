//! Java, as the reader of keystores.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// Where a JDK comes from.
const INSTALL: &str = "a JDK is needed: `tests/setup.sh java` installs one, and so does `make test`";

/// One virtual machine for many stores: its start costs more than all of them.
pub(super) struct Java {
    directory: TempDir,
    questions: String,
}

impl Java {
    pub(super) fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap(), questions: String::new() }
    }

    /// Puts a store before the judge.
    pub(super) fn ask(&mut self, kind: &str, store: &[u8], alias: &str, passphrase: &str) {
        let path = self.directory.path().join(self.questions.lines().count().to_string());
        std::fs::write(&path, store).unwrap();
        writeln!(self.questions, "{kind}\t{}\t{alias}\t{passphrase}", path.display()).unwrap();
    }

    /// What the judge says of each, in order.
    pub(super) fn answers(self) -> Vec<String> {
        let judge = concat!(env!("CARGO_MANIFEST_DIR"), "/src/credential/keystore/Judge.java");
        let mut child = Command::new("java")
            .arg(judge)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("java: {error}; {INSTALL}"));
        child.stdin.take().unwrap().write_all(self.questions.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "the judge did not compile or run; {INSTALL}");
        let answers: Vec<String> =
            String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect();
        assert_eq!(answers.len(), self.questions.lines().count());
        answers
    }
}

/// Whether `keytool -list` takes the store, and what it says.
pub(super) fn keytool(store: &[u8], passphrase: &str) -> (bool, String) {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    std::fs::write(path("store"), store).unwrap();
    std::fs::write(path("passphrase"), passphrase).unwrap();
    let output = Command::new("keytool")
        .args(["-J-Dfile.encoding=UTF-8", "-J-Duser.language=en", "-list", "-keystore", "store"])
        .args(["-storepass:file", "passphrase"])
        .current_dir(directory.path())
        .output()
        .unwrap_or_else(|error| panic!("keytool: {error}; {INSTALL}"));
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}
