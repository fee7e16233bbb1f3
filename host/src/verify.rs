//! The host's own look at what the target serves after a deployment.
//!
//! The connector's word is not taken for it: the host opens TLS to the operator's endpoint, through STARTTLS
//! where that is how the target speaks, and compares the leaf's fingerprint.

mod handshake;
mod starttls;

#[cfg(test)]
mod tests;

use std::str::FromStr;
use std::thread;
use std::time::{Duration, Instant};

use thiserror::Error;
use tokio::runtime::Handle;

/// One look may take so long.
const LOOK: Duration = Duration::from_secs(10);
/// The pause between two looks does not grow beyond this.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// A reload takes milliseconds, or it takes its time: for so long the pauses are broken by glances.
const YOUNG: Duration = Duration::from_secs(1);
/// The first glance comes after so long, each further one when an eighth of the time has passed again.
const FIRST_GLANCE: Duration = Duration::from_millis(4);
/// Served is what every look meets for so long: while a server reloads, old and new processes answer in turns.
const STEADY: Duration = Duration::from_millis(30);
/// A slow target is looked at as often as this at least.
const STEADY_LOOKS: u32 = 3;

/// How TLS begins on a line that starts in the clear.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StartTls {
    /// With the first byte.
    #[default]
    None,
    /// RFC 3207.
    Smtp,
    /// RFC 9051, section 6.2.1.
    Imap,
    /// RFC 2595, section 4.
    Pop3,
    /// RFC 4217, section 4.
    Ftp,
    /// RFC 4511, section 4.14.
    Ldap,
    /// The `SSLRequest` of PostgreSQL's protocol.
    Postgres,
    /// The `SSLRequest` of MySQL's and MariaDB's protocol.
    Mysql,
}

/// Not the name of a protocol.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{0}` is none of none, smtp, imap, pop3, ftp, ldap, postgres and mysql")]
pub struct StartTlsError(String);

impl FromStr for StartTls {
    type Err = StartTlsError;

    fn from_str(text: &str) -> Result<Self, StartTlsError> {
        Ok(match text {
            "none" => Self::None,
            "smtp" => Self::Smtp,
            "imap" => Self::Imap,
            "pop3" => Self::Pop3,
            "ftp" => Self::Ftp,
            "ldap" => Self::Ldap,
            "postgres" => Self::Postgres,
            "mysql" => Self::Mysql,
            other => return Err(StartTlsError(other.to_owned())),
        })
    }
}

/// Where to look, and how often.
#[derive(Clone, Debug, PartialEq)]
pub struct Verify {
    /// `host:port`. It is the operator's own, so any address will do.
    pub endpoint: String,
    /// The name that is asked for (SNI); an IP address asks for none.
    pub server_name: String,
    /// Whether the operator wrote that name. No certificate is deployed then that does not cover it.
    pub named: bool,
    /// How TLS begins.
    pub starttls: StartTls,
    /// Looks at most; zero counts as one.
    pub attempts: u32,
    /// The pause after the first look. Each further one is half as long again.
    pub interval: Duration,
}

/// Why the new certificate is not confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum VerifyError {
    /// The operator's `verify` makes no sense.
    #[error("verify: {0}")]
    Misconfigured(String),
    /// Nobody answered, or not with TLS.
    #[error("`{endpoint}` serves no certificate: {reason}")]
    Unreachable {
        /// Where it was looked for.
        endpoint: String,
        /// What went wrong.
        reason: String,
    },
    /// Another certificate.
    #[error(
        "`{endpoint}` serves certificate {served} for `{server_name}` where {expected} was expected (looks: {attempts})"
    )]
    Mismatch {
        /// Where it was looked for.
        endpoint: String,
        /// The name that was asked for.
        server_name: String,
        /// The fingerprint that was deployed.
        expected: String,
        /// The fingerprint that is served.
        served: String,
        /// How often it was looked for.
        attempts: u32,
    },
    /// No certificate up to the end.
    #[error("certificate {expected} was expected, but {last} (looks: {attempts})")]
    Unconfirmed {
        /// The fingerprint that was deployed.
        expected: String,
        /// What the last look met.
        last: String,
        /// How often it was looked for.
        attempts: u32,
    },
}

/// The SHA-256 of the leaf that is served there, in lower-case hex. Any certificate will do: it is only read.
/// Call it from a plain thread.
///
/// # Errors
///
/// An endpoint or name that is none, or nobody who speaks TLS there within `timeout`.
pub fn served_fingerprint(
    wanted: &Verify,
    runtime: &Handle,
    timeout: Duration,
) -> Result<String, VerifyError> {
    runtime.block_on(async {
        tokio::time::timeout(timeout, handshake::fingerprint(wanted)).await.unwrap_or_else(|_| {
            Err(VerifyError::Unreachable {
                endpoint: wanted.endpoint.clone(),
                reason: format!("no answer within {} ms", timeout.as_millis()),
            })
        })
    })
}

/// Looks until `expected` is served. A server that reloads may serve the old certificate for a while.
/// Call it from a plain thread.
///
/// # Errors
///
/// What the last look met, once the attempts or the time are used up.
pub fn verify(
    wanted: &Verify,
    expected: &str,
    runtime: &Handle,
    deadline: Instant,
) -> Result<(), VerifyError> {
    let started = Instant::now();
    let attempts = wanted.attempts.max(1);
    let mut pause = wanted.interval;
    let mut looks = 0;
    loop {
        let met = steady(wanted, expected, runtime, deadline);
        looks += 1;
        match met {
            Ok(served) if served == expected => return Ok(()),
            // Looking again does not mend a wrong configuration.
            Err(error @ VerifyError::Misconfigured(_)) => return Err(error),
            met => {
                let left = deadline.saturating_duration_since(Instant::now());
                if looks >= attempts || left <= pause {
                    return Err(conclusion(wanted, expected, met, looks));
                }
            }
        }
        if glance(wanted, expected, runtime, started, pause) {
            return Ok(());
        }
        pause = (pause.saturating_mul(3) / 2).min(LONGEST_PAUSE.max(wanted.interval));
    }
}

/// Sits out the pause; true as soon as `expected` is served. Glances are no attempts: they only end the wait
/// sooner.
fn glance(wanted: &Verify, expected: &str, runtime: &Handle, started: Instant, pause: Duration) -> bool {
    let until = Instant::now() + pause;
    loop {
        let (age, left) = (started.elapsed(), until.saturating_duration_since(Instant::now()));
        let step = FIRST_GLANCE.max(age / 8);
        if age >= YOUNG || left <= step {
            thread::sleep(left);
            return false;
        }
        thread::sleep(step);
        if steady(wanted, expected, runtime, until).is_ok_and(|served| served == expected) {
            return true;
        }
    }
}

/// What is served; `expected` only if it is met again and again.
fn steady(
    wanted: &Verify,
    expected: &str,
    runtime: &Handle,
    deadline: Instant,
) -> Result<String, VerifyError> {
    let started = Instant::now();
    let mut looks = 0;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let served = served_fingerprint(wanted, runtime, left.min(LOOK))?;
        looks += 1;
        if served != expected || (looks >= STEADY_LOOKS && started.elapsed() >= STEADY) {
            return Ok(served);
        }
        thread::sleep(Duration::from_millis(1));
    }
}

fn conclusion(
    wanted: &Verify,
    expected: &str,
    met: Result<String, VerifyError>,
    attempts: u32,
) -> VerifyError {
    let expected = expected.to_owned();
    match met {
        Ok(served) => VerifyError::Mismatch {
            endpoint: wanted.endpoint.clone(),
            server_name: wanted.server_name.clone(),
            expected,
            served,
            attempts,
        },
        Err(last) => VerifyError::Unconfirmed { expected, last: last.to_string(), attempts },
    }
}
