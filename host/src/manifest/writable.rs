//! What may be written must not be run, loaded or trusted: a connector that could rewrite a granted program,
//! a component, the host's state or plugins.toml itself could grant itself everything.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::fault::Report;
use super::{Host, Plugin};
use crate::grant::PathPrefix;

/// One entry of an `fs.write`, with its place.
pub(super) struct Write {
    pub(super) at: Range<usize>,
    pub(super) key: String,
    pub(super) prefix: PathPrefix,
}

/// Holds every entry against everything that must stay out of reach, of whichever plugin it is.
pub(super) fn check(
    writes: &[Write],
    plugins: &BTreeMap<String, Plugin>,
    host: &Host,
    file: &Path,
    report: &mut Report<'_>,
) {
    let kept = kept(plugins, file);
    let state = Spellings::of(&host.state_dir);
    for write in writes {
        let granted = Spellings::of(write.prefix.as_path());
        let directory = write.prefix.is_directory();
        for (path, what) in &kept {
            if granted.reaches(path, directory) {
                let message = format!("it lets a connector rewrite {what}");
                report.add(
                    &write.at,
                    &write.key,
                    message,
                    "write a narrower path, or move the one out of the other",
                );
            }
        }
        if granted.reaches(&state, directory) || state.reaches(&granted, true) {
            let message = format!("it reaches the host's own state, {}", host.state_dir.display());
            report.add(&write.at, &write.key, message, "write a path outside it");
        }
    }
}

fn kept(plugins: &BTreeMap<String, Plugin>, file: &Path) -> Vec<(Spellings, String)> {
    let mut kept = vec![(Spellings::of(file), "this very file".to_owned())];
    for plugin in plugins.values() {
        let what = format!("the component of plugin `{}`, {}", plugin.name, plugin.component.display());
        if !plugin.component.as_os_str().is_empty() {
            kept.push((Spellings::of(&plugin.component), what));
        }
        let mut programs: Vec<&str> = plugin.grant.process_exec.iter().map(|line| line.program()).collect();
        programs.sort_unstable();
        programs.dedup();
        for program in programs {
            let what = format!("{program}, which plugin `{}` may run", plugin.name);
            kept.push((Spellings::of(Path::new(program)), what));
        }
    }
    kept
}

/// A path as it was written and as it is after symbolic links, where those exist today.
struct Spellings {
    written: PathBuf,
    real: PathBuf,
}

impl Spellings {
    fn of(path: &Path) -> Self {
        Self { written: plain(path), real: real(path) }
    }

    /// Whether `other` is this path or, if this is a directory, lies beneath it.
    fn reaches(&self, other: &Self, directory: bool) -> bool {
        let within = |base: &Path, path: &Path| if directory { path.starts_with(base) } else { path == base };
        within(&self.written, &other.written) || within(&self.real, &other.real)
    }
}

/// Without `.` and `..`, as far as that can be told without the file system.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}

/// Symbolic links followed in the part that exists.
fn real(path: &Path) -> PathBuf {
    for existing in path.ancestors() {
        if let Ok(found) = existing.canonicalize() {
            return plain(&found.join(path.strip_prefix(existing).unwrap_or(Path::new(""))));
        }
    }
    plain(path)
}
