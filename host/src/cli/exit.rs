//! Exit codes, as documented in `--help`.

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
