//! `fs.write`: replace granted files atomically and durably, and keep what was there.

/// How a file is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attributes {
    /// Permission bits, as for chmod(2).
    pub mode: u32,
    /// Owner by name or number; the present file's where none is named.
    pub owner: Option<String>,
    /// Group by name or number; the present file's where none is named.
    pub group: Option<String>,
}

/// What a write did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// There was no such file.
    Created,
    /// There was, with other content, mode or owner.
    Replaced,
    /// There was, with the same content, mode and owner.
    Unchanged,
}

/// Why a file was not written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FsError {
    /// The path lies outside what was declared and granted.
    #[error("denied: {0}")]
    Denied(String),
    /// The connector asked for something that makes no sense.
    #[error("invalid: {0}")]
    Invalid(String),
    /// The file system said no.
    #[error("{0}")]
    Io(String),
}
