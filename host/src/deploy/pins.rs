//! What a target with `tls.pin-deployed` was given last, so that the next deployment knows it again.
//!
//! The file lies beside the journals and belongs to whoever holds the lane. It always names a certificate that the
//! target may be showing: the new one is added before a connector can reach the target, as neither a crash nor a cut
//! line tells whether it was taken. The ones before it leave only once the target was seen with the new one.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::lane::LaneLock;
use crate::capability::net::Rotation;

/// What the file's name ends in.
const SUFFIX: &str = ".pins";
/// Certificates that a target may be showing, the newest first. More would be those of deployments long past, unless the
/// target was seen with them.
const MOST: usize = 4;

/// A certificate's SHA-256.
type Fingerprint = [u8; 32];

/// The memory of one target, in one deployment.
pub struct Pins {
    path: PathBuf,
    deployed: Fingerprint,
    before: Vec<Fingerprint>,
    rotation: Arc<Rotation>,
}

impl Pins {
    /// Reads what is remembered of the lane's target, which is now to be given `deployed`.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or is none of lastmile's.
    pub fn open(journals: &Path, lane: &LaneLock, deployed: Fingerprint) -> io::Result<Self> {
        let path = path_of(journals, lane.key());
        let before = read(&path)?;
        let rotation = Arc::new(Rotation::forward(deployed, before.clone()));
        Ok(Self { path, deployed, before, rotation })
    }

    /// What connections ask, and tell.
    #[must_use]
    pub fn rotation(&self) -> Arc<Rotation> {
        Arc::clone(&self.rotation)
    }

    /// Before the target can be reached: from then on it may be showing the new certificate, whatever is heard of it.
    ///
    /// # Errors
    ///
    /// It could not be made durable.
    pub fn ahead(&self) -> io::Result<()> {
        if self.before.contains(&self.deployed) { Ok(()) } else { write(&self.path, &self.newest_first()) }
    }

    /// Once the deployment failed, or nobody saw what came of it: forgets those of long ago. As long as none of them is seen,
    /// the target may be showing any.
    ///
    /// # Errors
    ///
    /// It could not be made durable.
    pub fn trim(&self) -> io::Result<()> {
        let mut all = self.newest_first();
        let seen = |one: &Fingerprint| self.rotation.saw(*one);
        if all.len() <= MOST || !all.iter().any(seen) {
            return Ok(());
        }
        let spare = |one: &Fingerprint| *one != self.deployed && !seen(one);
        while all.len() > MOST
            && let Some(oldest) = all.iter().rposition(spare)
        {
            all.remove(oldest);
        }
        write(&self.path, &all)
    }

    /// Once the deployment is final, and before the lane is given back: only the new one counts, if the target was seen
    /// with it.
    ///
    /// # Errors
    ///
    /// It could not be made durable.
    pub fn settle(&self, _held: &LaneLock) -> io::Result<()> {
        if self.rotation.happened() { write(&self.path, &[self.deployed]) } else { self.trim() }
    }

    fn newest_first(&self) -> Vec<Fingerprint> {
        let before = self.before.iter().filter(|before| **before != self.deployed);
        std::iter::once(&self.deployed).chain(before).copied().collect()
    }
}

/// What the lane's target may show while `deployed` is taken back. Its memory stays: it may show either in the end.
///
/// # Errors
///
/// As [`Pins::open`].
pub(super) fn on_the_way_back(
    journals: &Path,
    lane: &str,
    deployed: Fingerprint,
) -> io::Result<Arc<Rotation>> {
    let before = read(&path_of(journals, lane))?;
    Ok(Arc::new(Rotation::back(deployed, before)))
}

fn path_of(journals: &Path, lane: &str) -> PathBuf {
    journals.join(format!("{lane}{SUFFIX}"))
}

fn read(path: &Path) -> io::Result<Vec<Fingerprint>> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(told(path, &error)),
    };
    let parse = |line: &str| {
        let mut fingerprint = [0; 32];
        hex::decode_to_slice(line, &mut fingerprint).map(|()| fingerprint).map_err(|_| {
            io::Error::other(format!(
                "{}: a line is no SHA-256; remove the file, and pin what the target shows in plugins.toml",
                path.display()
            ))
        })
    };
    text.lines().map(parse).collect()
}

/// The old content or the new one, whatever happens.
fn write(path: &Path, fingerprints: &[Fingerprint]) -> io::Result<()> {
    let draft = path.with_extension("pins-draft");
    let lines: String = fingerprints.iter().map(|one| format!("{}\n", hex::encode(one))).collect();
    let durable = || {
        let mut file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&draft)?;
        file.write_all(lines.as_bytes())?;
        file.sync_all()?;
        fs::rename(&draft, path)?;
        path.parent().map_or(Ok(()), |directory| File::open(directory)?.sync_all())
    };
    durable().map_err(|error| told(path, &error))
}

fn told(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]
    use std::os::unix::fs::MetadataExt as _;

    use super::*;

    struct Target(tempfile::TempDir);

    impl Target {
        fn open(&self, lane: &LaneLock, deployed: u8) -> Pins {
            Pins::open(self.0.path(), lane, [deployed; 32]).unwrap()
        }

        fn lane(&self, target: &str) -> LaneLock {
            LaneLock::take(self.0.path(), "shop", target).unwrap().unwrap()
        }
    }

    fn remembered(pins: &Pins) -> Vec<u8> {
        read(&pins.path).unwrap().iter().map(|one| one.first().copied().unwrap()).collect()
    }

    #[test]
    fn what_the_target_may_be_showing_is_remembered() {
        let target = Target(tempfile::tempdir().unwrap());
        let lane = target.lane("web");
        let one = target.open(&lane, 1);
        one.ahead().unwrap();
        assert_eq!(remembered(&one), [1], "nobody saw it yet, and a crash may come");
        one.rotation().shown([1; 32]);
        one.settle(&lane).unwrap();
        let two = target.open(&lane, 2);
        assert_eq!(two.before, [[1; 32]]);
        two.ahead().unwrap();
        two.settle(&lane).unwrap();
        assert_eq!(remembered(&two), [2, 1], "nobody saw that the first one is gone");
        let three = target.open(&lane, 3);
        three.ahead().unwrap();
        three.trim().unwrap();
        assert_eq!(remembered(&three), [3, 2, 1], "it failed, and may be showing the new one all the same");
        let again = target.open(&lane, 2);
        again.ahead().unwrap();
        assert_eq!(remembered(&again), [3, 2, 1], "it is known");
        let four = target.open(&lane, 4);
        four.ahead().unwrap();
        four.rotation().shown([4; 32]);
        assert_eq!(remembered(&four), [4, 3, 2, 1]);
        four.settle(&lane).unwrap();
        assert_eq!(remembered(&four), [4]);
        assert_eq!(fs::metadata(&four.path).unwrap().mode() & 0o777, 0o600);
        assert_eq!(target.open(&target.lane("mail"), 1).before, [[0; 32]; 0], "another target");
    }

    #[test]
    fn what_the_target_was_seen_with_outlives_deployments_that_fail() {
        let target = Target(tempfile::tempdir().unwrap());
        let lane = target.lane("web");
        let fail = |deployed, shown: Option<u8>| {
            let pins = target.open(&lane, deployed);
            pins.ahead().unwrap();
            shown.inspect(|shown| pins.rotation().shown([*shown; 32]));
            pins.trim().unwrap();
            remembered(&pins)
        };
        fail(1, Some(1));
        for deployed in 2..=6 {
            fail(deployed, Some(1));
        }
        assert_eq!(fail(7, Some(1)), [7, 6, 5, 1]);
        assert_eq!(fail(8, None), [8, 7, 6, 5, 1], "it was not reached, and may be showing any");
        assert_eq!(fail(9, Some(99)), [9, 8, 7, 6, 5, 1], "what was seen may be another endpoint");
        assert_eq!(fail(10, Some(1)), [10, 9, 8, 1]);
    }

    #[test]
    fn a_file_of_somebody_else_is_told() {
        let target = Target(tempfile::tempdir().unwrap());
        let lane = target.lane("web");
        fs::write(target.open(&lane, 1).path, "hello\n").unwrap();
        let error = Pins::open(target.0.path(), &lane, [1; 32]).err().unwrap().to_string();
        assert!(error.contains(".pins") && error.contains("remove the file"), "{error}");
    }
}
