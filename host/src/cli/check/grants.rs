//! Where a grant is too small: one fault for each plugin and power, with the line that would be enough.

use std::collections::BTreeMap;

use lastmile::grant::Grant;
use lastmile::manifest::{Manifest, Plugin, key};
use lastmile::sandbox::Granted;

use super::findings::Findings;

/// One of the three powers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Power {
    Fs,
    Net,
    Process,
}

pub(super) const POWERS: [Power; 3] = [Power::Fs, Power::Net, Power::Process];

impl Power {
    /// Its key in a grant.
    const fn key(self) -> [&'static str; 2] {
        match self {
            Self::Fs => ["fs", "write"],
            Self::Net => ["net", "dial"],
            Self::Process => ["process", "exec"],
        }
    }

    /// Its interface, as components import it.
    pub(super) const fn interface(self) -> &'static str {
        match self {
            Self::Fs => "fs@",
            Self::Net => "net@",
            Self::Process => "process@",
        }
    }

    /// Whether its key stands in the grant.
    const fn is_linked(self, linked: Granted) -> bool {
        match self {
            Self::Fs => linked.fs,
            Self::Net => linked.net,
            Self::Process => linked.process,
        }
    }

    /// The part of a grant that is this power.
    fn of(self, grant: &Grant) -> Grant {
        let mut part = Grant::default();
        match self {
            Self::Fs => part.fs_write.clone_from(&grant.fs_write),
            Self::Net => part.net_dial.clone_from(&grant.net_dial),
            Self::Process => part.process_exec.clone_from(&grant.process_exec),
        }
        part
    }
}

#[derive(Default)]
struct Missing {
    targets: Vec<String>,
    grant: Grant,
}

/// What was declared or imported beyond what is granted.
#[derive(Default)]
pub(super) struct Needed {
    missing: BTreeMap<(String, Power), Missing>,
}

impl Needed {
    /// A component that imports a power does not load without its key, however its targets are configured.
    pub(super) fn import(&mut self, plugin: &Plugin, power: Power) {
        if !power.is_linked(plugin.linked) {
            self.missing.entry((plugin.name.clone(), power)).or_default();
        }
    }

    /// What a target needs beyond its plugin's grant.
    pub(super) fn declared(&mut self, plugin: &Plugin, target: &str, declared: &Grant) {
        let beyond = plugin.grant.missing(declared);
        for power in POWERS {
            let part = power.of(&beyond);
            if part.is_empty() {
                continue;
            }
            let missing = self.missing.entry((plugin.name.clone(), power)).or_default();
            missing.targets.push(target.to_owned());
            missing.grant = together(&missing.grant, &part);
        }
    }

    /// One fault for each plugin and power.
    pub(super) fn report(self, manifest: &Manifest, findings: &mut Findings<'_>) {
        for ((name, power), missing) in self.missing {
            let Some(plugin) = manifest.plugins.get(&name) else { continue };
            let [group, verb] = power.key();
            let place = key(&["plugins", &name, "grant", group, verb]);
            if !findings.survey.is_sound(&place) {
                continue;
            }
            let message = match missing.targets.as_slice() {
                [] => {
                    format!("the component imports {group}, and the plugin's grant has no `{group}.{verb}`")
                }
                [one] => format!("target `{one}` needs more than is granted"),
                several => format!("targets `{}` need more than is granted", several.join("`, `")),
            };
            let instead = instead(findings, plugin, &place, &missing, power);
            findings.fault(&place, message, instead);
        }
    }
}

/// The line as it would have to read, whole: what is there stays.
fn instead(findings: &Findings<'_>, plugin: &Plugin, place: &str, missing: &Missing, power: Power) -> String {
    if missing.targets.is_empty() {
        let [group, verb] = power.key();
        let example = lastmile::manifest::schema::find(&format!("plugins.NAME.grant.{group}.{verb}"));
        let example = example.map_or("", |key| key.example);
        return format!(
            "below [plugins.{}.grant], write `{group}.{verb} = []` if its targets do without, otherwise for example\n{example}",
            plugin.name
        );
    }
    let whole = together(&power.of(&plugin.grant), &missing.grant).to_toml(&plugin.name);
    let whole = whole.trim_end();
    let (header, line) = whole.split_once('\n').unwrap_or(("", whole));
    if findings.survey.has(place) {
        format!("to grant it, let the line read\n{line}")
    } else if findings.survey.has(&key(&["plugins", &plugin.name, "grant"])) {
        format!("to grant it, add below {header}\n{line}")
    } else {
        format!("to grant it, add\n{whole}")
    }
}

fn together(one: &Grant, other: &Grant) -> Grant {
    let more = one.missing(other);
    let mut all = one.clone();
    all.fs_write.extend(more.fs_write);
    all.net_dial.extend(more.net_dial);
    all.process_exec.extend(more.process_exec);
    all
}
