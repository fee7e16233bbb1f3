//! From a profile and a configuration to what is written and run.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use lastmile_sdk::Problem;
use lastmile_sdk::config::Fields;
use lastmile_sdk::server::{File, Piece, Plan, Run};

use crate::profile::{Layout, Profile, Word};

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
    let files = files(profile, &mut fields, &mut values);
    let check = command(&mut fields, "check", profile.check, "", "", &values);
    let stdin = values.fill(profile.stdin).join("\n");
    let reload = command(&mut fields, "reload", profile.reload, &stdin, profile.says, &values);
    if profile.needs_reload && reload.is_none() {
        fields.fault(
            "reload",
            "write the command that restarts the server, for example [\"/usr/bin/systemctl\", \"restart\", \"NAME\"]",
        );
    }
    fields.finish()?;
    let files = files.into_iter().map(|file| file.owned(owner, group)).collect();
    Ok(Plan { files, check, reload })
}

/// The operator's own command line, or the profile's; an empty list is none.
fn command(
    fields: &mut Fields,
    key: &'static str,
    words: &[Word],
    stdin: &str,
    says: &str,
    values: &Values,
) -> Option<Run> {
    if let Some(argv) = fields.optional_command(key) {
        return (!argv.is_empty()).then(|| Run::new(argv));
    }
    let run = Run::new(values.fill(words));
    let stdin = if stdin.is_empty() { Vec::new() } else { vec![Piece::Text(stdin.to_string())] };
    (!run.argv.is_empty()).then(|| Run { stdin, says: says.to_string(), ..run })
}

fn files(profile: &Profile, fields: &mut Fields, values: &mut Values) -> Vec<File> {
    let single = profile.layouts.iter().find(|layout| **layout != Layout::Pair);
    let pair = profile.layouts.contains(&Layout::Pair);
    if let Some(layout) = single.filter(|_| fields.has("pem") || !pair) {
        let path =
            fields.path("pem", "the path of the one file with certificate and key").unwrap_or_default();
        values.0.insert("certificate", path.clone());
        values.0.insert("key", path.clone());
        let content: &[Piece] = match layout {
            Layout::KeyFirst => &[Piece::Key, Piece::FullChain],
            _ => &[Piece::FullChain, Piece::Key],
        };
        return vec![File::new(path, content)];
    }
    let certificate = fields.path("certificate", "the path of the certificate's file").unwrap_or_default();
    let key = fields.path("key", "the path of the private key's file").unwrap_or_default();
    let chain = fields.optional_path("chain", "the path for the intermediates alone");
    values.0.insert("certificate", certificate.clone());
    values.0.insert("key", key.clone());
    let mut files = vec![File::new(key, &[Piece::Key])];
    match chain {
        Some(chain) => {
            files.push(File::new(certificate, &[Piece::Leaf]));
            files.push(File::new(chain, &[Piece::Chain]));
        }
        None => files.push(File::new(certificate, &[Piece::FullChain])),
    }
    files
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
                Word::Arguments => filled.extend(self.1.iter().cloned()),
            }
        }
        filled
    }
}
