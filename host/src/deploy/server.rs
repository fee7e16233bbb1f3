//! One deployment at a time for each server.
//!
//! Targets may share a server: two sites of one nginx. Its `nginx -t` looks at the whole configuration, so beside a
//! deployment that has written a key and not yet its certificate it refuses another one that is sound. Deployments
//! that may run the same command line are taken for one server's, and wait for each other.

use std::cell::Cell;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use super::journal::{Stuck, Told};
use super::lane::LaneLock;
use crate::grant::CommandLine;
use crate::sandbox::Cancel;

/// How often to look whether the server is free. A deployment takes some hundred milliseconds.
const GLANCE: Duration = Duration::from_millis(10);

/// The servers of one deployment, for it alone as long as this lives.
pub struct ServerLocks(#[allow(dead_code, reason = "held, never read")] Vec<LaneLock>);

impl ServerLocks {
    /// Waits for every server that these command lines belong to; nothing if that takes longer than allowed.
    ///
    /// # Errors
    ///
    /// A lock's file cannot be made or locked.
    pub fn take(
        journals: &Path,
        commands: &[CommandLine],
        deadline: Instant,
        cancel: &Cancel,
    ) -> io::Result<Option<Self>> {
        let mut names: Vec<String> = commands.iter().map(ToString::to_string).collect();
        // All in one order: two deployments never wait for each other.
        names.sort();
        names.dedup();
        let mut held = Vec::with_capacity(names.len());
        for name in names {
            match wait(journals, &name, deadline, cancel)? {
                Some(lock) => held.push(lock),
                None => return Ok(None),
            }
        }
        Ok(Some(Self(held)))
    }

    /// Who asks a connector for its way back, and gives the servers free before: they were told by then, and a network that
    /// does not answer is no reason for others to wait.
    pub fn until(
        self,
        ask: impl Fn(&Told, &[String]) -> Result<(), Stuck>,
    ) -> impl Fn(&Told, &[String]) -> Result<(), Stuck> {
        let held = Cell::new(Some(self));
        move |told, notes| {
            drop(held.take());
            ask(told, notes)
        }
    }
}

fn wait(journals: &Path, name: &str, deadline: Instant, cancel: &Cancel) -> io::Result<Option<LaneLock>> {
    loop {
        // No tenant is empty, so no target's lock has this name.
        if let Some(lock) = LaneLock::take(journals, "", name)? {
            return Ok(Some(lock));
        }
        if Instant::now() >= deadline || cancel.is_cancelled() {
            return Ok(None);
        }
        std::thread::sleep(GLANCE);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    fn line(argv: &[&str]) -> CommandLine {
        CommandLine::literal(&argv.iter().map(|&word| word.to_owned()).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn who_asks_for_the_way_back_keeps_nobody_waiting() {
        let directory = tempfile::tempdir().unwrap();
        let reload = [line(&["/n", "-s", "reload"])];
        let take = || {
            let soon = Instant::now() + Duration::from_millis(50);
            ServerLocks::take(directory.path(), &reload, soon, &Cancel::default()).unwrap()
        };
        let ask = take().unwrap().until(|_, notes| {
            assert_eq!(notes, ["a note"]);
            assert!(take().is_some());
            Ok(())
        });
        assert!(take().is_none(), "nobody was asked yet");
        ask(&Told::default(), &["a note".to_owned()]).unwrap();
    }

    #[test]
    fn who_shares_a_command_line_waits() {
        let directory = tempfile::tempdir().unwrap();
        let take = |lines: &[CommandLine]| {
            let soon = Instant::now() + Duration::from_millis(50);
            ServerLocks::take(directory.path(), lines, soon, &Cancel::default()).unwrap()
        };
        let (check, reload) = (line(&["/n", "-t"]), line(&["/n", "-s", "reload"]));
        let other = line(&["/h", "-c"]);
        let held = take(&[reload.clone(), check.clone()]).unwrap();
        assert!(take(std::slice::from_ref(&check)).is_none());
        assert!(take(&[other.clone(), reload.clone()]).is_none());
        assert!(take(std::slice::from_ref(&other)).is_some(), "what was taken before the wait is given back");
        drop(held);
        assert!(take(&[reload, check, other]).is_some());
        assert!(take(&[]).is_some());
    }
}
