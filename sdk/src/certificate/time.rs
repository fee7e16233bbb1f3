//! When a certificate begins and ends, as targets write it.

use alloc::format;
use alloc::string::String;

/// The last day of RFC 5280's last year.
const LAST_DAY: u64 = 2_932_896;

/// `YYYY-MM-DDTHH:MM:SSZ` of seconds since 1970 (RFC 3339). No certificate ends later than the year 9999.
///
/// ```
/// use lastmile_sdk::certificate::rfc3339;
/// assert_eq!(rfc3339(951_782_399), "2000-02-28T23:59:59Z");
/// assert_eq!(rfc3339(951_782_400), "2000-02-29T00:00:00Z");
/// ```
#[must_use]
pub fn rfc3339(seconds: u64) -> String {
    let (year, month, day) = date((seconds / 86_400).min(LAST_DAY));
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Year, month and day of days since 1970, by the proleptic Gregorian calendar: years are counted from March, so that the leap day
/// is the last of its year.
fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (year_of_era + era * 400 + u64::from(month < 3), month, day)
}
