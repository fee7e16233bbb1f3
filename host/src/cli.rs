//! One file a subcommand; each prints for people, or as JSON with `--json`.

pub(crate) mod check;
pub(crate) mod conformance;
pub(crate) mod deploy;
#[cfg(test)]
mod documents;
pub(crate) mod exit;
pub(crate) mod history;
pub(crate) mod init;
pub(crate) mod load;
pub(crate) mod logging;
pub(crate) mod new;
pub(crate) mod outbox;
pub(crate) mod plugin;
pub(crate) mod run;
pub(crate) mod seal;
pub(crate) mod style;
pub(crate) mod table;
pub(crate) mod text;
pub(crate) mod when;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

const EXIT_CODES: &str = "A first deployment:
  lastmile init && lastmile check
  lastmile run &
  lastmile deploy web-1 --certificate fullchain.pem --key privkey.pem --wait

Exit codes:
  0  done
  1  the command failed
  2  the command line is wrong
  3  the configuration has faults
  4  a plugin was refused
  5  the deployment failed
  6  the deployment was still under way when time ran out";

/// Carries renewed TLS certificates onto the thing that serves them.
///
/// A certificate goes from the outbox through a sandboxed connector onto its target. The connector can touch only what
/// plugins.toml grants it, and a deployment that fails leaves the old certificate served.
#[derive(Parser)]
#[command(name = "lastmile", version, max_term_width = 100, after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    /// The operator's file: plugins, grants and targets.
    #[arg(long, short, global = true, env = "LASTMILE_CONFIG", default_value = "plugins.toml")]
    pub config: PathBuf,
    /// Print JSON for scripts; the fields are documented in docs/cli.md.
    #[arg(long, global = true)]
    pub json: bool,
    /// How log lines look.
    #[arg(long, global = true, value_enum, default_value = "text")]
    pub log_format: logging::Format,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make plugins.toml, the state directory, the host's identity and the outbox, where they are missing.
    Init(init::Options),
    /// Check plugins.toml, every plugin and every target; change nothing.
    ///
    /// All faults come at once, each with its line, its column, its key and what to write instead. Warnings are for what
    /// is allowed and seldom meant. Works before `lastmile init`.
    #[command(after_help = "Examples:
  lastmile check
  lastmile --config /etc/lastmile/plugins.toml --json check

Exit code 3: there are faults.")]
    Check,
    /// Look at components.
    #[command(subcommand)]
    Plugin(plugin::Action),
    /// Enqueue a certificate for a target.
    Deploy(deploy::Options),
    /// Seal a private key, read from standard input, for this host.
    Seal(seal::Options),
    /// Work: deliver what the outbox holds until told to stop.
    Run(run::Options),
    /// Look at the outbox and mend it.
    #[command(subcommand)]
    Outbox(outbox::Action),
    /// What came of each attempt for a target.
    History(history::Options),
    /// Make a connector to begin with: it builds, passes its tests and conforms.
    New(new::Options),
    /// Try a component as a platform team would before admitting it.
    Conformance(conformance::Options),
    /// Print a completion script for a shell.
    #[command(after_help = "Examples:
  lastmile completions bash > /etc/bash_completion.d/lastmile
  lastmile completions zsh > /usr/local/share/zsh/site-functions/_lastmile
  lastmile completions fish > ~/.config/fish/completions/lastmile.fish")]
    Completions {
        /// bash, zsh, fish, elvish or powershell.
        shell: clap_complete::Shell,
    },
}

/// Runs the chosen command.
pub(crate) fn run(arguments: Arguments, command: &mut clap::Command) -> anyhow::Result<ExitCode> {
    let context = load::Context { config: arguments.config, json: arguments.json };
    match arguments.command {
        Command::Init(options) => init::run(&context, &options),
        Command::Check => check::run(&context),
        Command::Plugin(action) => plugin::run(&context, action),
        Command::Deploy(options) => deploy::run(&context, &options),
        Command::Seal(options) => seal::run(&context, &options),
        Command::Run(options) => run::run(&context, &options),
        Command::Outbox(action) => outbox::run(&context, action),
        Command::History(options) => history::run(&context, &options),
        Command::New(options) => new::run(&context, &options),
        Command::Conformance(options) => conformance::run(&context, &options),
        Command::Completions { shell } => {
            clap_complete::generate(shell, command, "lastmile", &mut std::io::stdout());
            Ok(ExitCode::SUCCESS)
        }
    }
}
