//! What wakes the worker: a deployment that ended, or an outbox that was written to.
//!
//! Asleep, it costs nothing. Where there are no notices, or one was missed, the worker looks at its own pace.

use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};

/// Rung by whoever has something for the worker.
pub(super) struct Bell {
    ended: OwnedFd,
    notices: Option<OwnedFd>,
}

impl Bell {
    /// A bell that the outbox rings, too, if it gives notices.
    pub(super) fn new(notices: Option<OwnedFd>) -> io::Result<Self> {
        Ok(Self { ended: eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?, notices })
    }

    /// A deployment has ended.
    pub(super) fn ring(&self) {
        // It fails only where the counter is full, and then it rings already.
        let _ = rustix::io::write(&self.ended, &1_u64.to_ne_bytes());
    }

    /// Waits for either; true if the outbox was written to. A signal ends the wait as well.
    pub(super) fn wait(&self, at_most: Duration) -> bool {
        let mut fds = vec![PollFd::new(&self.ended, PollFlags::IN)];
        fds.extend(self.notices.iter().map(|notices| PollFd::new(notices, PollFlags::IN)));
        let timeout = Timespec::try_from(at_most).unwrap_or(Timespec { tv_sec: 0, tv_nsec: 200_000_000 });
        if poll(&mut fds, Some(&timeout)).is_err() {
            return false;
        }
        let noticed = fds.get(1).is_some_and(|notices| !notices.revents().is_empty());
        let mut buffer = [0_u8; 4096];
        let _ = rustix::io::read(&self.ended, &mut buffer);
        if let Some(notices) = &self.notices {
            while rustix::io::read(notices, &mut buffer).is_ok_and(|count| count > 0) {}
        }
        noticed
    }
}
