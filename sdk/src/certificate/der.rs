//! As much DER (X.690) as leads to a certificate's public key.

/// One element: its tag and what it holds.
pub(super) struct Element<'a> {
    pub(super) tag: u8,
    pub(super) value: &'a [u8],
}

/// The first element, and what follows it. Tags of more than one byte and lengths beyond 32 bits are no part of a certificate.
pub(super) fn element(der: &[u8]) -> Option<(Element<'_>, &[u8])> {
    let (&tag, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let (bytes, rest) =
            rest.split_at_checked(usize::from(first & 0x7f)).filter(|(bytes, _)| bytes.len() <= 4)?;
        (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
    };
    let (value, after) = rest.split_at_checked(length)?;
    Some((Element { tag, value }, after))
}

/// The first element, where it has this tag, and what follows it.
pub(super) fn tagged(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (element, after) = element(der)?;
    (element.tag == tag).then_some((element.value, after))
}
