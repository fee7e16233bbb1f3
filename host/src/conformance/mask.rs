//! Takes private keys out of what a target answered while it was recorded.
//!
//! The doors have scrubbed the answers of this deployment's own secrets. What a target had before is none of them:
//! a command that prints the old file, a server that gives away the old keystore. A key is known by its form: a
//! PEM block, DER, or base64 of either.

use std::ops::Range;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

/// What stands in a key's place.
const MASK: &str = "[private key]";
const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const LABEL: &str = "PRIVATE KEY";
/// The shortest base64 that can hold a key.
const SHORTEST: usize = 40;
/// No `END` line is longer.
const LAST_LINE: usize = 64;
/// Between the lines of base64, as it is or within the quotes of JSON.
const BREAKS: [&str; 4] = ["\r\n", "\n", "\\r\\n", "\\n"];

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_allow_trailing_bits(true)
    .with_decode_padding_mode(DecodePaddingMode::Indifferent);
const BASE64: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);

/// Bytes as text, without keys in DER: read as text, nobody would know them again.
pub(super) fn bytes(bytes: &[u8]) -> String {
    let mut out = String::new();
    let mut from = 0;
    while let Some(key) = (from..bytes.len()).find_map(|at| Some(at..at + der(bytes.get(at..)?)?)) {
        out += &String::from_utf8_lossy(bytes.get(from..key.start).unwrap_or_default());
        out += MASK;
        from = key.end;
    }
    out + &String::from_utf8_lossy(bytes.get(from..).unwrap_or_default())
}

/// Text without keys in PEM or base64.
pub(super) fn text(text: &str) -> String {
    base64(&pem(text, &mut Cut::new()))
}

/// The end of a text that was cut within a key; empty outside of one.
pub(super) type Cut = String;

/// Text without keys in PEM. A block may be cut and go on in the next text: `cut` goes from one to the next.
pub(super) fn pem(text: &str, cut: &mut Cut) -> String {
    let (mut out, begun) = (String::new(), !cut.is_empty());
    let text = std::mem::take(cut) + text;
    let mut rest = text.as_str();
    // A block's end whose beginning is not here counts, too.
    let mut begin = if begun { Some(0) } else { block_begin(rest) };
    if block_end(rest).is_some_and(|end| begin.is_none_or(|begin| end < begin)) {
        begin = Some(0);
    }
    while let Some((before, block)) = begin.and_then(|begin| rest.split_at_checked(begin)) {
        out += before;
        out += MASK;
        rest = block_end(block).and_then(|end| block.get(end..)).unwrap_or_else(|| {
            *cut = tail(block);
            ""
        });
        begin = block_begin(rest);
    }
    out + rest
}

/// So much of a block as its last line can be long.
fn tail(block: &str) -> Cut {
    let from = block.char_indices().rev().nth(LAST_LINE).map_or(0, |(at, _)| at);
    block.get(from..).unwrap_or_default().to_owned()
}

/// Where the first private key's block begins.
fn block_begin(text: &str) -> Option<usize> {
    marker(text, BEGIN).map(|marker| marker.start)
}

/// Where the first private key's block is over.
fn block_end(text: &str) -> Option<usize> {
    marker(text, END).map(|marker| marker.end)
}

fn marker(text: &str, kind: &str) -> Option<Range<usize>> {
    text.match_indices(kind).find_map(|(at, _)| {
        let label = at + kind.len();
        let (name, _) = text.get(label..)?.split_once("-----")?;
        let one_line = !name.contains(['\n', '\\']);
        (one_line && name.contains(LABEL)).then(|| at..label + name.len() + "-----".len())
    })
}

/// Without runs of base64 that hold a key.
fn base64(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(is_base64) {
        let (before, run) = rest.split_at(start);
        let (run, after) = run.split_at(run_length(run));
        out += before;
        out += if holds_key(run) { MASK } else { run };
        rest = after;
    }
    out + rest
}

fn is_base64(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '+' | '/' | '=')
}

/// One line, or lines of one length and a last one that is no longer.
fn run_length(text: &str) -> usize {
    let line = |text: &str| text.find(|character| !is_base64(character)).unwrap_or(text.len());
    let width = line(text);
    let mut end = width;
    if width < SHORTEST {
        return end;
    }
    loop {
        let rest = text.get(end..).unwrap_or_default();
        let Some(gap) = BREAKS.iter().find(|gap| rest.starts_with(**gap)).map(|gap| gap.len()) else {
            return end;
        };
        match line(rest.get(gap..).unwrap_or_default()) {
            next if next == width => end += gap + next,
            next if (1..width).contains(&next) => return end + gap + next,
            _ => return end,
        }
    }
}

fn holds_key(run: &str) -> bool {
    if run.len() < SHORTEST {
        return false;
    }
    let run = BREAKS.iter().fold(run.to_owned(), |run, gap| run.replace(gap, ""));
    // The end may have been cut off.
    let whole = run.get(..run.len() - run.len() % 4).unwrap_or_default();
    BASE64
        .decode(whole)
        .is_ok_and(|bytes| der(&bytes).is_some() || marker(&String::from_utf8_lossy(&bytes), BEGIN).is_some())
}

/// How many bytes of a key in DER stand here: PKCS#8 (plain or encrypted), PKCS#1, SEC1 or PKCS#12.
fn der(bytes: &[u8]) -> Option<usize> {
    let (length, content) = sequence(bytes)?;
    let inside =
        |content: &[u8], wanted: &[u8]| sequence(content).is_some_and(|(_, c)| c.starts_with(wanted));
    let is_key = match content {
        [2, 1, 0 | 1, algorithm @ ..] if inside(algorithm, &[6]) => true,
        [2, 1, 0, 2, ..] | [2, 1, 1, 4, ..] => true,
        [2, 1, 3, store @ ..] => inside(store, &[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7]),
        // PKCS#5 and PKCS#12 encryption.
        encrypted => [[0x0d, 1, 5], [0x0d, 1, 12]].iter().any(|arc| {
            sequence(encrypted).is_some_and(
                |(_, c)| matches!(c, [6, _, 0x2a, 0x86, 0x48, 0x86, 0xf7, id @ ..] if id.starts_with(arc)),
            )
        }),
    };
    is_key.then_some(length.min(bytes.len()))
}

/// The whole length of a SEQUENCE that begins here, and as much of its content as there is.
fn sequence(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (length, content) = match bytes {
        [0x30, short, content @ ..] if *short < 0x80 => (usize::from(*short), content),
        [0x30, 0x81, one, content @ ..] => (usize::from(*one), content),
        [0x30, 0x82, one, two, content @ ..] => (usize::from(u16::from_be_bytes([*one, *two])), content),
        _ => return None,
    };
    Some((bytes.len() - content.len() + length, content))
}

#[cfg(test)]
mod tests;
