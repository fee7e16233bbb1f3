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
    let wanted =
        format!("{head}{BEGIN}{}", profiles::ALL.iter().map(|profile| section(profile)).collect::<String>());
    if std::env::var_os("LASTMILE_BLESS").is_some() {
        fs::write(path, &wanted).unwrap();
    }
    assert_eq!(fs::read_to_string(path).unwrap(), wanted, "run the tests with LASTMILE_BLESS=1");
}

fn section(profile: &Profile) -> String {
    let mut text = format!("\n### {}\n\n", profile.name);
    for layout in profile.layouts {
        text += match layout {
            Layout::Pair => {
                "- `certificate` (leaf and intermediates, or the leaf alone beside `chain`) and `key`\n"
            }
            Layout::CertificateFirst => "- `pem`: leaf, intermediates, key\n",
            Layout::KeyFirst => "- `pem`: key, leaf, intermediates\n",
        };
    }
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
    if !profile.says.is_empty() {
        text += &format!("- the reload succeeded if it says `{}`\n", profile.says);
    }
    text += "\n";
    for note in profile.notes {
        text += &format!("{note}\n");
    }
    text
}

fn line(words: &[Word]) -> String {
    let shown = words.iter().map(|word| match word {
        Word::Is(text) => (*text).into(),
        Word::Of(key) => format!("{{{key}}}"),
        Word::With(flag, key) => format!("[{flag} {{{key}}}]"),
        Word::Joined(flag, key) => format!("[{flag}{{{key}}}]"),
        Word::Arguments => "{arguments}".into(),
    });
    shown.collect::<alloc::vec::Vec<String>>().join(" ")
}
