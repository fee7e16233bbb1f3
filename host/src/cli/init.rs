//! `lastmile init`: the state directory, the identity, the outbox, and a plugins.toml to begin with.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use serde_json::json;

use lastmile::credential::Identity;

use crate::cli::load::{Context, identity_path, outbox_path};

const STARTER: &str = include_str!("init/starter.toml");
const STATE_DIR: &str = "/var/lib/lastmile";

/// Options of `lastmile init`.
#[derive(Args)]
#[command(after_help = "Examples:
  lastmile init                                            # here: plugins.toml and state/
  lastmile --config /etc/lastmile/plugins.toml init        # the state goes to /var/lib/lastmile

What is there is kept: it is safe to run again.")]
pub(crate) struct Options {
    /// The state directory to write into a new plugins.toml: by default /var/lib/lastmile for a file below
    /// /etc, otherwise `state` beside the file.
    #[arg(long, value_name = "DIRECTORY")]
    state_dir: Option<PathBuf>,
}

/// Makes what is missing and keeps what is there.
pub(crate) fn run(context: &Context, options: &Options) -> anyhow::Result<ExitCode> {
    let made = starter(&context.config, options)?;
    let manifest = context.manifest()?;
    let state = &manifest.host.state_dir;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(state)
        .with_context(|| format!("the state directory {}", state.display()))?;
    std::fs::set_permissions(state, std::fs::Permissions::from_mode(0o700))?;
    let path = identity_path(state);
    let identity = if path.exists() {
        Identity::load(&path)?
    } else {
        let fresh = Identity::generate();
        fresh.save(&path).with_context(|| format!("the identity {}", path.display()))?;
        fresh
    };
    Context::open_store(&outbox_path(state))?;
    if context.json {
        Context::print_json(&json!({
            "config": context.config, "config-made": made, "state-dir": state,
            "recipient": identity.recipient(), "outbox": outbox_path(state),
        }))?;
        return Ok(ExitCode::SUCCESS);
    }
    let new = if made { "  (new: edit it, then run `lastmile check`)" } else { "" };
    println!("configuration    {}{new}", context.config.display());
    println!("state directory  {}", state.display());
    println!("outbox           {}", outbox_path(state).display());
    println!("recipient        {}", identity.recipient());
    println!(
        "\nSeal private keys for this host with `lastmile seal`, or `age -a -r {}`.",
        identity.recipient()
    );
    Ok(ExitCode::SUCCESS)
}

/// Writes a plugins.toml where there is none; says whether it did.
fn starter(path: &Path, options: &Options) -> anyhow::Result<bool> {
    let mut file = match OpenOptions::new().write(true).create_new(true).mode(0o644).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(false),
        Err(error) => return Err(error).with_context(|| path.display().to_string()),
    };
    let state = options.state_dir.clone().unwrap_or_else(|| {
        let below_etc = std::path::absolute(path).is_ok_and(|path| path.starts_with("/etc"));
        PathBuf::from(if below_etc { STATE_DIR } else { "state" })
    });
    file.write_all(starter_text(&state).as_bytes()).with_context(|| path.display().to_string())?;
    Ok(true)
}

fn starter_text(state: &Path) -> String {
    let quoted = toml::Value::String(state.display().to_string()).to_string();
    STARTER.replace("state-dir = \"/var/lib/lastmile\"", &format!("state-dir = {quoted}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]
    use super::*;

    fn load(text: &str) -> lastmile::manifest::Manifest {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("plugins.toml");
        std::fs::write(&path, text).unwrap();
        lastmile::manifest::load(&path).unwrap_or_else(|faults| panic!("{faults}"))
    }

    #[test]
    fn the_starter_is_a_good_file_with_the_state_directory_that_was_asked_for() {
        let manifest = load(&starter_text(Path::new("/srv/a \"b\"")));
        assert_eq!(manifest.host.state_dir, Path::new("/srv/a \"b\""));
        assert!(manifest.plugins.is_empty());
    }

    #[test]
    fn its_examples_are_good_once_they_are_no_comments() {
        let example = |line: &str| line.strip_prefix("#: ").or(line.strip_prefix("#:")).map(str::to_owned);
        let text: Vec<String> =
            STARTER.lines().map(|line| example(line).unwrap_or_else(|| line.to_owned())).collect();
        let manifest = load(&text.join("\n"));
        assert_eq!((manifest.plugins.len(), manifest.targets.len()), (1, 1));
    }
}
