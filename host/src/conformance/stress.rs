//! The checks of a bad day: a capability is refused, the host dies, memory and time run out.

use std::time::{Duration, Instant};

use super::doors::ScriptedDoors;
use super::examiner::{Ended, Examiner, Load, Seen, fail, pass, skip};
use super::world::Shared;
use crate::grant::Grant;
use crate::sandbox::{Cancel, Limits, RunError};

/// A run with more calls is cut at the first of them only.
pub(super) const CUTS: usize = 64;
const MIB: u64 = 1 << 20;

impl Examiner {
    /// Each declared capability in turn is withheld: whoever needed it must not report a success.
    pub(super) fn reports_refusals(&self, declared: &Grant) -> Seen {
        let mut used = 0;
        let fewer = without_each(declared);
        for (withheld, granted) in &fewer {
            let world = Shared::new(granted, &self.guest);
            for (run, ended) in self.runs.iter().zip(self.play(&self.loaded, &world)) {
                if ended.beyond.is_empty() {
                    continue;
                }
                used += 1;
                if ended.outcome.is_success() {
                    return fail(&format!("{}: it reports success though {withheld} was refused", run.name));
                }
            }
        }
        match used {
            0 => skip("it used none of what it declared"),
            used => pass(format!("{} capabilities withheld, {used} deployments refused", fewer.len())),
        }
    }

    /// The first run that succeeds is stopped at each of its calls; the next attempt finds what was left and ends
    /// as it should.
    pub(super) fn recovers(&self, declared: &Grant, day: &[Ended]) -> Seen {
        // What failed before it was undone: it begins where the first run began.
        let mut runs = self.runs.iter().zip(day);
        let succeeds = |(_, ended): &(_, &Ended)| ended.outcome.is_success();
        let Some((run, first)) = runs.find(succeeds).or_else(|| self.runs.iter().zip(day).next()) else {
            return skip("there is no run");
        };
        for at in 0..first.calls.len().min(CUTS) {
            let world = Shared::new(declared, &self.guest);
            let began = Instant::now();
            let cut = self.deploy(&self.loaded, &world, run, 1, Some(at));
            if began.elapsed() > Duration::from_secs(5) {
                return fail(&format!("cut at call {}, it ended after {:?}", at + 1, began.elapsed()));
            }
            if cut.outcome.is_success() && at + 1 < first.calls.len() {
                return fail(&format!("cut at call {}, it reports success", at + 1));
            }
            if first.unanswered || !first.outcome.is_success() {
                continue;
            }
            let next = self.deploy(&self.loaded, &world, run, 2, None);
            if !next.outcome.is_success() {
                return fail(&format!(
                    "cut at call {}, the next attempt ends {}: {}",
                    at + 1,
                    next.outcome.label(),
                    next.differences.first().unwrap_or(&next.message)
                ));
            }
        }
        match first.calls.len() {
            0 => skip("it makes no call"),
            calls => pass(format!("{} cuts", calls.min(CUTS))),
        }
    }

    /// With no time it ends as a limit; with ever less memory it still ends, and the least that was enough is told.
    pub(super) fn honours_limits(&self, declared: &Grant, load: Load<'_>) -> Seen {
        let Some(run) = self.runs.first() else { return skip("there is no run") };
        let world = Shared::new(declared, &self.guest);
        // Its first call takes longer than it has time, as when a target hangs.
        world.lock().begin(None, Some((0, Cancel::default())));
        let doors = Box::new(ScriptedDoors(world));
        match self.loaded.deploy(&self.guest, doors, Instant::now(), &Cancel::default()) {
            Err(RunError::Limit(_)) => {}
            Err(error) => return fail(&format!("without any time left: {error}")),
            Ok(_) => return fail("it went on after its time was over"),
        }
        let usual = self.deploy(&self.loaded, &Shared::new(declared, &self.guest), run, 1, None);
        let mut enough = Limits::default().memory_bytes;
        while enough > MIB {
            let limits = Limits { memory_bytes: enough / 2, ..Limits::default() };
            let loaded = match load(limits) {
                Ok(loaded) => loaded,
                // It loaded before; with this little it does not even start.
                Err(_) => break,
            };
            let ended = self.deploy(&loaded, &Shared::new(declared, &self.guest), run, 1, None);
            if ended.outcome != usual.outcome {
                break;
            }
            enough /= 2;
        }
        pass(format!("stopped when its time is over; {} MiB of memory are enough", enough / MIB))
    }
}

/// The declaration without each of its entries, with the entry's text.
fn without_each(declared: &Grant) -> Vec<(String, Grant)> {
    let mut all = Vec::new();
    for (index, entry) in declared.fs_write.iter().enumerate() {
        let mut fewer = declared.clone();
        fewer.fs_write.remove(index);
        all.push((format!("fs.write {entry}"), fewer));
    }
    for (index, entry) in declared.net_dial.iter().enumerate() {
        let mut fewer = declared.clone();
        fewer.net_dial.remove(index);
        all.push((format!("net.dial {entry}"), fewer));
    }
    for (index, entry) in declared.process_exec.iter().enumerate() {
        let mut fewer = declared.clone();
        fewer.process_exec.remove(index);
        all.push((format!("process.exec {entry}"), fewer));
    }
    all
}
