//! The write: one secret with all its fields, so that no reader pairs a new certificate with an old key.

use alloc::format;
use alloc::string::{String, ToString};

use lastmile_sdk::http::{Answer, Api, Attempt, Call, key, object};
use lastmile_sdk::{Connection, Deployment, Failure};
use serde::{Deserialize, Serialize};

use crate::config::VaultKv;
use crate::vault::{State, check_engine};

/// How often somebody else may write between a look and a write.
const TRIES: u32 = 3;

/// What a rollback has to know: the version before, 0 where there was none.
#[derive(Serialize, Deserialize, Debug, PartialEq, Eq)]
pub(crate) struct Note {
    pub(crate) version: u64,
    /// Whether it could be read, or was deleted.
    pub(crate) live: bool,
}

#[derive(Deserialize)]
struct Written {
    data: Version,
}

#[derive(Deserialize)]
struct Version {
    version: u64,
}

/// Writes and marks what was written; the version that this certificate has now.
pub(crate) fn bring<C: Connection>(
    api: &mut Api<C>,
    config: &VaultKv,
    deployment: &Deployment,
) -> Result<u64, Failure> {
    let fingerprint = &deployment.certificate.fingerprint;
    let mut lost = String::new();
    for _ in 0..TRIES {
        let state = State::read(api, config).map_err(|failure| open(api, failure))?;
        if state.holds(fingerprint) {
            return Ok(state.current_version);
        }
        if state.current_version == 0 {
            check_engine(api, config)?;
        }
        api.note(&Note { version: state.current_version, live: state.is_live() })?;
        match api.attempt(write(config, deployment, state.current_version)) {
            Ok(Attempt::Done(answer)) => return mark(api, config, &state, fingerprint, version(&answer)?),
            Ok(Attempt::NotFound(answer)) => return Err(Failure::Rejected(answer.complaint())),
            Ok(Attempt::Conflict(answer)) => lost = answer.complaint(),
            // Perhaps it is there already: then the next write makes one version more with the same in it.
            Err(Failure::Uncertain(text)) => lost = text,
            Err(failure) => return Err(failure),
        }
    }
    let text = format!("{TRIES} writes came to nothing, the last one so: {lost}");
    Err(open(api, Failure::Unavailable((text, None))))
}

/// Behind a write that may have been done, a line that is cut leaves that open.
fn open<C: Connection>(api: &Api<C>, failure: Failure) -> Failure {
    match failure {
        Failure::Unavailable((text, _)) if api.changed() => Failure::Uncertain(text),
        other => other,
    }
}

/// The write is refused where another version came in between.
fn write(config: &VaultKv, deployment: &Deployment, current: u64) -> Call {
    let (certificate, names) = (&deployment.certificate, &config.names);
    let data = object! {
        (names.certificate.as_str()): &certificate.leaf_pem,
        (names.chain.as_str()): &certificate.chain_pem,
        (names.key.as_str()): key(),
    };
    let body = object! { "options": object! { "cas": current }, "data": data };
    Call::post(config.path_of("data")).json(body).changes("write the secret")
}

/// A success says which version it made. Without it something else answered.
pub(crate) fn version(answer: &Answer) -> Result<u64, Failure> {
    let written: Written = answer.json()?;
    Ok(written.data.version)
}

/// Says whose the version is. A mark that could not be set costs one version more: the next attempt writes again.
fn mark<C: Connection>(
    api: &mut Api<C>,
    config: &VaultKv,
    before: &State,
    fingerprint: &str,
    version: u64,
) -> Result<u64, Failure> {
    let body = object! { "custom_metadata": before.marked(fingerprint, version) };
    api.call(Call::post(config.path_of("metadata")).json(body).changes("mark the version"))?;
    api.read_back(|api| Ok(State::read(api, config)?.holds(fingerprint).then_some(version))).map_err(
        |failure| match failure {
            Failure::Rejected(_) => {
                Failure::Unavailable(("another version came in between".to_string(), None))
            }
            other => other,
        },
    )
}
