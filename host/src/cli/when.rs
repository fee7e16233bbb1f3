//! Times: RFC 3339 for scripts, shorter for people, both in UTC.

use std::time::{Duration, SystemTime};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Milliseconds since the epoch as RFC 3339.
pub(crate) fn rfc3339(milliseconds: i64) -> String {
    at(milliseconds).and_then(|at| at.format(&Rfc3339).ok()).unwrap_or_default()
}

/// Milliseconds since the epoch as `2026-11-24 23:26:00`.
pub(crate) fn human(milliseconds: i64) -> String {
    at(milliseconds)
        .map(|at| format!("{} {:02}:{:02}:{:02}", at.date(), at.hour(), at.minute(), at.second()))
        .unwrap_or_default()
}

fn at(milliseconds: i64) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(milliseconds) * 1_000_000).ok()
}

/// Now, in milliseconds since the epoch.
pub(crate) fn now_ms() -> i64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_millis()).unwrap_or(i64::MAX)
}

/// A length of time in its two largest units: `3 h 5 min`, `850 ms`.
pub(crate) fn length(length: Duration) -> String {
    let seconds = length.as_secs();
    match seconds {
        0 => format!("{} ms", length.as_millis()),
        1..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        3600..86_400 => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds / 3600 % 24),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_for_scripts_and_for_people() {
        assert_eq!(rfc3339(1_796_083_200_250), "2026-12-01T00:00:00.25Z");
        assert_eq!(human(1_796_083_200_250), "2026-12-01 00:00:00");
    }

    #[test]
    fn two_units_are_enough() {
        for (seconds, text) in [(59, "59 s"), (61, "1 min 1 s"), (7500, "2 h 5 min"), (90_000, "1 d 1 h")] {
            assert_eq!(length(Duration::from_secs(seconds)), text);
        }
        assert_eq!(length(Duration::from_millis(850)), "850 ms");
    }
}
