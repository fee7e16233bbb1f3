//! What a target with `tls.pin-deployed` was given last, so that the next deployment knows it again.
//!
//! The file lies beside the journals and belongs to whoever holds the lane. It always names a certificate that the
//! target may be showing: the new one is added before a deployment is final, and the ones before it leave only
//! once the target was seen with the new one.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::lane::LaneLock;
use crate::capability::net::Rotation;

/// What the file's name ends in.
const SUFFIX: &str = ".pins";
/// Certificates that a target may be showing, the newest first. More would be those of deployments long past.
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
        let path = journals.join(format!("{}{SUFFIX}", lane.key()));
        let before = read(&path)?;
        let rotation = Arc::new(Rotation::forward(deployed, before.clone()));
        Ok(Self { path, deployed, before, rotation })
    }

    /// What connections ask, and tell.
    #[must_use]
    pub fn rotation(&self) -> Arc<Rotation> {
        Arc::clone(&self.rotation)
    }

    /// Before the deployment ends: the target may be showing the new certificate if all went well, or was seen to.
    ///
    /// # Errors
    ///
    /// It could not be made durable.
    pub fn add(&self, went_well: bool) -> io::Result<()> {
        if !went_well && !self.rotation.happened() {
            return Ok(());
        }
        let before = self.before.iter().filter(|before| **before != self.deployed);
        let all: Vec<Fingerprint> =
            std::iter::once(&self.deployed).chain(before).take(MOST).copied().collect();
        write(&self.path, &all)
    }

    /// Once the deployment is final: only the new one counts, if the target was seen with it.
    ///
    /// # Errors
    ///
    /// It could not be made durable.
    pub fn settle(&self) -> io::Result<()> {
        if self.rotation.happened() { write(&self.path, &[self.deployed]) } else { Ok(()) }
    }
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
        one.add(false).unwrap();
        assert_eq!(remembered(&one), [0; 0], "it failed, and nobody saw the new one");
        one.add(true).unwrap();
        one.settle().unwrap();
        let two = target.open(&lane, 2);
        assert_eq!(two.before, [[1; 32]]);
        two.add(true).unwrap();
        two.settle().unwrap();
        assert_eq!(remembered(&two), [2, 1], "nobody saw that the first one is gone");
        let three = target.open(&lane, 3);
        three.rotation().saw_the_new_one();
        three.add(false).unwrap();
        assert_eq!(remembered(&three), [3, 2, 1], "it failed, and may be showing the new one all the same");
        let four = target.open(&lane, 4);
        four.rotation().saw_the_new_one();
        four.add(true).unwrap();
        assert_eq!(remembered(&four), [4, 3, 2, 1]);
        four.settle().unwrap();
        assert_eq!(remembered(&four), [4]);
        assert_eq!(fs::metadata(&four.path).unwrap().mode() & 0o777, 0o600);
        assert_eq!(target.open(&target.lane("mail"), 1).before, [[0; 32]; 0], "another target");
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
