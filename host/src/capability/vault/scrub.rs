//! Finds secrets in bytes that a target or a program answered.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use zeroize::Zeroizing;

use super::encode;

/// Shorter values are not looked for.
pub(super) const SHORTEST: usize = 6;

/// A beginning shorter than this is not taken for one: ordinary answers end with such bytes all the time.
const SHORTEST_BEGINNING: usize = 4;

/// What to look for.
#[derive(Default)]
pub(super) struct Needles(Vec<Zeroizing<Vec<u8>>>);

impl Needles {
    /// This value, as it is and in every encoding in which a document may place it.
    pub(super) fn add(&mut self, value: &[u8]) {
        self.push(value);
        self.push(STANDARD.encode(value).as_bytes());
        self.push(STANDARD_NO_PAD.encode(value).as_bytes());
        self.push(&encode::url(value));
        if let Ok(text) = std::str::from_utf8(value) {
            self.push(&encode::json(text));
            self.push(&encode::xml(text));
            self.push(text.trim().as_bytes());
        }
    }

    /// Every line of the PEM's body by itself: a program may quote one line of what it could not read.
    pub(super) fn add_pem(&mut self, pem: &[u8]) {
        for line in pem.split(|byte| *byte == b'\n').filter(|line| !line.starts_with(b"-----")) {
            self.push(line);
        }
        let body: Zeroizing<Vec<u8>> = Zeroizing::new(
            pem.split(|byte| *byte == b'\n')
                .filter(|line| !line.starts_with(b"-----"))
                .flatten()
                .copied()
                .collect(),
        );
        if let Ok(der) = STANDARD.decode(body.as_slice()).map(Zeroizing::new) {
            self.push(&der);
            self.push(hex::encode(der.as_slice()).as_bytes());
        }
    }

    fn push(&mut self, needle: &[u8]) {
        if needle.len() >= SHORTEST && !self.0.iter().any(|known| known.as_slice() == needle) {
            self.0.push(Zeroizing::new(needle.to_vec()));
        }
    }

    /// How many bytes at the end are the beginning of a needle, without its rest.
    pub(super) fn begun(&self, bytes: &[u8]) -> usize {
        let begun = |needle: &[u8]| {
            let longest = needle.len().saturating_sub(1).min(bytes.len());
            (SHORTEST_BEGINNING..=longest)
                .rev()
                .find(|length| needle.get(..*length).is_some_and(|beginning| bytes.ends_with(beginning)))
        };
        self.0.iter().filter_map(|needle| begun(needle)).max().unwrap_or(0)
    }

    /// Once all are there: the longest match goes first.
    pub(super) fn sort(&mut self) {
        self.0.sort_by_key(|needle| std::cmp::Reverse(needle.len()));
    }

    /// The longest of them, once they are sorted.
    pub(super) fn longest(&self) -> usize {
        self.0.first().map_or(0, |needle| needle.len())
    }

    /// `bytes` without the needles, and without what stands before `from`.
    pub(super) fn replace(&self, bytes: &[u8], from: usize) -> Vec<u8> {
        let mut out = Vec::with_capacity(bytes.len());
        let mut rest = bytes;
        while let Some((first, after)) = rest.split_first() {
            let at = bytes.len() - rest.len();
            match self.0.iter().find(|needle| needle.first() == Some(first) && rest.starts_with(needle)) {
                Some(needle) => {
                    if at + needle.len() > from {
                        out.extend_from_slice(b"[sealed]");
                    }
                    rest = rest.get(needle.len()..).unwrap_or_default();
                }
                None => {
                    if at >= from {
                        out.push(*first);
                    }
                    rest = after;
                }
            }
        }
        out
    }
}
