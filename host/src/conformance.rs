//! The admission check: a component against scripted doors, with no power over anything real.
//!
//! | file         | what it does                                                          |
//! |--------------|-----------------------------------------------------------------------|
//! | `examiner`   | the checks, each a short play before the doors                        |
//! | `stress`     | the checks that cut, refuse and starve                                |
//! | `way_back`   | the checks of a connector that goes back over the network            |
//! | `world`      | what the doors open to: files, answers, and a memory of every call    |
//! | `doors`      | the doors, as strict as the real ones                                 |
//! | `transcript` | what a target would be asked and would answer, written by the author  |
//! | `tape`       | a transcript written down from a real run                             |

mod doors;
mod examiner;
mod stress;
mod tape;
mod transcript;
mod way_back;
mod world;

use std::path::PathBuf;
use std::time::SystemTime;

use serde::Serialize;
use thiserror::Error;

use self::examiner::Examiner;
pub use self::tape::Tape;
pub use self::transcript::{Transcript, TranscriptError};
use crate::credential::{Credential, CredentialError};
use crate::sandbox::{Granted, Limits, LoadError, Loaded, PluginSpec, Sandbox};

/// What is examined.
pub struct Subject {
    /// The component file.
    pub component: PathBuf,
    /// A target's configuration, JSON.
    pub config: String,
    /// Whether WASI is answered inertly.
    pub inert_wasi: bool,
    /// What its target is asked and answers.
    pub transcript: Option<Transcript>,
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// As it should be.
    Pass,
    /// Not as it should be.
    Fail,
    /// It could not be asked; the detail says what is missing.
    Skipped,
}

/// One check.
#[derive(Clone, Debug, Serialize)]
pub struct Check {
    /// What was asked.
    pub check: &'static str,
    /// How it ended.
    pub verdict: Verdict,
    /// What was seen.
    pub detail: String,
}

/// What was found.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// What the component calls itself.
    pub name: String,
    /// The lines of plugins.toml that grant what it declares for the configuration.
    pub grant: String,
    /// The sealed parts that it places, and where.
    pub sealed: Vec<String>,
    /// Every check, in order.
    pub checks: Vec<Check>,
}

impl Report {
    /// Whether nothing failed.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.checks.iter().all(|check| check.verdict != Verdict::Fail)
    }
}

/// The examination could not begin.
#[derive(Debug, Error)]
pub enum ConformanceError {
    /// The component was refused at load.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The specimen certificate is unusable: a fault of lastmile's.
    #[error("the specimen certificate: {0}")]
    Specimen(#[from] CredentialError),
}

/// A certificate that exists only to be examined with; no authority signed it.
const SPECIMEN: &str = include_str!("conformance/specimen.pem");

/// Loads the component with all three powers linked and runs every check against scripted doors.
///
/// # Errors
///
/// The component is refused at load.
pub fn examine(sandbox: &Sandbox, subject: &Subject) -> Result<Report, ConformanceError> {
    let load = |limits: Limits| -> Result<std::sync::Arc<Loaded>, LoadError> {
        sandbox.load(&PluginSpec {
            name: "candidate".to_owned(),
            path: subject.component.clone(),
            sha256: None,
            granted: Granted { fs: true, net: true, process: true },
            inert_wasi: subject.inert_wasi,
            limits,
        })
    };
    let credential = Credential::parse(SPECIMEN.as_bytes(), b"", None, SystemTime::now(), true)?;
    let examiner = Examiner::new(load(Limits::default())?, &credential, subject);
    Ok(examiner.examine(&load))
}
