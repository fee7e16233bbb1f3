//! What is printed is what is written.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::measure::{Spread, human};

/// The measured part of docs/benchmarks.md stands between these lines; what explains it stands outside.
const BEGIN: &str = "<!-- make bench writes from here -->";
const END: &str = "<!-- to here -->";

#[derive(Default)]
pub(crate) struct Report {
    text: String,
}

impl Report {
    pub(crate) fn line(&mut self, text: &str) {
        println!("{text}");
        writeln!(self.text, "{text}").unwrap();
    }

    pub(crate) fn machine(&mut self, facts: &[(&str, String)]) {
        self.line("| | |\n|---|---|");
        for (name, value) in facts {
            self.line(&format!("| {name} | {value} |"));
        }
        self.line("");
    }

    pub(crate) fn section(&mut self, title: &str, what: &str) {
        self.line(&format!("## {title}\n\n{what}\n"));
    }

    /// A table of the sides, with their median, and the range that holds eight of ten samples.
    pub(crate) fn sides(&mut self, sides: &[(&str, &[Duration])]) -> Vec<Spread> {
        self.line("| side | p10 | median | p90 | samples |\n|---|---|---|---|---|");
        let spreads = sides.iter().map(|(name, samples)| {
            let spread = Spread::of(samples);
            let [p10, median, p90] = [spread.p10, spread.median, spread.p90].map(human);
            self.line(&format!("| {name} | {p10} | {median} | {p90} | {} |", samples.len()));
            spread
        });
        let spreads = spreads.collect();
        self.line("");
        spreads
    }

    pub(crate) fn ratio(&mut self, what: &str, ratio: f64, target: &str, met: bool) {
        let verdict = if met { "met" } else { "**not met**" };
        self.line(&format!("{what}: **{ratio:.2}** (target {target}: {verdict})\n"));
    }

    /// Replaces the measured part of the page.
    pub(crate) fn write(&self, path: &Path) {
        let page = fs::read_to_string(path).unwrap();
        let (before, rest) = page.split_once(BEGIN).expect("docs/benchmarks.md has lost its first mark");
        let (_, after) = rest.split_once(END).expect("docs/benchmarks.md has lost its second mark");
        fs::write(path, format!("{before}{BEGIN}\n\n{}\n{END}{after}", self.text)).unwrap();
        println!("written to {}", path.display());
    }
}
