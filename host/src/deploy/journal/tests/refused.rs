//! A directory that lets nobody write: nothing was changed, and an undo has nothing to do.

use std::process::Command;

use super::*;
use crate::capability::fs::FsError;

/// A file system of its own that can be made read-only; `None` where this machine lets nobody mount one.
struct Mounted(PathBuf);

impl Mounted {
    fn over(directory: &Path) -> Option<Self> {
        let ended = Command::new("mount").args(["-t", "tmpfs", "lastmile-test"]).arg(directory).output();
        ended.is_ok_and(|output| output.status.success()).then(|| Self(directory.to_owned()))
    }

    fn allow(&self, how: &str) {
        let option = format!("remount,{how}");
        assert!(Command::new("mount").args(["-o", &option]).arg(&self.0).status().unwrap().success());
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn a_write_to_a_read_only_file_system_is_undone_by_doing_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().canonicalize().unwrap();
    fs::create_dir(path.join("tls")).unwrap();
    let Some(mounted) = Mounted::over(&path.join("tls")) else {
        eprintln!("skipped: this machine lets this user mount nothing");
        return;
    };
    fs::write(path.join("tls/old"), "before").unwrap();
    let door = FsDoor::open(&[format!("{}/tls/", path.display()).parse().unwrap()]).unwrap();
    let room = Room { _directory: directory, path, door };
    let before = room.files();
    mounted.allow("ro");
    let attributes = Attributes { mode: 0o644, owner: None, group: None };
    let write = |journal: &Journal, name: &str| {
        let path = format!("{}/tls/{name}", room.path.display());
        room.door.write(&path, &vec![Part::Text("after".into())], &attributes, &vault(), journal)
    };
    let journal = room.journal();
    for name in ["old", "new"] {
        let refused = write(&journal, name).unwrap_err();
        assert!(matches!(&refused, FsError::Io(text) if text.contains("Read-only")), "{refused}");
    }
    journal.undo(&nobody).unwrap();
    assert_eq!(room.journals(), 0);

    let journal = room.journal();
    assert!(write(&journal, "old").is_err());
    drop(journal);
    assert_eq!(room.recover().len(), 1, "so does the recovery from a crash");
    assert_eq!(room.files(), before);
    drop(mounted);
}
