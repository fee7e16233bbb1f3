//! Text that others wrote, for a terminal: nothing in it may move the cursor or forge a line.

/// Control characters escaped; line breaks stay.
pub(crate) fn printable(text: &str) -> String {
    let mut printable = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => printable.push('\n'),
            c if is_unsafe(c) => printable.extend(c.escape_default()),
            c => printable.push(c),
        }
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

/// Control characters, and what turns the direction of a line around.
pub(crate) fn is_unsafe(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_moves_the_cursor() {
        assert_eq!(printable("a\u{1b}[2Jb\r\nc\u{202e}"), "a\\u{1b}[2Jb\\r\nc\\u{202e}");
        assert_eq!(one_line(" a\n\n  b \n"), "a b");
        assert_eq!(indented("a\nb\n"), "a\n    b");
        assert_eq!(printable("grüße 日本"), "grüße 日本");
    }
}
