//! Exit codes, as documented in `--help`.

/// The command failed.
pub const FAILED: u8 = 1;
/// The configuration has faults.
pub const CONFIGURATION: u8 = 3;
/// A plugin was refused.
pub const REFUSED: u8 = 4;
/// The deployment failed.
pub const DEPLOYMENT: u8 = 5;
/// The deployment was still under way when time ran out.
pub const TIMED_OUT: u8 = 6;
