//! Undo, commit and recovery over real files, and a cut at every step of each.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::os::unix::fs::{MetadataExt, PermissionsExt};

use super::*;
use crate::capability::document::Part;
use crate::capability::fs::{Attributes, FsDoor, Written};
use crate::capability::vault::tests::vault;

struct Room {
    _directory: tempfile::TempDir,
    path: PathBuf,
    door: FsDoor,
}

fn room() -> Room {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().canonicalize().unwrap();
    fs::create_dir(path.join("tls")).unwrap();
    fs::write(path.join("tls/old"), "before").unwrap();
    fs::set_permissions(path.join("tls/old"), fs::Permissions::from_mode(0o640)).unwrap();
    let door = FsDoor::open(&[format!("{}/tls/", path.display()).parse().unwrap()]).unwrap();
    Room { _directory: directory, path, door }
}

impl Room {
    fn journal(&self) -> Journal {
        Journal::create(&self.path.join("journal"), DeploymentId { message: 7, fence: 3 }).unwrap()
    }

    fn write(&self, journal: &Journal, name: &str, content: &str) -> Written {
        let attributes = Attributes { mode: 0o644, owner: None, group: None };
        let path = format!("{}/tls/{name}", self.path.display());
        self.door.write(&path, &vec![Part::Text(content.into())], &attributes, &vault(), journal).unwrap()
    }

    fn files(&self) -> Vec<(String, String, u32)> {
        let mut files: Vec<_> = fs::read_dir(self.path.join("tls"))
            .unwrap()
            .map(|entry| {
                let entry = entry.unwrap();
                let content = fs::read_to_string(entry.path()).unwrap();
                (entry.file_name().into_string().unwrap(), content, entry.metadata().unwrap().mode() & 0o7777)
            })
            .collect();
        files.sort();
        files
    }

    fn journals(&self) -> usize {
        fs::read_dir(self.path.join("journal")).unwrap().count()
    }

    fn deploy(&self, journal: &Journal) {
        assert_eq!(self.write(journal, "old", "after"), Written::Replaced);
        assert_eq!(self.write(journal, "new", "fresh"), Written::Created);
        assert_eq!(self.write(journal, "old", "after that"), Written::Replaced);
        let touch = ["/usr/bin/touch".to_owned(), format!("{}/told", self.path.display())];
        journal.before_exec(&touch, &ExecSettings::default()).unwrap();
    }
}

fn before() -> Vec<(String, String, u32)> {
    vec![("old".into(), "before".into(), 0o640)]
}

fn after() -> Vec<(String, String, u32)> {
    vec![("new".into(), "fresh".into(), 0o644), ("old".into(), "after that".into(), 0o644)]
}

#[test]
fn undo_restores_content_mode_inode_and_absence_and_tells_the_server() {
    let room = room();
    let inode = fs::metadata(room.path.join("tls/old")).unwrap().ino();
    let journal = room.journal();
    room.deploy(&journal);
    assert!(journal.changed());
    journal.undo().unwrap();
    assert_eq!(room.files(), before());
    assert_eq!(fs::metadata(room.path.join("tls/old")).unwrap().ino(), inode);
    assert!(room.path.join("told").exists());
    assert_eq!(room.journals(), 0);
}

#[test]
fn commit_keeps_the_new_files_and_nothing_else() {
    let room = room();
    let journal = room.journal();
    room.deploy(&journal);
    journal.commit().unwrap();
    assert_eq!(room.files(), after());
    assert!(!room.path.join("told").exists());
    assert_eq!(room.journals(), 0);
}

#[test]
fn a_deployment_that_changes_nothing_writes_no_journal() {
    let room = room();
    let journal = room.journal();
    fs::set_permissions(room.path.join("tls/old"), fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(room.write(&journal, "old", "before"), Written::Unchanged);
    assert!(!journal.changed());
    assert_eq!(room.journals(), 0);
    journal.commit().unwrap();
}

#[test]
fn recovery_leaves_a_living_hosts_journal_and_undoes_a_dead_ones() {
    let room = room();
    let root = room.path.join("journal");
    let journal = room.journal();
    room.deploy(&journal);
    assert_eq!(recover(&root).unwrap(), vec![]);
    assert_eq!(room.files().len(), 2 + 2, "two files and two links to what was there");
    drop(journal);
    let id = DeploymentId { message: 7, fence: 3 };
    assert_eq!(recover(&root).unwrap(), vec![Recovered { id, committed: false }]);
    assert_eq!(room.files(), before());
    assert_eq!(recover(&root).unwrap(), vec![]);
}

#[test]
fn recovery_finishes_a_commit_that_was_cut() {
    let room = room();
    let journal = room.journal();
    room.deploy(&journal);
    journal.record(Record::Commit).unwrap();
    drop(journal);
    assert!(recover(&room.path.join("journal")).unwrap().iter().all(|recovered| recovered.committed));
    assert_eq!(room.files(), after());
}

#[test]
fn a_torn_last_line_and_a_draft_are_steps_that_were_not_taken() {
    let room = room();
    let root = room.path.join("journal");
    let journal = room.journal();
    room.deploy(&journal);
    let path = journal.path();
    drop(journal);
    let mut file = OpenOptions::new().append(true).open(path).unwrap();
    file.write_all(b"{\"step\":\"comm").unwrap();
    drop(file);
    fs::write(root.join(".x.draft"), "{\"step\"").unwrap();
    assert_eq!(recover(&root).unwrap().len(), 1);
    assert_eq!(room.files(), before());
    assert_eq!(room.journals(), 0);
}

#[test]
fn a_journal_that_makes_no_sense_stops_the_host() {
    let room = room();
    let root = room.path.join("journal");
    fs::create_dir_all(&root).unwrap();
    fs::write(root.join("1-1"), "nonsense\n").unwrap();
    assert!(matches!(recover(&root), Err(UndoError::Journal { .. })));
    assert_eq!(room.files(), before());
}

#[test]
fn a_command_that_fails_is_told_and_the_files_are_back() {
    let room = room();
    let journal = room.journal();
    room.write(&journal, "old", "after");
    journal.before_exec(&["/bin/false".to_owned()], &ExecSettings::default()).unwrap();
    assert!(matches!(journal.undo(), Err(UndoError::Command(text)) if text.contains("/bin/false")));
    assert_eq!(room.files(), before());
}

#[test]
fn a_journal_that_is_begun_beside_recoveries_is_kept() {
    let room = room();
    let root = room.path.join("journal");
    let over = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(std::sync::atomic::Ordering::Acquire) {
                assert_eq!(recover(&root).unwrap(), []);
            }
        });
        for fence in 0..300 {
            let journal = Journal::create(&root, DeploymentId { message: 7, fence }).unwrap();
            let begun = journal.before_exec(&["/usr/bin/true".to_owned()], &ExecSettings::default());
            let ended = begun.map(|()| journal.commit());
            over.store(ended.is_err() || fence == 299, std::sync::atomic::Ordering::Release);
            ended.unwrap().unwrap();
        }
    });
}
