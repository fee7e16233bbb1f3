//! Finds secrets in bytes that a target or a program answered.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use super::encode;

/// Shorter values are not looked for.
pub(super) const SHORTEST: usize = 6;

/// A beginning shorter than this is not taken for one: ordinary answers end with such bytes all the time.
const SHORTEST_BEGINNING: usize = 4;

/// How long lines of base64 are: in PEM (RFC 7468), and in MIME (RFC 2045), which some write as PEM.
const WIDTHS: [usize; 2] = [64, 76];

/// What to look for.
#[derive(Default)]
pub(super) struct Needles {
    list: Vec<Needle>,
    /// Where in the list, by the first byte.
    starts: Vec<Vec<usize>>,
}

/// One thing to look for. Within base64 of something larger, the characters around it hold some of its bits.
struct Needle {
    bytes: Zeroizing<Vec<u8>>,
    before: usize,
    after: usize,
}

impl Needles {
    /// This value, as it is and in every encoding in which a document may place it.
    pub(super) fn add(&mut self, value: &[u8]) {
        self.push(value);
        self.push(STANDARD.encode(value).as_bytes());
        self.push(STANDARD_NO_PAD.encode(value).as_bytes());
        self.push(&encode::url(value));
        self.add_within(value.trim_ascii());
        if let Ok(text) = std::str::from_utf8(value) {
            let json = encode::json(text.trim());
            self.push(&encode::json(text));
            self.push(&encode::xml(text));
            self.push(text.trim().as_bytes());
            self.add_within(&json);
        }
    }

    /// A key's PEM by its body alone, for its armour may be gone, and every line of it by itself: a program may quote
    /// one line of what it could not read. Lines that hold nothing but bytes of `public` are no secret, and the
    /// certificate may have the same.
    pub(super) fn add_pem(&mut self, pem: &[u8], public: &[u8]) {
        let lines: Vec<&[u8]> = pem
            .split(|byte| *byte == b'\n')
            .map(<[u8]>::trim_ascii)
            .filter(|line| !line.is_empty() && !line.starts_with(b"-----"))
            .collect();
        let body = Zeroizing::new(lines.concat());
        for line in WIDTHS.iter().flat_map(|width| body.chunks(*width)) {
            let bytes = STANDARD.decode(line).map(Zeroizing::new);
            if !bytes.is_ok_and(|bytes| contains(public, &bytes)) {
                self.push(line);
            }
        }
        self.push(&body);
        for end in [&b""[..], b"\n", b"\\n", b"\r\n", b"\\r\\n"] {
            self.add_within(&Zeroizing::new(lines.join(end)));
        }
        if let Ok(der) = STANDARD.decode(body.as_slice()).map(Zeroizing::new) {
            self.push(&der);
            self.push(hex::encode(der.as_slice()).as_bytes());
            self.add_within(&der);
        }
    }

    /// The value in the midst of something that is base64 as a whole, in either alphabet. Three bytes become four
    /// characters, so it looks different at each of three places.
    fn add_within(&mut self, value: &[u8]) {
        for (skipped, before) in [(0, 0), (2, 3), (1, 2)] {
            let Some(rest) = value.get(skipped..) else { continue };
            let (core, tail) = rest.split_at(rest.len() - rest.len() % 3);
            if core.len() < SHORTEST {
                continue;
            }
            let after = if tail.is_empty() { 0 } else { tail.len() + 1 };
            for text in [STANDARD.encode(core), URL_SAFE_NO_PAD.encode(core)] {
                self.insert(Needle { bytes: Zeroizing::new(text.into_bytes()), before, after });
            }
        }
    }

    fn push(&mut self, needle: &[u8]) {
        self.insert(Needle { bytes: Zeroizing::new(needle.to_vec()), before: 0, after: 0 });
    }

    fn insert(&mut self, needle: Needle) {
        let known = |known: &Needle| {
            known.bytes == needle.bytes && (known.before, known.after) == (needle.before, needle.after)
        };
        if needle.bytes.len() >= SHORTEST && !self.list.iter().any(known) {
            self.list.push(needle);
        }
    }

    /// How many bytes at the end are the beginning of a needle, without its rest.
    pub(super) fn begun(&self, bytes: &[u8]) -> usize {
        let begun = |needle: &Needle| {
            let longest = needle.bytes.len().saturating_sub(1).min(bytes.len());
            let found = (SHORTEST_BEGINNING..=longest)
                .rev()
                .find(|length| needle.bytes.get(..*length).is_some_and(|begin| bytes.ends_with(begin)))?;
            Some((found + needle.before).min(bytes.len()))
        };
        self.list.iter().filter_map(begun).max().unwrap_or(0)
    }

    /// Once all are there: the longest match goes first.
    pub(super) fn sort(&mut self) {
        self.list.sort_by_key(|needle| std::cmp::Reverse(needle.bytes.len()));
        self.starts = vec![Vec::new(); 256];
        for (index, needle) in self.list.iter().enumerate() {
            if let Some(starts) =
                needle.bytes.first().and_then(|first| self.starts.get_mut(usize::from(*first)))
            {
                starts.push(index);
            }
        }
    }

    /// The longest of them, once they are sorted.
    pub(super) fn longest(&self) -> usize {
        self.list.first().map_or(0, |needle| needle.bytes.len())
    }

    fn at(&self, rest: &[u8]) -> Option<&Needle> {
        let starts = self.starts.get(usize::from(*rest.first()?))?;
        starts.iter().filter_map(|index| self.list.get(*index)).find(|needle| rest.starts_with(&needle.bytes))
    }

    /// `bytes` without the needles, and without what stands before `from`.
    pub(super) fn replace(&self, bytes: &[u8], from: usize) -> Vec<u8> {
        let mut out = Vec::with_capacity(bytes.len());
        let mut rest = bytes;
        while let Some((first, after)) = rest.split_first() {
            let at = bytes.len() - rest.len();
            match self.at(rest) {
                Some(needle) => {
                    let around =
                        out.iter().rev().take(needle.before).take_while(|byte| is_base64(**byte)).count();
                    out.truncate(out.len() - around);
                    rest = rest.get(needle.bytes.len()..).unwrap_or_default();
                    let around = rest.iter().take(needle.after).take_while(|byte| is_base64(**byte)).count();
                    rest = rest.get(around..).unwrap_or_default();
                    if bytes.len() - rest.len() > from {
                        out.extend_from_slice(b"[sealed]");
                    }
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

const fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    !part.is_empty() && bytes.windows(part.len()).any(|window| window == part)
}
