//! What the documents say can be typed and pasted: their commands are parsed by the command line itself, their TOML by the
//! manifest's reader, their links lead somewhere. A document that rots fails here.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::path::{Path, PathBuf};

use clap::{CommandFactory, Parser};

use super::Arguments;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Every page, by its path below the repository.
fn pages() -> Vec<(String, String)> {
    let root = repository();
    let mut paths = vec![root.join("README.md")];
    for entry in std::fs::read_dir(root.join("docs")).unwrap() {
        paths.push(entry.unwrap().path());
    }
    for entry in std::fs::read_dir(root.join("guests")).unwrap() {
        paths.push(entry.unwrap().path().join("README.md"));
    }
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "md") && path.exists());
    let page = |path: PathBuf| {
        let name = path.strip_prefix(&root).unwrap().display().to_string();
        (name, std::fs::read_to_string(path).unwrap())
    };
    paths.into_iter().map(page).collect()
}

/// The fenced blocks of a page that begin with one of these words.
fn blocks(text: &str, languages: &[&str]) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut open: Option<(bool, String)> = None;
    for line in text.lines() {
        match (&mut open, line.trim_start().strip_prefix("```")) {
            (None, Some(language)) => open = Some((languages.contains(&language.trim()), String::new())),
            (Some(_), Some(_)) => {
                let (wanted, block) = open.take().unwrap();
                blocks.extend(wanted.then_some(block));
            }
            (Some((_, block)), None) => *block += &format!("{line}\n"),
            (None, None) => {}
        }
    }
    blocks
}

/// The `lastmile` command lines of a script, without what the shell does with them.
fn commands(script: &str) -> Vec<Vec<String>> {
    let script = script.replace("\\\n", " ");
    let mut commands = Vec::new();
    let splitter = |c: char| matches!(c, '|' | ';' | '&' | '(' | ')' | '`' | '\n');
    for part in script.split(splitter) {
        let part = part.trim().trim_start_matches("$ ");
        let words: Vec<&str> = part.split_whitespace().skip_while(|word| word.contains('=')).collect();
        let Some((program, arguments)) = words.split_first() else { continue };
        if program.rsplit('/').next() != Some("lastmile") {
            continue;
        }
        let shell = |word: &&&str| !word.starts_with('#') && !word.contains(['<', '>']);
        let arguments: Vec<String> =
            arguments.iter().take_while(shell).map(|word| word.trim_matches('"').to_owned()).collect();
        if !arguments.is_empty() {
            commands.push(std::iter::once("lastmile".to_owned()).chain(arguments).collect());
        }
    }
    commands
}

fn assert_parses(page: &str, words: &[String]) {
    if let Err(error) = Arguments::try_parse_from(words)
        && !matches!(error.kind(), clap::error::ErrorKind::DisplayHelp)
    {
        panic!("{page}: {}\n{error}", words.join(" "));
    }
}

#[test]
fn every_command_of_the_documents_is_one() {
    let mut seen = std::collections::BTreeSet::new();
    for (name, text) in pages() {
        for block in blocks(&text, &["sh", "console", "ini"]) {
            let block =
                block.replace("ExecStart=", "").replace("ExecStartPre=", "").replace("ExecReload=", "");
            for words in commands(&block) {
                assert_parses(&name, &words);
                seen.extend(words.into_iter().skip(1));
            }
        }
    }
    for subcommand in Arguments::command().get_subcommands() {
        assert!(seen.contains(subcommand.get_name()), "no document shows `{}`", subcommand.get_name());
    }
}

#[test]
fn every_help_ends_with_examples_that_parse() {
    fn walk(command: &clap::Command, path: &str) {
        let mut leaf = true;
        for below in command.get_subcommands() {
            leaf = false;
            walk(below, &format!("{path} {}", below.get_name()));
        }
        let Some(help) = command.get_after_help().map(ToString::to_string) else {
            assert!(!leaf, "{path} has no example");
            return;
        };
        let found = commands(&help);
        assert!(!found.is_empty(), "{path}: {help}");
        for words in found {
            assert_parses(path, &words);
        }
    }
    walk(&Arguments::command(), "lastmile");
}

#[test]
fn every_toml_of_the_documents_is_a_good_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("plugins.toml");
    let mut files = 0;
    for (name, text) in pages() {
        // Its blocks together are one file, and the manifest's own tests read it.
        if name == "docs/plugins-toml.md" {
            continue;
        }
        for block in blocks(&text, &["toml"]) {
            let whole = if block.contains("schema = ") { block } else { format!("schema = 1\n{block}") };
            std::fs::write(&path, &whole).unwrap();
            if let Err(faults) = lastmile::manifest::load(&path) {
                panic!("{name}:\n{faults}\n{whole}");
            }
            files += 1;
        }
    }
    assert!(files >= 4, "{files}");
}

/// Each shipped connector's README has a grant to paste, and the target that it is for.
#[test]
fn every_connector_says_what_to_grant() {
    for (name, text) in pages() {
        if !name.starts_with("guests/") {
            continue;
        }
        let blocks = blocks(&text, &["toml"]).concat();
        assert!(blocks.contains(".grant]") && blocks.contains("[targets."), "{name} has no grant to paste");
        for heading in ["## Configuration", "## What it declares", "## What fails how"] {
            assert!(text.contains(heading), "{name} has no `{heading}`");
        }
    }
}

#[test]
fn every_link_leads_somewhere() {
    for (name, text) in pages() {
        let folder = repository().join(&name).parent().unwrap().to_owned();
        for link in text.split("](").skip(1) {
            let link = link.split(')').next().unwrap();
            let path = link.split('#').next().unwrap();
            if !path.is_empty() && !path.starts_with("https://") {
                assert!(folder.join(path).exists(), "{name}: {link}");
            }
        }
    }
}

/// docs/cli.md lists every subcommand and every option of it.
#[test]
fn the_reference_of_the_command_line_is_whole() {
    fn walk(command: &clap::Command, text: &str) {
        for argument in command.get_arguments() {
            let Some(long) = argument.get_long().filter(|long| !matches!(*long, "help" | "version")) else {
                continue;
            };
            assert!(text.contains(&format!("--{long}")), "docs/cli.md lacks {} --{long}", command.get_name());
        }
        for below in command.get_subcommands() {
            assert!(text.contains(below.get_name()), "docs/cli.md lacks {}", below.get_name());
            walk(below, text);
        }
    }
    let text = std::fs::read_to_string(repository().join("docs/cli.md")).unwrap();
    walk(&Arguments::command(), &text);
    for subcommand in Arguments::command().get_subcommands() {
        let name = subcommand.get_name();
        let heading = |line: &str| line.starts_with("## ") && line.contains(name);
        assert!(text.lines().any(heading), "docs/cli.md has no section for `{name}`");
    }
}

/// The contract: each item, each case of a variant and each field of a record.
#[test]
fn everything_in_the_contract_is_documented() {
    let mut items = 0;
    for entry in std::fs::read_dir(repository().join("wit")).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let mut documented = false;
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.starts_with("///") {
                documented = true;
                continue;
            }
            if !matches!(line, "" | "}") && !line.starts_with("use ") && !line.starts_with("package ") {
                assert!(documented, "{}:{}: {line}", path.display(), number + 1);
                items += 1;
            }
            documented = false;
        }
    }
    assert!(items > 80, "{items}");
}
