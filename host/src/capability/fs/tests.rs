//! What a hostile connector tries at this door, and what an honest one gets.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::sync::atomic::{AtomicU32, Ordering};

use super::*;
use crate::capability::Names;
use crate::capability::document::{Encoding, Keystore, Locked, Part, Passphrase, SecretRef};
use crate::capability::process::ExecSettings;
use crate::capability::vault::tests::vault;
use crate::credential::Protection;

/// A journal that only gives names.
struct Counting;

static STEP: AtomicU32 = AtomicU32::new(0);

impl UndoLog for Counting {
    fn before_replace(&self, _: &Place, _: bool) -> io::Result<Names> {
        let step = STEP.fetch_add(1, Ordering::Relaxed);
        Ok(Names { fresh: format!(".lastmile-{step}.new"), old: format!(".lastmile-{step}.old") })
    }
    fn before_exec(&self, _: &[String], _: &str, _: &ExecSettings) -> io::Result<()> {
        Ok(())
    }
}

const PUBLIC: Attributes = Attributes { mode: 0o644, owner: None, group: None };
const PRIVATE: Attributes = Attributes { mode: 0o600, owner: None, group: None };

fn text(content: &str) -> Document {
    vec![Part::Text(content.to_owned())]
}

struct Room {
    _directory: tempfile::TempDir,
    path: PathBuf,
    door: FsDoor,
}

/// `tls/` is granted; `outside` lies beside it.
fn room() -> Room {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().canonicalize().unwrap();
    fs::create_dir_all(path.join("tls/deep")).unwrap();
    fs::create_dir(path.join("tls-other")).unwrap();
    fs::write(path.join("outside"), "untouched").unwrap();
    let prefix = format!("{}/tls/", path.display()).parse().unwrap();
    Room { door: FsDoor::open(&[prefix]).unwrap(), _directory: directory, path }
}

impl Room {
    fn write(&self, below: &str, content: &Document, attributes: &Attributes) -> Result<Written, FsError> {
        let path = format!("{}/{below}", self.path.display());
        self.door.write(&path, content, attributes, &vault(), &Counting)
    }
}

#[test]
fn a_file_is_created_then_unchanged_then_replaced() {
    let room = room();
    let file = room.path.join("tls/deep/site.pem");
    assert_eq!(room.write("tls/deep/site.pem", &text("one"), &PUBLIC), Ok(Written::Created));
    assert_eq!(room.write("tls/deep/site.pem", &text("one"), &PUBLIC), Ok(Written::Unchanged));
    assert_eq!(room.write("tls/deep/site.pem", &text("two"), &PUBLIC), Ok(Written::Replaced));
    assert_eq!(fs::read_to_string(&file).unwrap(), "two");
    assert_eq!(room.write("tls/deep/site.pem", &text("two"), &PRIVATE), Ok(Written::Replaced));
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o7777, 0o600);
}

#[test]
fn the_present_owner_is_kept_where_none_is_named() {
    if !rustix::process::geteuid().is_root() {
        return; // only root gives files away
    }
    let room = room();
    let file = room.path.join("tls/a");
    fs::write(&file, "one").unwrap();
    std::os::unix::fs::chown(&file, Some(1), Some(2)).unwrap();
    assert_eq!(room.write("tls/a", &text("two"), &PUBLIC), Ok(Written::Replaced));
    let after = fs::metadata(&file).unwrap();
    assert_eq!((after.uid(), after.gid()), (1, 2));
    let named = Attributes { mode: 0o640, owner: Some("root".into()), group: Some("daemon".into()) };
    assert_eq!(room.write("tls/a", &text("two"), &named), Ok(Written::Replaced));
    let after = fs::metadata(&file).unwrap();
    assert_eq!((after.uid(), after.gid(), after.mode() & 0o7777), (0, 1, 0o640));
}

#[test]
fn paths_outside_the_grant_are_denied() {
    let room = room();
    for path in ["outside", "tls/../outside", "tls-other/a", "tls/./a", "tls//a", "tls/deep/../../outside"] {
        let refused = room.write(path, &text("x"), &PUBLIC);
        assert!(matches!(refused, Err(FsError::Denied(_))), "{path}: {refused:?}");
    }
    assert!(matches!(
        room.door.write("relative", &text("x"), &PUBLIC, &vault(), &Counting),
        Err(FsError::Denied(_))
    ));
    assert!(matches!(room.write("tls/", &text("x"), &PUBLIC), Err(FsError::Invalid(_))));
    assert!(matches!(room.write("tls/none/a", &text("x"), &PUBLIC), Err(FsError::Invalid(_))));
    assert!(matches!(room.write("tls/.lastmile-1-1-0.old", &text("x"), &PUBLIC), Err(FsError::Invalid(_))));
    assert_eq!(fs::read_to_string(room.path.join("outside")).unwrap(), "untouched");
}

#[test]
fn links_and_special_files_are_not_followed() {
    let room = room();
    symlink(room.path.join("outside"), room.path.join("tls/file-link")).unwrap();
    symlink(&room.path, room.path.join("tls/directory-link")).unwrap();
    rustix::fs::mknodat(
        rustix::fs::CWD,
        room.path.join("tls/fifo"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR,
        0,
    )
    .unwrap();
    for path in ["tls/file-link", "tls/directory-link/outside", "tls/fifo"] {
        let refused = room.write(path, &text("x"), &PUBLIC);
        assert!(matches!(refused, Err(FsError::Denied(_))), "{path}: {refused:?}");
    }
    assert_eq!(fs::read_to_string(room.path.join("outside")).unwrap(), "untouched");
}

#[test]
fn a_hard_link_is_replaced_by_name_and_its_other_name_keeps_the_content() {
    let room = room();
    fs::hard_link(room.path.join("outside"), room.path.join("tls/linked")).unwrap();
    assert_eq!(room.write("tls/linked", &text("x"), &PUBLIC), Ok(Written::Replaced));
    assert_eq!(fs::read_to_string(room.path.join("outside")).unwrap(), "untouched");
}

#[test]
fn another_mount_below_the_grant_is_not_entered() {
    let door = FsDoor::open(&["/dev/".parse().unwrap()]).unwrap();
    let refused = door.write("/dev/shm/lastmile-test", &text("x"), &PUBLIC, &vault(), &Counting);
    assert!(matches!(refused, Err(FsError::Denied(_))), "{refused:?}");
    assert!(!Path::new("/dev/shm/lastmile-test").exists());
}

#[test]
fn a_directory_that_is_swapped_for_a_link_after_opening_does_not_lead_out() {
    let room = room();
    fs::rename(room.path.join("tls/deep"), room.path.join("tls/away")).unwrap();
    symlink(room.path.join("tls-other"), room.path.join("tls/deep")).unwrap();
    assert!(matches!(room.write("tls/deep/a", &text("x"), &PUBLIC), Err(FsError::Denied(_))));
    assert!(!room.path.join("tls-other/a").exists());
}

#[test]
fn modes_that_expose_or_run_are_refused() {
    let room = room();
    let key = vec![Part::Sealed { secret: SecretRef::Named("password".into()), encoding: Encoding::Raw }];
    let with = |mode| Attributes { mode, owner: None, group: None };
    for mode in [0o604, 0o644, 0o646] {
        assert!(room.write("tls/key", &key, &with(mode)).is_err(), "{mode:o}");
    }
    for mode in [0o755, 0o4600, 0o1600, 0o602, 0o10_644] {
        assert!(matches!(room.write("tls/a", &text("x"), &with(mode)), Err(FsError::Invalid(_))), "{mode:o}");
    }
    assert!(!room.path.join("tls/key").exists() && !room.path.join("tls/a").exists());
    assert_eq!(room.write("tls/key", &key, &with(0o640)), Ok(Written::Created));
}

#[test]
fn a_keystore_of_the_same_credential_is_left_alone() {
    let room = room();
    let vault = vault();
    let again = vault.again();
    let password = Passphrase::Named("password".to_owned());
    let store = Keystore { alias: "site".to_owned(), password };
    for (name, store) in
        [("a.p12", Locked::Pkcs12(store.clone(), Protection::Modern)), ("a.jks", Locked::Jks(store))]
    {
        let content = vec![Part::Sealed { secret: SecretRef::Locked(store), encoding: Encoding::Raw }];
        let path = format!("{}/tls/{name}", room.path.display());
        let write = |vault: &Vault| room.door.write(&path, &content, &PRIVATE, vault, &Counting);
        assert_eq!(write(&vault), Ok(Written::Created));
        assert_eq!(write(&again), Ok(Written::Unchanged), "another deployment of the same credential");
    }
}

#[test]
fn a_single_file_grant_covers_no_neighbour() {
    let room = room();
    let one = format!("{}/tls/one", room.path.display());
    let door = FsDoor::open(&[one.parse().unwrap()]).unwrap();
    let write = |path: &str| door.write(path, &text("x"), &PUBLIC, &vault(), &Counting);
    assert_eq!(write(&one), Ok(Written::Created));
    assert!(matches!(write(&format!("{one}2")), Err(FsError::Denied(_))));
    assert!(matches!(write(&format!("{one}/x")), Err(FsError::Denied(_))));
}

#[test]
fn what_is_foreseen_is_what_then_happens_and_nothing_happens_yet() {
    let room = room();
    let path = format!("{}/tls/site.pem", room.path.display());
    let foresee = |content: &str, attributes| room.door.foresee(&path, &text(content), attributes, &vault());
    assert_eq!(foresee("one", &PUBLIC), Ok(Written::Created));
    assert!(!room.path.join("tls/site.pem").exists());
    assert_eq!(room.write("tls/site.pem", &text("one"), &PUBLIC), Ok(Written::Created));
    assert_eq!(foresee("one", &PUBLIC), Ok(Written::Unchanged));
    assert_eq!(foresee("two", &PUBLIC), Ok(Written::Replaced));
    assert_eq!(foresee("one", &PRIVATE), Ok(Written::Replaced));
    assert_eq!(fs::read_to_string(room.path.join("tls/site.pem")).unwrap(), "one");
    let beyond = format!("{}/outside", room.path.display());
    assert!(matches!(room.door.foresee(&beyond, &text(""), &PUBLIC, &vault()), Err(FsError::Denied(_))));
}
