//! Each remedy of each profile is taken away in turn, and each two words that follow one another are swapped: a test
//! must fail. The figures are in docs/mutants.md; `LASTMILE_BLESS=1` writes them anew.

extern crate std;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use std::{env, fs};

use super::{conformance, readme};
use crate::profile::{Profile, Setting, Word};
use crate::profiles;

const BEGIN: &str = "<!-- profiles: written by the tests -->
| Data of the profiles | Mutants | The case that the sandbox plays is another | Only the README's list is another | Missed |
|---|---|---|---|---|
";

/// A profile that lacks something.
struct Mutant {
    of: &'static str,
    at: usize,
    profile: Profile,
}

#[test]
fn no_remedy_can_be_taken_away_unnoticed() {
    let less = |profile: &Profile| {
        [words(profile, shorter), members(profile), fields(profile)].into_iter().flatten().collect()
    };
    let rows =
        [judge("a remedy taken away", less), judge("two words swapped", |profile| words(profile, swapped))];
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/mutants.md");
    let text = fs::read_to_string(path).unwrap();
    let (head, rest) = text.split_once(BEGIN).expect("the marker is there");
    let (_, tail) = rest.split_once("\n\n").expect("text follows the table");
    let wanted = format!("{head}{BEGIN}{}\n{tail}", rows.concat());
    if env::var_os("LASTMILE_BLESS").is_some() {
        fs::write(path, &wanted).unwrap();
    }
    assert!(fs::read_to_string(path).unwrap() == wanted, "run this test with LASTMILE_BLESS=1");
}

/// How many mutants which test notices, as a row of the document: the cases' own, or the README's alone.
fn judge(what: &str, mutants: impl Fn(&Profile) -> Vec<Mutant>) -> String {
    let (mut all, mut cased, mut missed) = (0, 0, Vec::new());
    for profile in profiles::ALL {
        let (case, section) = (conformance::case(profile), readme::section(profile));
        for mutant in mutants(profile) {
            all += 1;
            if conformance::case(&mutant.profile) != case {
                cased += 1;
            } else if readme::section(&mutant.profile) == section {
                missed.push(format!("{}, number {} of its {}", profile.name, mutant.at, mutant.of));
            }
        }
    }
    assert!(missed.is_empty(), "no test fails without {missed:#?}");
    format!("| {what} | {all} | {cased} | {} | 0 |\n", all - cased)
}

/// The command lines, and what the reload reads, each changed in each way.
fn words(profile: &Profile, ways: fn(&[Word]) -> Vec<Vec<Word>>) -> Vec<Mutant> {
    type With = fn(&Profile, &'static [Word]) -> Profile;
    let lines: [(&str, &[Word], With); 3] = [
        ("check", profile.check, |profile, check| Profile { check, ..*profile }),
        ("reload", profile.reload, |profile, reload| Profile { reload, ..*profile }),
        ("stdin", profile.stdin, |profile, stdin| Profile { stdin, ..*profile }),
    ];
    let of_line = |(of, words, with): (&'static str, &[Word], With)| {
        let changed = ways(words).into_iter().chain(within(words, ways)).enumerate();
        changed.map(|(at, words)| Mutant { of, at, profile: with(profile, words.leak()) }).collect::<Vec<_>>()
    };
    lines.into_iter().flat_map(of_line).collect()
}

/// The words with one of them changed in each way that is made of words itself.
fn within(words: &[Word], ways: fn(&[Word]) -> Vec<Vec<Word>>) -> Vec<Vec<Word>> {
    let mut all = Vec::new();
    for (index, word) in words.iter().enumerate() {
        let Word::One(inner) = word else { continue };
        for inner in ways(inner) {
            let mut words = words.to_vec();
            words[index] = Word::One(inner.leak());
            all.push(words);
        }
    }
    all
}

/// Forms and settings, and a setting's default.
fn members(profile: &Profile) -> Vec<Mutant> {
    let layouts = shorter(profile.layouts).into_iter().enumerate().map(|(at, layouts)| Mutant {
        of: "layouts",
        at,
        profile: Profile { layouts: layouts.leak(), ..*profile },
    });
    let settings = shorter(profile.settings).into_iter().enumerate().map(|(at, settings)| Mutant {
        of: "settings",
        at,
        profile: Profile { settings: settings.leak(), ..*profile },
    });
    let with_default = profile.settings.iter().enumerate().filter(|(_, setting)| setting.default.is_some());
    let defaults = with_default.map(|(at, setting)| {
        let mut settings = profile.settings.to_vec();
        settings[at] = Setting { default: None, ..*setting };
        Mutant { of: "defaults", at, profile: Profile { settings: settings.leak(), ..*profile } }
    });
    layouts.chain(settings).chain(defaults).collect()
}

/// Whatever a profile says at all.
fn fields(profile: &Profile) -> Vec<Mutant> {
    let fields = [
        ("layouts", true, Profile { layouts: &[], ..*profile }),
        ("settings", !profile.settings.is_empty(), Profile { settings: &[], ..*profile }),
        ("check", !profile.check.is_empty(), Profile { check: &[], ..*profile }),
        ("reload", !profile.reload.is_empty(), Profile { reload: &[], ..*profile }),
        ("stdin", !profile.stdin.is_empty(), Profile { stdin: &[], ..*profile }),
        ("owner", profile.owner.is_some(), Profile { owner: None, ..*profile }),
        ("group", profile.group.is_some(), Profile { group: None, ..*profile }),
        ("check_says", !profile.check_says.is_empty(), Profile { check_says: "", ..*profile }),
        ("says", !profile.says.is_empty(), Profile { says: "", ..*profile }),
        (
            "check_reads_password",
            profile.check_reads_password,
            Profile { check_reads_password: false, ..*profile },
        ),
        ("needs_reload", profile.needs_reload, Profile { needs_reload: false, ..*profile }),
    ];
    let there = fields.into_iter().filter(|(_, there, _)| *there);
    there.map(|(of, _, profile)| Mutant { of, at: 0, profile }).collect()
}

fn shorter<T: Clone>(list: &[T]) -> Vec<Vec<T>> {
    (0..list.len()).map(|at| [&list[..at], &list[at + 1..]].concat()).collect()
}

fn swapped<T: Clone>(list: &[T]) -> Vec<Vec<T>> {
    let swap = |at: usize| {
        let mut list = list.to_vec();
        list.swap(at - 1, at);
        list
    };
    (1..list.len()).map(swap).collect()
}
