//! The contract's records, in the host's own types.

/// What a connector declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Capability {
    /// A path prefix.
    FsWrite(String),
    /// An endpoint.
    NetDial(String),
    /// A command line.
    ProcessExec(Vec<String>),
}

/// A fault in a target's configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where, as a JSON pointer (RFC 6901).
    pub pointer: String,
    /// What, and what to write instead.
    pub message: String,
}

/// What a connector is told of a deployment.
#[derive(Clone, Default)]
pub struct GuestDeployment {
    /// The target's name.
    pub target: String,
    /// The target's configuration, a JSON object.
    pub config: String,
    /// The leaf.
    pub leaf_pem: String,
    /// The intermediates, the leaf's issuer first.
    pub chain_pem: String,
    /// SHA-256 of the leaf's DER, lower-case hex.
    pub fingerprint: String,
    /// The same of each intermediate.
    pub chain_fingerprints: Vec<String>,
    /// Hex.
    pub serial: String,
    /// RFC 4514.
    pub subject: String,
    /// The subject alternative names.
    pub names: Vec<String>,
    /// Seconds since the epoch.
    pub not_before: u64,
    /// Seconds since the epoch.
    pub not_after: u64,
    /// Only where the operator wrote `reveal-key = true`.
    pub private_key: Option<Vec<u8>>,
    /// From 1.
    pub attempt: u32,
}

/// A success, in the connector's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuestReceipt {
    /// Whether the target was changed.
    pub changed: bool,
    /// What the target calls the credential.
    pub reference: String,
    /// For people.
    pub note: String,
}

/// A failure, in the connector's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GuestFailure {
    /// A door stayed shut.
    Denied(String),
    /// The configuration is wrong.
    Misconfigured(Vec<Problem>),
    /// The target said no and would say so again.
    Rejected(String),
    /// Worth another try, after so many seconds where the target said so.
    Unavailable(String, Option<u32>),
    /// The line was cut after a change.
    Uncertain(String),
}
