//! Where and with what it was measured.

use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use crate::measure::{Spread, human, timed};
use crate::room;

/// A directory of the benchmark's own on the disk that holds the repository.
pub(crate) fn on_disk() -> tempfile::TempDir {
    let parent = target().join("bench-rooms");
    fs::create_dir_all(&parent).unwrap();
    tempfile::tempdir_in(parent).unwrap()
}

/// The same in memory, where an fsync costs nothing.
pub(crate) fn in_memory() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").unwrap()
}

pub(crate) fn target() -> PathBuf {
    std::env::current_exe().unwrap().ancestors().nth(3).unwrap().to_owned()
}

pub(crate) fn facts() -> Vec<(&'static str, String)> {
    let processor = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = processor.lines().find_map(|line| line.strip_prefix("model name")?.split(": ").nth(1));
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let disk = on_disk();
    let fs_type = output("df", &["--output=fstype", disk.path().to_str().unwrap()]);
    let lock = fs::read_to_string(room::repository().join("Cargo.lock")).unwrap_or_default();
    let wasmtime =
        lock.split("name = \"wasmtime\"\nversion = \"").nth(1).and_then(|rest| rest.split('"').next());
    vec![
        ("date", output("date", &["-u", "+%F %R UTC"])),
        ("processor", format!("{}, {cores} cores", model.unwrap_or("unknown"))),
        ("kernel", output("uname", &["-sr"])),
        ("file system", fs_type.lines().last().unwrap_or_default().to_owned()),
        ("one fdatasync of 4 KiB, p10 / median / p90", fsync(&disk)),
        ("load average before", load()),
        ("rustc", output("rustc", &["--version"])),
        ("wasmtime", wasmtime.unwrap_or("unknown").to_owned()),
        ("SQLite", rusqlite::version().to_owned()),
        ("nginx", output("/usr/sbin/nginx", &["-v"])),
    ]
}

pub(crate) fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').take(3).collect::<Vec<_>>().join(" ")
}

/// Whatever is compared with a disk should say how that disk was.
fn fsync(directory: &tempfile::TempDir) -> String {
    let mut file = File::create(directory.path().join("probe")).unwrap();
    file.write_all(&[0; 4096]).unwrap();
    file.sync_all().unwrap();
    let samples: Vec<Duration> = (0..100_u8)
        .map(|round| {
            timed(|| {
                file.write_all_at(&[round; 4096], 0).unwrap();
                file.sync_data().unwrap();
            })
        })
        .collect();
    let spread = Spread::of(&samples);
    [spread.p10, spread.median, spread.p90].map(human).join(" / ")
}

/// nginx says its version on standard error.
fn output(program: &str, arguments: &[&str]) -> String {
    let Ok(output) = Command::new(program).args(arguments).output() else { return "absent".to_owned() };
    let text = if output.stdout.is_empty() { output.stderr } else { output.stdout };
    String::from_utf8_lossy(&text).trim().trim_start_matches("nginx version: ").to_owned()
}
