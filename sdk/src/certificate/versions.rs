//! Names for targets that never replace: a new object for each certificate.

use alloc::format;
use alloc::string::{String, ToString};

use crate::Certificate;
use crate::certificate::{fp8, rfc3339};

/// `-YYYYMMDD-` and eight digits of the fingerprint.
const SUFFIX: usize = 18;

/// The names of one thing's versions: `<base>-<YYYYMMDD>-<fp8>`, the day from the certificate's beginning. The same certificate
/// has the same name on every attempt.
///
/// ```
/// use lastmile_sdk::{certificate::Versions, testing};
///
/// let mut certificate = testing::deployment("{}").certificate;
/// certificate.not_before = 1_767_225_600;
/// certificate.fingerprint = "ab12cd34".repeat(8);
/// let versions = Versions::new("shop.example.test", 31);
/// assert_eq!(versions.name(&certificate), "shop.example-20260101-ab12cd34");
/// assert!(versions.has("shop.example-20251001-00000000"));
/// assert!(!versions.has("other-20251001-00000000"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Versions {
    base: String,
}

impl Versions {
    /// The versions of `base`, which is cut so that a name has at most so many bytes.
    #[must_use]
    pub fn new(base: &str, at_most: usize) -> Self {
        let mut end = base.len().min(at_most.saturating_sub(SUFFIX));
        while !base.is_char_boundary(end) {
            end -= 1;
        }
        // What the cut left at the end would read badly, and some targets refuse it.
        let base = base.get(..end).unwrap_or_default().trim_end_matches(['-', '.', '_', ' ']);
        Self { base: base.to_string() }
    }

    /// This certificate's name.
    #[must_use]
    pub fn name(&self, certificate: &Certificate) -> String {
        format!("{}-{}-{}", self.base, day(certificate.not_before), fp8(certificate))
    }

    /// Whether this is the name of any version, ours or an older one.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        let rest = name.strip_prefix(self.base.as_str()).and_then(|rest| rest.strip_prefix('-'));
        let Some((day, fingerprint)) = rest.and_then(|rest| rest.split_once('-')) else { return false };
        let digits = |text: &str| text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
        let hex = |text: &str| text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        digits(day) && hex(fingerprint)
    }

    /// Whether this is the name of a version other than this certificate's.
    #[must_use]
    pub fn has_another(&self, name: &str, certificate: &Certificate) -> bool {
        self.has(name) && name != self.name(certificate)
    }
}

/// `YYYYMMDD`.
fn day(seconds: u64) -> String {
    rfc3339(seconds).chars().take(10).filter(|c| *c != '-').collect()
}
