//! Undo, commit and recovery over real files, and a cut at every step of each.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod order;
mod refused;

use std::fs::File;
use std::io::Write;
use std::os::unix::fs::{FileExt, MetadataExt, PermissionsExt};
use std::sync::atomic::{AtomicBool, Ordering};

use super::*;
use crate::capability::document::Part;
use crate::capability::fs::{Attributes, FsDoor, Written};
use crate::capability::net::NetError;
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
        let root = self.path.join("journal");
        let lane = LaneLock::take(&root, "default", "web").unwrap().unwrap();
        Journal::new(&root, lane, DeploymentId { message: 7, fence: 3 })
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
        let names = fs::read_dir(self.path.join("journal")).unwrap();
        names
            .filter(|entry| entry.as_ref().unwrap().path().extension().is_none_or(|end| end != "lock"))
            .count()
    }

    fn recover(&self) -> Vec<Recovered> {
        recover(&self.path.join("journal"), None).into_iter().map(Result::unwrap).collect()
    }

    fn deploy(&self, journal: &Journal) {
        assert_eq!(self.write(journal, "old", "after"), Written::Replaced);
        assert_eq!(self.write(journal, "new", "fresh"), Written::Created);
        assert_eq!(self.write(journal, "old", "after that"), Written::Replaced);
        let tell = ["/usr/bin/tee".to_owned(), format!("{}/told", self.path.display())];
        journal.before_exec(&tell, "read them again", &ExecSettings::default()).unwrap();
    }
}

/// By a host that goes on.
fn recover(root: &Path, ask: Option<Ask<'_>>) -> Vec<Result<Recovered, UndoError>> {
    super::recover(root, ask, &AtomicBool::default())
}

/// Nothing was noted, so that nobody is asked.
fn nobody(_: &Told, _: &[String]) -> Result<(), Stuck> {
    panic!("nothing was noted")
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
    assert_eq!(journal.undo(&nobody).unwrap(), [""; 0]);
    assert_eq!(room.files(), before());
    assert_eq!(fs::metadata(room.path.join("tls/old")).unwrap().ino(), inode);
    assert_eq!(fs::read_to_string(room.path.join("told")).unwrap(), "read them again");
    assert_eq!(room.journals(), 0);
}

#[test]
fn commit_keeps_the_new_files_and_nothing_else() {
    let room = room();
    let journal = room.journal();
    room.deploy(&journal);
    let held = journal.commit().unwrap();
    assert_eq!(room.files(), after());
    assert!(!room.path.join("told").exists());
    assert_eq!(room.journals(), 0);
    let take = || LaneLock::take(&room.path.join("journal"), "default", "web").unwrap();
    assert!(take().is_none(), "what is kept of the target is not up to date yet");
    drop(held);
    assert!(take().is_some());
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
    let journal = room.journal();
    room.deploy(&journal);
    assert_eq!(room.recover(), vec![]);
    assert_eq!(room.files().len(), 2 + 3, "two files, two links to what was there and one to what was not");
    drop(journal);
    let id = DeploymentId { message: 7, fence: 3 };
    assert_eq!(room.recover(), vec![Recovered { id, committed: false }]);
    assert_eq!(room.files(), before());
    assert_eq!(room.recover(), vec![]);
}

#[test]
fn a_deployment_recovers_its_own_lane_alone() {
    let room = room();
    let root = room.path.join("journal");
    let journal = room.journal();
    room.deploy(&journal);
    drop(journal);
    let other = LaneLock::take(&root, "default", "mail").unwrap().unwrap();
    assert_eq!(recover_lane(&root, &other, &nobody).unwrap(), vec![]);
    assert_eq!(room.journals(), 1);
    let own = LaneLock::take(&root, "default", "web").unwrap().unwrap();
    assert_eq!(recover(&root, None).len(), 0, "the lane is held");
    assert_eq!(recover_lane(&root, &own, &nobody).unwrap().len(), 1);
    assert_eq!(room.files(), before());
    assert_eq!(room.journals(), 0);
}

#[test]
fn what_somebody_else_made_meanwhile_is_not_ours_to_remove() {
    let room = room();
    let journal = room.journal();
    let root = room.path.join("tls");
    let directory = fs::metadata(&root).unwrap().ino();
    let place = Place { root, parent: PathBuf::new(), name: "new".to_owned(), directory };
    journal.before_replace(&place, false).unwrap();
    fs::write(room.path.join("tls/new"), "theirs").unwrap();
    let path = journal.path();
    let record = fs::read(&path).unwrap();
    assert_eq!(journal.undo(&nobody).unwrap(), [""; 0]);
    // Cut before the journal was removed, and begun again.
    fs::write(&path, record).unwrap();
    assert_eq!(room.recover().len(), 1);
    assert_eq!(fs::read_to_string(room.path.join("tls/new")).unwrap(), "theirs");
}

#[test]
fn recovery_finishes_a_commit_that_was_cut() {
    let room = room();
    let journal = room.journal();
    room.deploy(&journal);
    journal.open.lock().unwrap().file.as_mut().unwrap().append(&[Record::Commit]).unwrap();
    drop(journal);
    assert!(matches!(room.recover().as_slice(), [Recovered { committed: true, .. }]));
    assert_eq!(room.files(), after());
}

#[test]
fn a_torn_last_line_and_a_draft_are_steps_that_were_not_taken() {
    let room = room();
    let journal = room.journal();
    room.deploy(&journal);
    let path = journal.path();
    drop(journal);
    let mut file = fs::OpenOptions::new().append(true).open(&path).unwrap();
    file.write_all(b"{\"step\":\"comm").unwrap();
    drop(file);
    fs::write(path.with_extension(DRAFT), "{\"step\"").unwrap();
    assert_eq!(room.recover().len(), 1);
    assert_eq!(room.files(), before());
    assert_eq!(room.journals(), 0);
}

#[test]
fn a_hole_in_what_was_written_last_is_a_step_that_was_not_taken() {
    let room = room();
    let journal = room.journal();
    room.deploy(&journal);
    let path = journal.path();
    drop(journal);
    // The disk kept the last sector of two lines and lost the one before.
    let bytes = fs::read(&path).unwrap();
    let end = bytes.iter().rposition(|byte| *byte == b'\n').unwrap() + 1;
    let file = File::options().write(true).open(&path).unwrap();
    file.write_all_at(b"mit\"}\n{\"step\":\"commit\"}\n", end as u64 + 12).unwrap();
    assert!(matches!(room.recover().as_slice(), [Recovered { committed: false, .. }]));
    assert_eq!(room.files(), before());
    assert_eq!(room.journals(), 0);
}

#[test]
fn files_that_were_declared_by_name_share_the_first_write() {
    let room = room();
    fs::write(room.path.join("tls/other"), "before").unwrap();
    let files = || ["old", "other", "missing"].map(|name| format!("{}/tls/{name}", room.path.display()));
    let door = FsDoor::open(&files().map(|file| file.parse().unwrap())).unwrap();
    let names: Vec<String> = door.files().into_iter().map(|place| place.name).collect();
    assert_eq!(names, ["old", "other"]);
    let steps = |journal: &Journal| {
        let bytes = fs::read(journal.path()).unwrap();
        record::parse(&bytes).unwrap().len()
    };

    let journal = room.journal();
    journal.expect(door.files());
    assert!(!journal.changed());
    room.write(&journal, "other", "after");
    assert_eq!(steps(&journal), 2);
    drop(journal);
    assert_eq!(room.recover().len(), 1);
    let both = vec![before().remove(0), ("other".into(), "before".into(), 0o644)];
    assert_eq!(room.files(), both, "the one that was written, and the one that was only expected");

    let journal = room.journal();
    journal.expect(door.files());
    room.write(&journal, "other", "after");
    room.write(&journal, "old", "after");
    assert_eq!(steps(&journal), 2);
    room.write(&journal, "old", "after that");
    assert_eq!(steps(&journal), 3, "a second replacement is a step of its own");
    assert!(journal.changed());
    assert_eq!(journal.undo(&nobody).unwrap(), [""; 0]);
    assert_eq!(room.files(), both);
    assert_eq!(room.journals(), 0);
}

#[test]
fn a_journal_that_makes_no_sense_stops_its_own_lane() {
    let room = room();
    let root = room.path.join("journal");
    let journal = room.journal();
    let path = journal.path();
    drop(journal);
    let lane = |target| LaneLock::take(&root, "default", target).unwrap().unwrap();
    let of_another_version = r#"{"step":"exec","argv":["/bin/true"],"environment":{},"run_as":null}"#;
    for line in ["nonsense", of_another_version] {
        fs::write(&path, format!("{line}\n")).unwrap();
        assert!(matches!(recover(&root, None).as_slice(), [Err(UndoError::Unreadable { .. })]));
        let told = recover_lane(&root, &lane("web"), &nobody).unwrap_err().to_string();
        assert!(told.contains(path.to_str().unwrap()) && told.contains("put back by hand"), "{told}");
        assert!(recover_lane(&root, &lane("mail"), &nobody).is_ok());
    }
    assert_eq!(room.files(), before());
}

#[test]
fn another_directory_under_the_same_path_is_left_alone_until_the_right_one_is_back() {
    let (room, at) = (room(), |room: &Room, name: &str| room.path.join(name));
    let (tls, moved, other) = (at(&room, "tls"), at(&room, "moved"), at(&room, "other"));
    for ends in [
        |journal: Journal| journal.undo(&nobody).unwrap_err().to_string(),
        |journal: Journal| journal.commit().unwrap_err().to_string(),
    ] {
        let journal = room.journal();
        room.write(&journal, "old", "after");
        fs::rename(&tls, &moved).unwrap();
        fs::create_dir_all(&other).unwrap();
        std::os::unix::fs::symlink(&other, &tls).unwrap();
        assert!(ends(journal).contains("replaced by another one"));
        assert!(matches!(
            recover(&room.path.join("journal"), None).as_slice(),
            [Err(UndoError::File { .. })]
        ));
        assert_eq!(fs::read_dir(&other).unwrap().count(), 0);
        fs::remove_file(&tls).unwrap();
        fs::rename(&moved, &tls).unwrap();
        assert_eq!(room.recover().len(), 1);
        assert_eq!(room.files(), before());
    }
}

#[test]
fn a_command_that_fails_is_told_and_the_files_are_back() {
    let room = room();
    let journal = room.journal();
    room.write(&journal, "old", "after");
    journal.before_exec(&["/bin/false".to_owned()], "", &ExecSettings::default()).unwrap();
    assert!(matches!(journal.undo(&nobody).unwrap().as_slice(), [text] if text.contains("/bin/false")));
    assert_eq!(room.files(), before());
}

#[test]
fn a_command_that_is_noted_again_and_again_is_one_line_and_there_are_few() {
    let room = room();
    let journal = room.journal();
    let note = |input: usize| {
        journal.before_exec(&["/bin/cat".to_owned()], &input.to_string(), &ExecSettings::default())
    };
    for input in (0..16).chain(0..16) {
        note(input).unwrap();
    }
    assert!(note(16).unwrap_err().to_string().contains("at most 16"));
    assert_eq!(record::parse(&fs::read(journal.path()).unwrap()).unwrap().len(), 16);
    assert_eq!(journal.undo(&nobody).unwrap(), [""; 0]);
}

#[test]
fn a_journal_that_is_begun_beside_recoveries_is_kept() {
    let room = room();
    let root = room.path.join("journal");
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Acquire) {
                assert!(recover(&root, None).is_empty());
            }
        });
        for fence in 0..300 {
            // A recovery holds the lane for the moment in which it looks.
            let Some(lane) = LaneLock::take(&root, "default", "web").unwrap() else { continue };
            let journal = Journal::new(&root, lane, DeploymentId { message: 7, fence });
            let begun = journal.before_exec(&["/usr/bin/true".to_owned()], "", &ExecSettings::default());
            let ended = begun.and_then(|()| journal.commit());
            over.store(ended.is_err(), Ordering::Release);
            ended.unwrap();
        }
        over.store(true, Ordering::Release);
    });
}

fn told() -> Told {
    let text = |text: &str| text.to_owned();
    Told {
        tenant: text("default"),
        target: text("web"),
        plugin: text("nginx"),
        config: text("{}"),
        fingerprint: text("00"),
        leaf: text("LEAF\n"),
        chain: text(""),
        attempt: 1,
    }
}

#[test]
fn what_an_earlier_version_told_names_no_plugin() {
    let line = serde_json::to_string(&Record::Told(told())).unwrap();
    let earlier = line.replace(r#""plugin":"nginx","#, "");
    assert_ne!(line, earlier);
    let read = record::parse(format!("{earlier}\n").as_bytes()).unwrap();
    assert_eq!(read, [Record::Told(Told { plugin: String::new(), ..told() })]);
}

#[test]
fn the_connector_is_asked_last_by_the_newest_note_first() {
    let room = room();
    let journal = room.journal();
    journal.note(&told(), "first\n{\"step\":\"commit\"}\n").unwrap();
    room.deploy(&journal);
    journal.note(&told(), "second\0").unwrap();
    journal.note(&told(), "second\0").unwrap();
    let asked = std::cell::Cell::new(0);
    let ended = journal.undo(&|before, notes| {
        assert_eq!(*before, told());
        assert_eq!(notes, ["second\0", "first\n{\"step\":\"commit\"}\n"]);
        assert_eq!(room.files(), self::before(), "the files are back");
        asked.set(asked.get() + 1);
        Ok(())
    });
    assert_eq!((ended.unwrap(), asked.get(), room.journals()), (vec![], 1, 0));
}

#[test]
fn a_note_that_was_not_written_is_written_when_it_is_tried_again() {
    let room = room();
    let (root, away) = (room.path.join("journal"), room.path.join("away"));
    let journal = room.journal();
    fs::rename(&root, &away).unwrap();
    assert!(matches!(journal.note(&told(), "a note"), Err(NetError::Unreachable(_))));
    fs::rename(&away, &root).unwrap();
    journal.note(&told(), "a note").unwrap();
    let records = record::parse(&fs::read(journal.path()).unwrap()).unwrap();
    assert_eq!(records, [Record::Told(told()), Record::Note { note: "a note".to_owned() }]);
}

#[test]
fn a_commit_asks_nobody() {
    let room = room();
    let journal = room.journal();
    journal.note(&told(), "a note").unwrap();
    assert!(!journal.changed());
    journal.commit().unwrap();
    assert_eq!(room.journals(), 0);
}

#[test]
fn who_cannot_go_back_yet_is_asked_again_and_the_server_is_told_once() {
    let room = room();
    let root = room.path.join("journal");
    let journal = room.journal();
    room.deploy(&journal);
    journal.note(&told(), "a note").unwrap();
    let ended = journal.undo(&|_, _| Err(Stuck::ForNow("it is away".to_owned())));
    let text = ended.unwrap_err().to_string();
    assert!(text.contains("it is away") && text.contains("7-3-"), "{text}");
    assert_eq!(room.files(), before());
    fs::remove_file(room.path.join("told")).unwrap();

    assert_eq!(room.recover(), [], "nobody to ask");
    let away: Ask<'_> = &|_, _| Err(Stuck::ForNow("still".to_owned()));
    assert!(matches!(recover(&root, Some(away)).as_slice(), [Err(UndoError::Pending { .. })]));
    assert_eq!(room.journals(), 1);
    let back = recover(
        &root,
        Some(&|_, notes| {
            assert_eq!(notes, ["a note"]);
            Ok(())
        }),
    );
    assert!(matches!(back.as_slice(), [Ok(Recovered { committed: false, .. })]));
    assert_eq!(room.journals(), 0);
    assert!(!room.path.join("told").exists(), "it was told before");
}

#[test]
fn a_host_that_stops_asks_nobody_else() {
    let room = room();
    let root = room.path.join("journal");
    for target in ["web", "mail", "news"] {
        let lane = LaneLock::take(&root, "default", target).unwrap().unwrap();
        let journal = Journal::new(&root, lane, DeploymentId { message: 7, fence: 3 });
        journal.note(&told(), "a note").unwrap();
    }
    let stop = AtomicBool::new(false);
    let asked = std::cell::Cell::new(0);
    let ask: Ask<'_> = &|_, _| {
        asked.set(asked.get() + 1);
        stop.store(true, Ordering::Release);
        Err(Stuck::ForNow("it is away".to_owned()))
    };
    assert!(matches!(super::recover(&root, Some(ask), &stop).as_slice(), [Err(UndoError::Pending { .. })]));
    assert_eq!((asked.get(), room.journals()), (1, 3));
}

#[test]
fn who_will_never_go_back_is_told_and_the_lane_is_free() {
    let room = room();
    let journal = room.journal();
    journal.note(&told(), "a note").unwrap();
    let ended = journal.undo(&|_, _| Err(Stuck::ForGood("it says no".to_owned()))).unwrap();
    assert!(matches!(ended.as_slice(), [text] if text.contains("it says no")), "{ended:?}");
    assert_eq!(room.journals(), 0);
}

#[test]
fn a_recovery_without_anybody_to_ask_restores_and_leaves_the_way_back() {
    let room = room();
    let root = room.path.join("journal");
    let journal = room.journal();
    room.deploy(&journal);
    journal.note(&told(), "a note").unwrap();
    let path = journal.path();
    drop(journal);
    // Torn in the next line: what is marked must stand where it can be read.
    let bytes = fs::read(&path).unwrap();
    let end = bytes.iter().rposition(|byte| *byte == b'\n').unwrap() + 1;
    let file = File::options().write(true).open(&path).unwrap();
    file.write_all_at(b"\0\0\0\"}\n{\"step\":\"commit\"}\n", end as u64).unwrap();
    assert_eq!(room.recover(), []);
    assert_eq!((room.files(), room.journals()), (before(), 1));
    let told = fs::read_to_string(room.path.join("told")).unwrap();
    assert_eq!(room.recover(), [], "and again");
    assert_eq!(fs::read_to_string(room.path.join("told")).unwrap(), told);
    assert_eq!(recover(&root, Some(&|_, _| Ok(()))).len(), 1);
    assert_eq!(room.journals(), 0);
}
