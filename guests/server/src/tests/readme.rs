//! The README's list of profiles is the profiles' own. `LASTMILE_BLESS=1` writes it anew.

extern crate std;

use alloc::format;
use alloc::string::String;
use std::fs;

use crate::profile::{Layout, Profile, Word};
use crate::profiles;

const BEGIN: &str = "<!-- profiles: written by the tests -->\n";

#[test]
fn the_readme_lists_the_profiles_as_they_are() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = fs::read_to_string(path).unwrap();
    let (head, _) = readme.split_once(BEGIN).expect("the marker is there");
    let sections: String = profiles::ALL.iter().map(|profile| section(profile)).collect();
    let wanted = format!("{head}{BEGIN}{sections}");
    if std::env::var_os("LASTMILE_BLESS").is_some() {
        fs::write(path, &wanted).unwrap();
    }
    assert_eq!(fs::read_to_string(path).unwrap(), wanted, "run the tests with LASTMILE_BLESS=1");
}

/// What the README says of a profile.
pub(super) fn section(profile: &Profile) -> String {
    let mut text = format!("\n### {}\n\n", profile.name);
    text += &profile.layouts.iter().map(|layout| form(*layout)).collect::<String>();
    for setting in profile.settings {
        let default = setting.default.map_or("none".into(), |default| format!("`{default}`"));
        text += &format!("- `{}` ({default}): {}\n", setting.key, setting.meaning);
    }
    for (what, who) in [("owner", profile.owner), ("group", profile.group)] {
        text += &who.map_or(String::new(), |who| format!("- `{what}` (`{who}`)\n"));
    }
    for (what, words) in [("check", profile.check), ("reload", profile.reload)] {
        let (line, needed) = (line(words), what == "reload" && profile.needs_reload);
        text += &if line.is_empty() {
            format!("- {what}: {}\n", if needed { "yours, required" } else { "none" })
        } else {
            format!("- {what}: `{line}`\n")
        };
    }
    for (what, says) in [("check", profile.check_says), ("reload", profile.says)] {
        if !says.is_empty() {
            text += &format!("- the {what} succeeded if it says `{}`\n", says.trim());
        }
    }
    text += "\n";
    for note in profile.notes {
        text += &format!("{note}\n");
    }
    text
}

fn form(layout: Layout) -> String {
    match layout {
        Layout::Pair => {
            "- `certificate` (leaf and intermediates, or the leaf alone beside `chain`) and `key`\n".into()
        }
        Layout::CertificateFirst => "- `pem`: leaf, intermediates, key\n".into(),
        Layout::KeyFirst => "- `pem`: key, leaf, intermediates\n".into(),
        Layout::Keystore(alias) => {
            format!("- `keystore`, with `alias` (`{alias}`), `type` and `password`\n")
        }
    }
}

fn line(words: &[Word]) -> String {
    words.iter().map(shown).collect::<alloc::vec::Vec<String>>().join(" ")
}

fn shown(word: &Word) -> String {
    match word {
        Word::Is(text) => (*text).into(),
        Word::Of(key) => format!("{{{key}}}"),
        Word::With(flag, key) => format!("[{flag} {{{key}}}]"),
        Word::Joined(flag, key) => format!("[{flag}{{{key}}}]"),
        Word::One(words) => words.iter().map(shown).collect(),
        Word::Arguments => "{arguments}".into(),
    }
}
