//! Aligned columns. The last one holds the long text: on a terminal it is cut or wrapped to the width, in a
//! pipe it stays whole and on one line.

use std::io::IsTerminal;

use anstyle::Style;
use console::{measure_text_width, truncate_str};

use super::text::one_line;

/// One field.
pub(crate) struct Cell {
    text: String,
    style: Style,
    right: bool,
}

impl Cell {
    /// Text, to the left.
    pub(crate) fn new(text: impl AsRef<str>) -> Self {
        Self { text: one_line(text.as_ref()), style: Style::new(), right: false }
    }

    /// A number, to the right.
    pub(crate) fn number(number: impl ToString) -> Self {
        Self { text: number.to_string(), style: Style::new(), right: true }
    }

    /// With this colour.
    pub(crate) const fn styled(mut self, style: Style) -> Self {
        self.style = style;
        self
    }
}

/// What happens to a last column that is too long for the terminal.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Long {
    /// It ends in `…`.
    Cut,
    /// It goes on below itself.
    Wrap,
}

/// The terminal's width, if standard output is one.
pub(crate) fn terminal_width() -> Option<usize> {
    let size = std::io::stdout().is_terminal().then(|| console::Term::stdout().size_checked()).flatten();
    size.map(|(_, columns)| usize::from(columns)).filter(|width| *width > 0)
}

/// Prints the rows under their header.
pub(crate) fn print(header: &[&str], rows: &[Vec<Cell>], long: Long) {
    anstream::print!("{}", render(header, rows, long, terminal_width()));
}

fn render(header: &[&str], rows: &[Vec<Cell>], long: Long, width: Option<usize>) -> String {
    let mut widths: Vec<usize> = header.iter().map(|name| measure_text_width(name)).collect();
    for row in rows {
        for (widest, cell) in widths.iter_mut().zip(row) {
            *widest = (*widest).max(measure_text_width(&cell.text));
        }
    }
    let right: Vec<bool> =
        rows.first().map(|row| row.iter().map(|cell| cell.right).collect()).unwrap_or_default();
    let names = header.iter().enumerate().map(|(index, name)| Cell {
        text: (*name).to_owned(),
        style: Style::new().bold(),
        right: right.get(index).copied().unwrap_or(false),
    });
    let mut out = line(&names.collect::<Vec<_>>(), &widths, long, width);
    for row in rows {
        out.push_str(&line(row, &widths, long, width));
    }
    out
}

fn line(row: &[Cell], widths: &[usize], long: Long, terminal: Option<usize>) -> String {
    let mut out = String::new();
    let mut column = 0;
    for (index, (cell, width)) in row.iter().zip(widths).enumerate() {
        let last = index + 1 == row.len();
        let style = cell.style;
        let text = if last { fitted(&cell.text, column, long, terminal) } else { cell.text.clone() };
        let padding = " ".repeat(width.saturating_sub(measure_text_width(&cell.text)));
        let styled = format!("{style}{text}{style:#}");
        match (cell.right, last) {
            (true, _) => out.push_str(&format!("{padding}{styled}")),
            (false, false) => out.push_str(&format!("{styled}{padding}")),
            (false, true) => out.push_str(&styled),
        }
        if !last {
            out.push_str("  ");
        }
        column += width + 2;
    }
    out.truncate(out.trim_end_matches(' ').len());
    out.push('\n');
    out
}

fn fitted(text: &str, column: usize, long: Long, terminal: Option<usize>) -> String {
    match (terminal.map(|width| width.saturating_sub(column)), long) {
        (Some(0), Long::Cut) => String::new(),
        (Some(room), Long::Cut) => truncate_str(text, room, "…").into_owned(),
        // A column of single words is worse than a line that the terminal breaks itself.
        (Some(room), Long::Wrap) if room >= 16 => {
            textwrap::wrap(text, room).join(&format!("\n{}", " ".repeat(column)))
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<Vec<Cell>> {
        vec![
            vec![Cell::number(7), Cell::new("web"), Cell::new("one two three four five\nsix")],
            vec![Cell::number(12), Cell::new("größer"), Cell::new("")],
        ]
    }

    fn plain(long: Long, width: Option<usize>) -> String {
        anstream::adapter::strip_str(&render(&["id", "name", "note"], &rows(), long, width)).to_string()
    }

    #[test]
    fn columns_are_aligned_and_a_pipe_gets_everything_on_one_line() {
        let text = plain(Long::Cut, None);
        assert_eq!(text, "id  name    note\n 7  web     one two three four five six\n12  größer\n");
    }

    #[test]
    fn a_terminal_cuts_or_wraps_the_last_column() {
        assert_eq!(
            plain(Long::Cut, Some(28)),
            "id  name    note\n 7  web     one two three f…\n12  größer\n"
        );
        let wrapped = plain(Long::Wrap, Some(28));
        assert_eq!(wrapped.lines().nth(2), Some("            four five six"), "{wrapped}");
    }

    #[test]
    fn a_narrow_terminal_has_no_room_for_notes() {
        assert_eq!(plain(Long::Cut, Some(14)).lines().nth(1), Some(" 7  web     o…"));
        assert_eq!(plain(Long::Cut, Some(9)).lines().nth(1), Some(" 7  web"));
        assert!(plain(Long::Wrap, Some(20)).contains("five six"));
    }
}
