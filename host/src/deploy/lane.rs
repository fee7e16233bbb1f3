//! One deployment at a time for each target, whatever the number of hosts on the state directory.
//!
//! The outbox hands a lane whose lease ended to the next host. The host before it may not be dead: it may have
//! been stopped, or be busy putting the old state back. Its lock keeps the next one away from the target until
//! it is done, and the kernel drops the lock of a host that died.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use sha2::{Digest, Sha256};

/// What a lock's name ends in, beside the journals.
const SUFFIX: &str = ".lock";

/// The right to change one target, for as long as it lives.
///
/// Its file stays when it is given back: a file that is removed could be locked twice, once under its name and
/// once without it.
#[derive(Debug)]
pub struct LaneLock {
    key: String,
    file: File,
}

impl LaneLock {
    /// The lock of this tenant's target, or nothing while another deployment holds it.
    ///
    /// # Errors
    ///
    /// The lock's file cannot be made or locked.
    pub fn take(journals: &Path, tenant: &str, target: &str) -> io::Result<Option<Self>> {
        Self::of(journals, key_of(tenant, target))
    }

    /// The lock of the lane with this key.
    pub(super) fn of(journals: &Path, key: String) -> io::Result<Option<Self>> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(journals)?;
        let path = journals.join(format!("{key}{SUFFIX}"));
        let file = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(path)?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Some(Self { key, file })),
            Err(Errno::WOULDBLOCK) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// What a journal's name says of its lane.
    pub(super) fn key(&self) -> &str {
        &self.key
    }
}

/// The key of this tenant's target: a name for files.
pub(super) fn key_of(tenant: &str, target: &str) -> String {
    let mut digest = Sha256::new_with_prefix(tenant);
    digest.update([0]);
    digest.update(target);
    hex::encode(digest.finalize())
}

impl Drop for LaneLock {
    /// Closing alone would leave it to a program that is just being started: between fork and exec it has every
    /// descriptor of this process.
    fn drop(&mut self) {
        let _ = flock(&self.file, FlockOperation::Unlock);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    #[test]
    fn a_lane_is_held_once_until_it_is_given_back() {
        let directory = tempfile::tempdir().unwrap();
        let take = |tenant, target| LaneLock::take(directory.path(), tenant, target).unwrap();
        let held = take("one", "web").unwrap();
        assert!(take("one", "web").is_none());
        assert!(LaneLock::of(directory.path(), held.key().to_owned()).unwrap().is_none());
        drop(held);
        assert!(take("one", "web").is_some());
    }

    #[test]
    fn a_copy_of_the_descriptor_holds_no_lane() {
        let directory = tempfile::tempdir().unwrap();
        let held = LaneLock::take(directory.path(), "one", "web").unwrap().unwrap();
        let _copy = held.file.try_clone().unwrap();
        drop(held);
        assert!(LaneLock::take(directory.path(), "one", "web").unwrap().is_some());
    }

    #[test]
    fn lanes_are_told_apart_by_tenant_and_target() {
        let directory = tempfile::tempdir().unwrap();
        let take = |tenant, target| LaneLock::take(directory.path(), tenant, target).unwrap();
        let held = [take("a", "web"), take("b", "web"), take("a", "mail"), take("aw", "eb")];
        assert!(held.iter().all(Option::is_some));
    }
}
