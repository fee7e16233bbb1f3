#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]
//! Golden files, the reference, and what the types hold afterwards.
//!
//! `tests/config/NAME.toml` loads, or fails with exactly `NAME.err` beside it. After a wanted change of
//! words, `LASTMILE_BLESS=1 cargo test -p lastmile manifest` writes the `.err` files anew.

mod golden;
mod reference;
mod survey;
mod values;

use std::path::PathBuf;

/// A directory or file of the repository.
fn repository(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(path).canonicalize().unwrap()
}

/// The manifest of a text, or its faults.
fn parse(text: &str) -> Result<super::Manifest, super::Faults> {
    super::read::parse(std::path::Path::new("/etc/lastmile/plugins.toml"), text)
}

const PINNED: &str = "sha256 = \"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\"";
