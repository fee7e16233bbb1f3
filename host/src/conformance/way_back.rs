//! The checks of a connector that goes back over the network: with the answers of the transcript it arrives, and from
//! wherever a deployment was cut it neither crashes nor leaves the network.

use std::time::Instant;

use super::doors::ScriptedDoors;
use super::examiner::{Ended, Examiner, Seen, fail, pass, skip};
use super::stress::CUTS;
use super::transcript::{Run, Script};
use super::world::Shared;
use crate::deploy::{guest_failure, run_failure};
use crate::grant::Grant;

impl Examiner {
    /// After the first run that notes something, it goes back as the transcript says.
    pub(super) fn goes_back(&self, declared: &Grant) -> Seen {
        let Some(exchanges) = &self.rollback else { return skip("the transcript has no `rollback`") };
        let world = Shared::new(declared, &self.guest);
        for run in &self.runs {
            self.deploy(&self.loaded, &world, run, 1, None);
            let notes = world.lock().notes.newest_first();
            if notes.is_empty() {
                continue;
            }
            let back = Run { exchanges: exchanges.clone(), ..run.clone() };
            let script = Script::new(std::slice::from_ref(&back), &back);
            return match self.back(&world, &notes, Some(script)) {
                Ok(()) => self.arrived(&world, notes.len()),
                Err(seen) => seen,
            };
        }
        fail("no run of the transcript notes anything, but it has a `rollback`")
    }

    /// Cut at each call after a note, it is asked to go back and nothing answers: it must say so in words.
    pub(super) fn survives_the_way_back(&self, declared: &Grant, day: &[Ended]) -> Seen {
        let mut asked = 0;
        for (run, ended) in self.runs.iter().zip(day) {
            for at in 0..ended.calls.len().min(CUTS) {
                let world = Shared::new(declared, &self.guest);
                self.deploy(&self.loaded, &world, run, 1, Some(at));
                let notes = world.lock().notes.newest_first();
                if notes.is_empty() {
                    continue;
                }
                asked += 1;
                if let Err((verdict, detail)) = self.back(&world, &notes, None) {
                    return (verdict, format!("{}: cut at call {}: {detail}", run.name, at + 1));
                }
            }
        }
        if asked == 0 { skip("no run notes anything") } else { pass(format!("{asked} times asked")) }
    }

    /// Asks it once. Without a script it may fail, but not crash.
    fn back(&self, world: &Shared, notes: &[String], script: Option<Script>) -> Result<(), Seen> {
        let must_arrive = script.is_some();
        world.lock().begin_back(script);
        let doors = Box::new(ScriptedDoors(world.clone()));
        let deadline = Instant::now() + self.loaded.time_to_go_back();
        let ended = self.loaded.rollback(&self.guest, notes, doors, deadline);
        let world = world.lock();
        match ended {
            Err(error) => return Err(fail(&run_failure(&error).message)),
            Ok(Err(failure)) if must_arrive => {
                let failure = guest_failure(failure);
                let seen = world.differences.first().unwrap_or(&failure.message);
                return Err(fail(&format!("it ends {}: {seen}", failure.outcome.label())));
            }
            Ok(_) => {}
        }
        match world.beyond.first() {
            Some(beyond) => Err(fail(&format!("it asks for what a rollback has not: {beyond}"))),
            None => Ok(()),
        }
    }

    fn arrived(&self, world: &Shared, notes: usize) -> Seen {
        let world = world.lock();
        let left = world.script.as_ref().map_or(0, Script::left);
        match world.differences.first() {
            Some(difference) => fail(difference),
            None if left > 0 => fail(&format!("it ends {left} exchanges before the transcript does")),
            None => pass(format!("by {notes} notes")),
        }
    }
}
