//! Text that others wrote, for a terminal: nothing in it may move the cursor or forge a line.

use lastmile::printable::is_crooked;

/// Control characters escaped; line breaks stay.
pub(crate) fn printable(text: &str) -> String {
    let mut printable = String::with_capacity(text.len());
    for c in text.chars() {
        if is_crooked(c) { printable.extend(c.escape_default()) } else { printable.push(c) }
    }
    printable
}

/// The same on one line.
pub(crate) fn one_line(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    printable(&lines.join(" "))
}

/// Every line but the first moved to the right.
pub(crate) fn indented(text: &str) -> String {
    text.trim_end().replace('\n', "\n    ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_moves_the_cursor() {
        assert_eq!(printable("a\u{1b}[2Jb\r\nc\u{202e}\u{61c}"), "a\\u{1b}[2Jb\\r\nc\\u{202e}\\u{61c}");
        assert_eq!(one_line(" a\n\n  b \n"), "a b");
        assert_eq!(indented("a\nb\n"), "a\n    b");
        assert_eq!(printable("grüße 日本"), "grüße 日本");
    }
}
