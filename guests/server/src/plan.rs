//! From a profile and a configuration to what is written and run.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use lastmile_sdk::Problem;
use lastmile_sdk::config::Fields;
use lastmile_sdk::server::{Piece, Plan, Run};

use crate::material;
use crate::profile::{Profile, Word};

/// What the configuration comes to under this profile.
///
/// # Errors
///
/// Every problem of the configuration at once.
pub fn plan(profile: &Profile, mut fields: Fields) -> Result<Plan, Vec<Problem>> {
    let mut values = Values::read(profile, &mut fields);
    let owner: Option<String> = fields.optional("owner", "a user's name");
    let group: Option<String> = fields.optional("group", "a group's name");
    let owner = owner.as_deref().or(profile.owner);
    let group = group.as_deref().or(profile.group);
    let material = material::read(profile, &mut fields);
    values.0.extend(material.values);
    let check = Run {
        stdin: material.password.filter(|_| profile.check_reads_password).into_iter().collect(),
        says: profile.check_says.to_string(),
        ..Run::new(values.fill(profile.check))
    };
    let check = command(&mut fields, "check", check);
    let reload = reload(profile, &mut fields, &values);
    if profile.needs_reload && reload.is_none() {
        fields.fault(
            "reload",
            "write the command that restarts the server, for example [\"/usr/bin/systemctl\", \"restart\", \"NAME\"]",
        );
    }
    fields.finish()?;
    let files = material.files.into_iter().map(|file| file.owned(owner, group)).collect();
    Ok(Plan { files, check, reload })
}

/// With the operator's own goes what he says of its success.
fn reload(profile: &Profile, fields: &mut Fields, values: &Values) -> Option<Run> {
    let stdin = values.fill(profile.stdin).join("\n");
    let run = Run {
        stdin: if stdin.is_empty() { Vec::new() } else { vec![Piece::Text(stdin)] },
        says: profile.says.to_string(),
        ..Run::new(values.fill(profile.reload))
    };
    let own = fields.has("reload");
    let run = command(fields, "reload", run)?;
    let what = "what your reload prints if it succeeded";
    Some(if own { Run { says: fields.optional("says", what).unwrap_or_default(), ..run } } else { run })
}

/// The operator's own command line, or the profile's; an empty list is none.
fn command(fields: &mut Fields, key: &'static str, profiles: Run) -> Option<Run> {
    let run = fields.optional_command(key).map_or(profiles, Run::new);
    (!run.argv.is_empty()).then_some(run)
}

/// What command lines may name.
struct Values(BTreeMap<&'static str, String>, Vec<String>);

impl Values {
    fn read(profile: &Profile, fields: &mut Fields) -> Self {
        let mut values = BTreeMap::new();
        for setting in profile.settings {
            let value: Option<String> = fields.optional(setting.key, setting.meaning);
            if let Some(value) = value.or_else(|| setting.default.map(ToString::to_string)) {
                values.insert(setting.key, value);
            }
        }
        let arguments = fields.optional("arguments", "a list of strings, the server's own options");
        Self(values, arguments.unwrap_or_default())
    }

    fn fill(&self, words: &[Word]) -> Vec<String> {
        let mut filled = Vec::new();
        for word in words {
            match word {
                Word::Is(text) => filled.push((*text).to_string()),
                Word::Of(key) => filled.push(self.0.get(key).cloned().unwrap_or_default()),
                Word::With(flag, key) => {
                    if let Some(value) = self.0.get(key) {
                        filled.extend([(*flag).to_string(), value.clone()]);
                    }
                }
                Word::Joined(flag, key) => {
                    if let Some(value) = self.0.get(key) {
                        filled.push(alloc::format!("{flag}{value}"));
                    }
                }
                Word::One(words) => filled.push(self.fill(words).concat()),
                Word::Arguments => filled.extend(self.1.iter().cloned()),
            }
        }
        filled
    }
}
