//! Exit codes, as documented in `--help` and docs/cli.md. 2 is clap's: the command line is wrong.

use std::process::ExitCode;

/// The command failed.
pub(crate) const FAILED: u8 = 1;
/// The configuration has faults.
pub(crate) const CONFIGURATION: u8 = 3;
/// A plugin was refused.
pub(crate) const REFUSED: u8 = 4;
/// The deployment failed.
pub(crate) const DEPLOYMENT: u8 = 5;
/// The deployment was still under way when time ran out.
pub(crate) const TIMED_OUT: u8 = 6;

/// Success, or this code.
pub(crate) fn unless(failed: bool, code: u8) -> ExitCode {
    if failed { ExitCode::from(code) } else { ExitCode::SUCCESS }
}
