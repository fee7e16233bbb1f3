//! What came of a deployment: one set of labels for the guest's error, the receipt, the log and the metric.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The outcome of one deployment.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The target was brought to the certificate.
    Changed,
    /// The target had it already.
    Unchanged,
    /// A newer certificate for the target arrived first.
    Superseded,
    /// An operator took the message back.
    Cancelled,
    /// The connector asked for more than the operator granted. The operator or the vendor is at fault.
    Denied,
    /// The target's configuration is wrong. The operator is at fault.
    Misconfigured,
    /// The target, or the credential check, said no and would say so again.
    Rejected,
    /// The target did not answer or was busy. A retry helps.
    Unavailable,
    /// The line was cut behind a request that changes something. A retry reads back first.
    Uncertain,
    /// The connector crashed. The vendor is at fault.
    Trapped,
    /// The connector exceeded a limit.
    Limit,
    /// The target does not serve what was deployed; the old state was put back.
    Unverified,
    /// The host itself failed (disk, journal, database).
    Internal,
}

impl Outcome {
    /// The stable label, as in receipts, logs and metrics.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Unchanged => "unchanged",
            Self::Superseded => "superseded",
            Self::Cancelled => "cancelled",
            Self::Denied => "denied",
            Self::Misconfigured => "misconfigured",
            Self::Rejected => "rejected",
            Self::Unavailable => "unavailable",
            Self::Uncertain => "uncertain",
            Self::Trapped => "trapped",
            Self::Limit => "limit",
            Self::Unverified => "unverified",
            Self::Internal => "internal",
        }
    }

    /// Whether the target holds the certificate.
    #[must_use]
    pub const fn is_success(self) -> bool {
        matches!(self, Self::Changed | Self::Unchanged)
    }

    /// Whether another attempt can end differently without anybody mending anything.
    #[must_use]
    pub const fn is_retryable(self) -> bool {
        matches!(
            self,
            Self::Unavailable
                | Self::Uncertain
                | Self::Trapped
                | Self::Limit
                | Self::Unverified
                | Self::Internal
        )
    }
}

/// Why a deployment did not succeed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The class of failure.
    pub outcome: Outcome,
    /// For people; scrubbed of secrets.
    pub message: String,
    /// When the target itself named a time to come back.
    pub retry_after: Option<Duration>,
}

impl Failure {
    /// A failure of this class with this text.
    pub fn new(outcome: Outcome, message: impl Into<String>) -> Self {
        Self { outcome, message: message.into(), retry_after: None }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    #[test]
    fn label_is_the_serialised_form() {
        for outcome in [Outcome::Changed, Outcome::Unverified, Outcome::Internal, Outcome::Denied] {
            assert_eq!(serde_json::to_string(&outcome).unwrap(), format!("\"{}\"", outcome.label()));
        }
    }
}
