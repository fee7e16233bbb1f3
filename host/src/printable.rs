//! Text from outside, made safe for a terminal, a log and a database.

/// At most so many characters, without those that move a cursor, colour a terminal or turn text around. Line
/// breaks stay.
#[must_use]
pub fn printable(text: &str, at_most: usize) -> String {
    text.chars().take(at_most).map(|c| if is_crooked(c) { '\u{fffd}' } else { c }).collect()
}

/// Whether this moves a cursor, colours a terminal or turns text around.
#[must_use]
pub fn is_crooked(c: char) -> bool {
    let turns =
        matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns || (c.is_control() && c != '\n')
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn what_could_deceive_a_reader_is_replaced() {
        assert_eq!(
            printable("a\u{1b}[2J\rb\u{202e}c\u{7}\u{9b}\u{61c}\nd", 100),
            "a\u{fffd}[2J\u{fffd}b\u{fffd}c\u{fffd}\u{fffd}\u{fffd}\nd"
        );
        assert_eq!(printable("häßlich, 例", 100), "häßlich, 例");
    }

    #[test]
    fn what_is_too_long_is_cut() {
        assert_eq!(printable("例例例", 2), "例例");
    }
}
