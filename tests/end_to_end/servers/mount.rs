//! A small file system of its own over a directory: one that can be full, or read-only.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

const PAGE: usize = 4096;

/// Goes with the test.
pub(crate) struct Mount(PathBuf);

impl Mount {
    /// `None` where this machine lets this user mount nothing.
    pub(crate) fn over(directory: &Path) -> Option<Self> {
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=128k,mode=755", "lastmile-test"]).arg(directory);
        let mounted = mount.output().is_ok_and(|output| output.status.success());
        if !mounted {
            eprintln!("this user can mount nothing: a full and a read-only file system are not tried");
        }
        mounted.then(|| Self(directory.to_owned()))
    }

    /// Takes all its room but for so many small files.
    pub(crate) fn fill_but(&self, files: usize) {
        let mut filler = fs::File::create(self.filler()).unwrap();
        let mut taken = 0;
        while filler.write_all(&[0; PAGE]).is_ok() {
            taken += PAGE;
        }
        filler.set_len((taken - files * PAGE) as u64).unwrap();
    }

    pub(crate) fn empty(&self) {
        fs::remove_file(self.filler()).unwrap();
    }

    /// `ro` or `rw`.
    pub(crate) fn allow(&self, how: &str) {
        let option = format!("remount,{how}");
        let ended = Command::new("mount").args(["-o", &option]).arg(&self.0).status().unwrap();
        assert!(ended.success(), "mount -o {option} {}", self.0.display());
    }

    fn filler(&self) -> PathBuf {
        self.0.join("filler")
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}
