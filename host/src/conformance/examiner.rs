//! The checks of an honest day: it names itself, declares, deploys, converges, and says the same twice.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::doors::ScriptedDoors;
use super::transcript::{Exchange, Run, Script};
use super::world::Shared;
use super::{Check, Report, Subject, Verdict};
use crate::credential::Credential;
use crate::deploy::resolve::{UnknownNeeds, needs};
use crate::deploy::{guest_failure, run_failure};
use crate::grant::Grant;
use crate::outcome::Outcome;
use crate::sandbox::{Cancel, Granted, GuestDeployment, Limits, LoadError, Loaded, inspect};

/// How long one scripted deployment may take: nothing in it waits for anything.
const WALL: Duration = Duration::from_secs(20);

/// Loads the candidate under other limits.
pub(super) type Load<'a> = &'a dyn Fn(Limits) -> Result<Arc<Loaded>, LoadError>;

/// How a check ended and what was seen.
pub(super) type Seen = (Verdict, String);

pub(super) struct Examiner {
    pub(super) loaded: Arc<Loaded>,
    pub(super) guest: GuestDeployment,
    /// Without a transcript: a first deployment and the same again.
    pub(super) runs: Vec<Run>,
    pub(super) has_transcript: bool,
    /// What a transcript has of a rollback.
    pub(super) rollback: Option<Vec<Exchange>>,
    imported: Granted,
}

/// One deployment that is over.
pub(super) struct Ended {
    pub(super) outcome: Outcome,
    pub(super) message: String,
    pub(super) calls: Vec<String>,
    pub(super) beyond: Vec<String>,
    pub(super) differences: Vec<String>,
    pub(super) unanswered: bool,
}

impl Examiner {
    pub(super) fn new(loaded: Arc<Loaded>, credential: &Credential, subject: &Subject) -> Self {
        let target = subject.transcript.as_ref().and_then(|transcript| transcript.target.as_deref());
        let twice = || {
            [("a first deployment", Outcome::Changed), ("the same again", Outcome::Unchanged)]
                .map(|(name, outcome)| Run { name: name.to_owned(), outcome, exchanges: Vec::new() })
                .to_vec()
        };
        Self {
            loaded,
            guest: crate::deploy::told(credential, target.unwrap_or("specimen"), &subject.config),
            runs: subject.transcript.as_ref().map_or_else(twice, |transcript| transcript.runs.clone()),
            has_transcript: subject.transcript.is_some(),
            rollback: subject.transcript.as_ref().and_then(|transcript| transcript.rollback.clone()),
            imported: inspect(&subject.component).map(|report| report.imported()).unwrap_or_default(),
        }
    }

    /// Every check, in the order in which one needs the other.
    pub(super) fn examine(&self, load: Load<'_>) -> Report {
        let mut report = Report::default();
        let mut add = |check, (verdict, detail)| report.checks.push(Check { check, verdict, detail });
        let (named, name) = self.names_itself();
        add("names itself", named);
        let declared = self.declares();
        add("declares at least one capability", declared.as_ref().map_or_else(fail, |d| pass(powers(d))));
        add("survives a configuration that is none", self.survives_nonsense());
        let Ok(declared) = declared else {
            report.name = name;
            return report;
        };
        let world = Shared::new(&declared, &self.guest);
        let day = self.play(&self.loaded, &world);
        add("deploys within what it declared", self.deploys(&day));
        add("converges on a second deployment", self.converges(&day));
        let again = self.play(&self.loaded, &Shared::new(&declared, &self.guest));
        add("makes the same calls each time", same_calls(&day, &again));
        add("reports each refusal", self.reports_refusals(&declared));
        add("recovers from a cut at each call", self.recovers(&declared, &day));
        if self.loaded.is_reversible() {
            add("goes back over the network", self.goes_back(&declared));
            add("survives a way back from each cut", self.survives_the_way_back(&declared, &day));
        }
        add("honours limits", self.honours_limits(&declared, load));
        add("leaks no sealed part", leaks_nothing(&world));
        report.name = name;
        let keys: Vec<_> = self.imported.keys().collect();
        report.grant = declared.to_toml_linking(&crate::manifest::key(&[&report.name]), &keys);
        report.sealed = world.lock().sealed.iter().cloned().collect();
        report
    }

    fn names_itself(&self) -> (Seen, String) {
        match self.loaded.name() {
            Err(error) => (fail(&error.to_string()), String::new()),
            Ok(name) if crate::manifest::is_name(&name) => (pass(name.clone()), name),
            Ok(name) => {
                (fail(&format!("{name:?} cannot name a plugin: 1 to 64 of a-z, 0-9, `.`, `_`, `-`")), name)
            }
        }
    }

    fn declares(&self) -> Result<Grant, String> {
        let ask = || {
            needs(&self.loaded, &self.guest.config).map_err(|unknown| match unknown {
                UnknownNeeds::NoAnswer(error) => error.to_string(),
                UnknownNeeds::Problems(problems) => {
                    let text: Vec<String> =
                        problems.iter().map(|p| format!("{} {}", p.pointer, p.message)).collect();
                    format!("it refuses the configuration: {}", text.join("; "))
                }
                UnknownNeeds::Nonsense(text) => format!("it declares what cannot be granted: {text}"),
            })
        };
        let declared = ask()?;
        if declared.is_empty() {
            return Err("it declares nothing".to_owned());
        }
        if ask()? != declared {
            return Err("asked twice, it declares something else".to_owned());
        }
        Ok(declared)
    }

    /// The host hands over JSON objects only, but an operator's `config = {}` must end in words, too.
    fn survives_nonsense(&self) -> Seen {
        for config in ["{}", "null", "{", r#"{"no such key": [1, {"a": null}]}"#] {
            if let Err(error) = self.loaded.capabilities(config) {
                return fail(&format!("with {config}: {error}"));
            }
        }
        pass("it answers with problems, or with what it needs")
    }

    fn deploys(&self, day: &[Ended]) -> Seen {
        for (run, ended) in self.runs.iter().zip(day) {
            if let Some(beyond) = ended.beyond.first() {
                return fail(&format!("{}: it asked for what it had not declared: {beyond}", run.name));
            }
            if ended.unanswered {
                return skip("its requests need answers: give --transcript");
            }
            if let Some(difference) = ended.differences.first() {
                return fail(&format!("{}: {difference}", run.name));
            }
            let meant = ended.outcome == run.outcome || (!self.has_transcript && ended.outcome.is_success());
            if !meant {
                let (wanted, got) = (run.outcome.label(), ended.outcome.label());
                return fail(&format!(
                    "{}: {wanted} was expected, it ended {got}: {}",
                    run.name, ended.message
                ));
            }
        }
        let runs: Vec<String> = self
            .runs
            .iter()
            .zip(day)
            .map(|(run, ended)| format!("{}: {}", run.name, ended.outcome.label()))
            .collect();
        pass(runs.join("; "))
    }

    fn converges(&self, day: &[Ended]) -> Seen {
        if day.iter().any(|ended| ended.unanswered) {
            return skip("its requests need answers: give --transcript");
        }
        let pairs = || self.runs.iter().zip(day).filter(|(run, _)| run.outcome == Outcome::Unchanged);
        if pairs().next().is_none() {
            return skip("no run of the transcript ends `unchanged`");
        }
        match pairs().find(|(_, ended)| ended.outcome != Outcome::Unchanged) {
            Some((run, ended)) => {
                fail(&format!("{}: it ended {}: {}", run.name, ended.outcome.label(), ended.message))
            }
            None => pass("what is there is left as it is"),
        }
    }

    /// Every run in one world, in order.
    pub(super) fn play(&self, loaded: &Loaded, world: &Shared) -> Vec<Ended> {
        self.runs.iter().map(|run| self.deploy(loaded, world, run, 1, None)).collect()
    }

    /// One run. `cut` is the call, from 0, at which it is stopped.
    pub(super) fn deploy(
        &self,
        loaded: &Loaded,
        world: &Shared,
        run: &Run,
        attempt: u32,
        cut: Option<usize>,
    ) -> Ended {
        let cancel = Cancel::default();
        let script = self.has_transcript.then(|| Script::new(&self.runs, run));
        let before = world.lock().files.clone();
        world.lock().begin(script, cut.map(|at| (at, cancel.clone())));
        let guest = GuestDeployment { attempt, ..self.guest.clone() };
        let doors = Box::new(ScriptedDoors(world.clone()));
        let ended = loaded.deploy(&guest, doors, Instant::now() + WALL, &cancel);
        let mut world = world.lock();
        let left = world.script.as_ref().map_or(0, Script::left);
        if left > 0 && cut.is_none() && world.differences.is_empty() {
            world.differences.push(format!("it ends {left} exchanges before the transcript does"));
        }
        let (outcome, message) = match ended {
            Ok(Ok(receipt)) if receipt.changed || world.changed => (Outcome::Changed, receipt.note),
            Ok(Ok(receipt)) => (Outcome::Unchanged, receipt.note),
            Ok(Err(failure)) => told(guest_failure(failure)),
            Err(error) => told(run_failure(&error)),
        };
        if !outcome.is_success() && cut.is_none() {
            // As the host does. What a crash leaves is for the next attempt to find.
            world.files = before;
        }
        Ended {
            outcome,
            message,
            calls: world.calls.clone(),
            beyond: world.beyond.clone(),
            differences: world.differences.clone(),
            unanswered: world.unanswered,
        }
    }
}

fn told(failure: crate::outcome::Failure) -> (Outcome, String) {
    (failure.outcome, failure.message)
}

fn same_calls(day: &[Ended], again: &[Ended]) -> Seen {
    let calls = |day: &[Ended]| -> Vec<String> { day.iter().flat_map(|ended| ended.calls.clone()).collect() };
    let (one, other) = (calls(day), calls(again));
    match one.iter().zip(&other).find(|(one, other)| one != other) {
        Some((one, other)) => fail(&format!("`{one:.200}` the first time, `{other:.200}` the second")),
        None if one.len() != other.len() => {
            fail(&format!("{} calls the first time, {} the second", one.len(), other.len()))
        }
        None => pass(format!("{} calls", one.len())),
    }
}

fn leaks_nothing(world: &Shared) -> Seen {
    let world = world.lock();
    let exposed: BTreeSet<&String> = world.exposed.iter().collect();
    match exposed.first() {
        Some(first) => fail(&format!("it would expose the {first}; the host refuses that")),
        None if world.sealed.is_empty() => pass("it places none"),
        None => pass(world.sealed.iter().cloned().collect::<Vec<_>>().join("; ")),
    }
}

fn powers(declared: &Grant) -> String {
    let lines = declared.to_toml("candidate");
    lines.lines().skip(1).collect::<Vec<_>>().join("; ")
}

pub(super) fn pass(detail: impl Into<String>) -> Seen {
    (Verdict::Pass, detail.into())
}

pub(super) fn fail(detail: &(impl std::fmt::Display + ?Sized)) -> Seen {
    (Verdict::Fail, detail.to_string())
}

pub(super) fn skip(detail: &str) -> Seen {
    (Verdict::Skipped, detail.to_owned())
}
