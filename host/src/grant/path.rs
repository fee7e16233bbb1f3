//! Path prefixes: compared by component, never by string.
//!
//! | form              | means                                    |
//! |-------------------|------------------------------------------|
//! | `/etc/nginx/tls/` | the directory and everything beneath it  |
//! | `/etc/site.pem`   | this one file                            |

use std::fmt;
use std::path::{Component, Path, PathBuf};
use std::str::FromStr;

use thiserror::Error;

/// A directory subtree or one file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PathPrefix {
    path: PathBuf,
    directory: bool,
}

/// Why a path cannot be granted or declared.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum PathError {
    /// Relative.
    #[error("it is relative; write the absolute path, from `/`")]
    Relative,
    /// The whole machine.
    #[error("`/` would grant the whole machine; name a directory below it")]
    Root,
    /// `.`, `..` or an empty component.
    #[error("it holds `.`, `..` or `//`; write the plain path")]
    NotPlain,
    /// NUL or another control character.
    #[error("it holds a control character")]
    Control,
    /// Longer than the system takes.
    #[error("it is longer than 4095 bytes, or one of its names than 255")]
    TooLong,
}

impl PathPrefix {
    /// The path, without the slash at the end.
    #[must_use]
    pub fn as_path(&self) -> &Path {
        &self.path
    }

    /// Whether everything beneath belongs to it.
    #[must_use]
    pub const fn is_directory(&self) -> bool {
        self.directory
    }

    /// Whether `other` lies within this prefix.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        if self.directory {
            other.path.starts_with(&self.path) && (other.directory || other.path != self.path)
        } else {
            !other.directory && other.path == self.path
        }
    }
}

impl FromStr for PathPrefix {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        if text.chars().any(char::is_control) {
            return Err(PathError::Control);
        }
        if !text.starts_with('/') {
            return Err(PathError::Relative);
        }
        if text == "/" {
            return Err(PathError::Root);
        }
        let directory = text.ends_with('/');
        let body = text.strip_suffix('/').unwrap_or(text);
        let plain = |name: &str| !matches!(name, "" | "." | "..");
        if !body.split('/').skip(1).all(plain) {
            return Err(PathError::NotPlain);
        }
        if text.len() > 4095 || body.split('/').any(|name| name.len() > 255) {
            return Err(PathError::TooLong);
        }
        let path = PathBuf::from(body);
        debug_assert!(path.components().all(|c| matches!(c, Component::RootDir | Component::Normal(_))));
        Ok(Self { path, directory })
    }
}

impl fmt::Display for PathPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.path.display(), if self.directory { "/" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    fn covers(granted: &str, declared: &str) -> bool {
        granted.parse::<PathPrefix>().unwrap().covers(&declared.parse().unwrap())
    }

    #[test]
    fn a_directory_covers_what_lies_beneath_it_and_no_neighbour() {
        assert!(covers("/etc/nginx/", "/etc/nginx/tls/site.pem"));
        assert!(covers("/etc/nginx/", "/etc/nginx/"));
        assert!(covers("/etc/nginx/", "/etc/nginx/tls/"));
        assert!(!covers("/etc/nginx/", "/etc/nginx-evil/site.pem"));
        assert!(!covers("/etc/nginx/", "/etc/nginx"));
        assert!(!covers("/etc/nginx/tls/", "/etc/nginx/"));
    }

    #[test]
    fn a_file_covers_itself_only() {
        assert!(covers("/etc/site.pem", "/etc/site.pem"));
        assert!(!covers("/etc/site.pem", "/etc/site.pem.bak"));
        assert!(!covers("/etc/site.pem", "/etc/site.pem/"));
        assert!(!covers("/etc/site.pem", "/etc/site.pem/x"));
    }

    #[test]
    fn crooked_paths_are_refused() {
        for (text, error) in [
            ("", PathError::Relative),
            ("etc/nginx/", PathError::Relative),
            ("/", PathError::Root),
            ("//", PathError::NotPlain),
            ("/etc/../root/", PathError::NotPlain),
            ("/etc/./nginx/", PathError::NotPlain),
            ("/etc//nginx/", PathError::NotPlain),
            ("/etc/nginx/..", PathError::NotPlain),
            ("/etc/ng\0inx", PathError::Control),
            ("/etc/ng\ninx", PathError::Control),
        ] {
            assert_eq!(text.parse::<PathPrefix>(), Err(error), "{text:?}");
        }
        assert_eq!(format!("/{}", "x".repeat(256)).parse::<PathPrefix>(), Err(PathError::TooLong));
    }

    #[test]
    fn display_round_trips() {
        for text in ["/etc/nginx/tls/", "/etc/site.pem"] {
            assert_eq!(text.parse::<PathPrefix>().unwrap().to_string(), text);
        }
    }
}
