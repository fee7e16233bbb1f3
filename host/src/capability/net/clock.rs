//! How long something may take: the shortest of what the operator, the connector and the deployment allow.

use std::future::Future;
use std::time::{Duration, Instant};

use super::NetError;

/// What is left until `deadline`, at most `limits`.
pub(super) fn budget(deadline: Instant, limits: &[Duration]) -> Result<Duration, NetError> {
    let left = deadline.saturating_duration_since(Instant::now());
    let left = limits.iter().fold(left, |left, &limit| left.min(limit));
    if left.is_zero() {
        return Err(NetError::Unreachable("the time is over before the line was used".to_owned()));
    }
    Ok(left)
}

/// `work` within `budget`, or an error that says what was under way.
pub(super) async fn within<T>(
    budget: Duration,
    under_way: &str,
    work: impl Future<Output = Result<T, NetError>>,
) -> Result<T, NetError> {
    tokio::time::timeout(budget, work).await.unwrap_or_else(|_| {
        Err(NetError::Unreachable(format!("the time is over after {} ms {under_way}", budget.as_millis())))
    })
}
