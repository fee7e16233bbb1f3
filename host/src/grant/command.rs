//! Command lines: compared argument by argument.
//!
//! | argument         | means                                                    |
//! |------------------|----------------------------------------------------------|
//! | the first        | the program's absolute path, always literal              |
//! | `*`              | any one argument                                         |
//! | `...`, last only | any further arguments                                    |
//! | anything else    | exactly this argument                                    |

use std::fmt;

use thiserror::Error;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Argument {
    Exactly(String),
    AnyOne,
    AnyRest,
}

/// One command line, or the shape of several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandLine(Vec<Argument>);

/// Why a command line cannot be granted or declared.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum CommandError {
    /// Nothing there.
    #[error("it is empty; write the program's absolute path, then each argument")]
    Empty,
    /// A name or a relative path.
    #[error("`{0}` is not absolute; write the whole path, as `command -v` prints it")]
    Relative(String),
    /// `.` or `..` in the program's path.
    #[error("`{0}` is not a plain path")]
    NotPlain(String),
    /// `...` before the end.
    #[error("`...` may only be the last argument")]
    RestInside,
    /// NUL cannot be passed to a program.
    #[error("an argument holds a NUL character")]
    Nul,
}

impl CommandLine {
    /// An operator's grant, in which `*` and a last `...` are wild.
    ///
    /// # Errors
    ///
    /// An empty line, a program that is not absolute, or `...` before the end.
    pub fn new(argv: Vec<String>) -> Result<Self, CommandError> {
        check(&argv)?;
        let last = argv.len() - 1;
        let mut arguments = Vec::with_capacity(argv.len());
        for (index, text) in argv.into_iter().enumerate() {
            arguments.push(match text.as_str() {
                "*" if index > 0 => Argument::AnyOne,
                "..." if index > 0 && index == last => Argument::AnyRest,
                "..." if index > 0 => return Err(CommandError::RestInside),
                _ => Argument::Exactly(text),
            });
        }
        Ok(Self(arguments))
    }

    /// A connector's declaration, in which nothing is wild.
    ///
    /// # Errors
    ///
    /// An empty line or a program that is not absolute.
    pub fn literal(argv: &[String]) -> Result<Self, CommandError> {
        check(argv)?;
        Ok(Self(argv.iter().cloned().map(Argument::Exactly).collect()))
    }

    /// The program's path.
    #[must_use]
    pub fn program(&self) -> &str {
        match self.0.first() {
            Some(Argument::Exactly(program)) => program,
            _ => "",
        }
    }

    /// Whether everything that `declared` matches is matched by this line too.
    #[must_use]
    pub fn covers(&self, declared: &Self) -> bool {
        let mut wanted = declared.0.iter();
        for argument in &self.0 {
            match (argument, wanted.next()) {
                (Argument::AnyRest, _) => return true,
                (Argument::AnyOne, Some(Argument::Exactly(_) | Argument::AnyOne)) => {}
                (Argument::Exactly(granted), Some(Argument::Exactly(asked))) if granted == asked => {}
                _ => return false,
            }
        }
        wanted.next().is_none()
    }

    /// Whether this very command line is one of them.
    #[must_use]
    pub fn matches(&self, argv: &[String]) -> bool {
        Self::literal(argv).is_ok_and(|line| self.covers(&line))
    }
}

fn check(argv: &[String]) -> Result<(), CommandError> {
    let program = argv.first().ok_or(CommandError::Empty)?;
    if !program.starts_with('/') {
        return Err(CommandError::Relative(program.clone()));
    }
    if program.split('/').skip(1).any(|name| matches!(name, "" | "." | "..")) {
        return Err(CommandError::NotPlain(program.clone()));
    }
    if argv.iter().any(|argument| argument.contains('\0')) {
        return Err(CommandError::Nul);
    }
    Ok(())
}

impl fmt::Display for CommandLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let arguments: Vec<String> = self
            .0
            .iter()
            .map(|argument| match argument {
                Argument::Exactly(text) => super::quote(text),
                Argument::AnyOne => "\"*\"".to_owned(),
                Argument::AnyRest => "\"...\"".to_owned(),
            })
            .collect();
        write!(f, "[{}]", arguments.join(", "))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    fn argv(words: &[&str]) -> Vec<String> {
        words.iter().map(|&word| word.to_owned()).collect()
    }

    fn granted(words: &[&str]) -> CommandLine {
        CommandLine::new(argv(words)).unwrap()
    }

    #[test]
    fn exact_means_neither_more_nor_less() {
        let line = granted(&["/usr/sbin/nginx", "-t"]);
        assert!(line.matches(&argv(&["/usr/sbin/nginx", "-t"])));
        assert!(!line.matches(&argv(&["/usr/sbin/nginx"])));
        assert!(!line.matches(&argv(&["/usr/sbin/nginx", "-t", "-c", "/tmp/evil.conf"])));
        assert!(!line.matches(&argv(&["/usr/sbin/../sbin/nginx", "-t"])));
        assert!(!line.matches(&argv(&["nginx", "-t"])));
        assert!(!line.matches(&argv(&[])));
    }

    #[test]
    fn a_star_is_one_argument_and_dots_are_the_rest() {
        let one = granted(&["/bin/x", "*", "end"]);
        assert!(one.matches(&argv(&["/bin/x", "anything", "end"])));
        assert!(!one.matches(&argv(&["/bin/x", "end"])));
        let rest = granted(&["/bin/x", "a", "..."]);
        assert!(rest.matches(&argv(&["/bin/x", "a"])));
        assert!(rest.matches(&argv(&["/bin/x", "a", "b", "c"])));
        assert!(!rest.matches(&argv(&["/bin/x"])));
        assert_eq!(CommandLine::new(argv(&["/bin/x", "...", "a"])), Err(CommandError::RestInside));
    }

    #[test]
    fn a_declaration_has_no_wild_arguments() {
        let sly = CommandLine::literal(&argv(&["/bin/x", "*"])).unwrap();
        assert!(!sly.matches(&argv(&["/bin/x", "other"])));
        assert!(!granted(&["/bin/x", "a"]).covers(&sly));
        assert!(granted(&["/bin/x", "*"]).covers(&sly));
    }

    #[test]
    fn programs_are_absolute_and_plain() {
        for words in [&["nginx"][..], &["./x"], &["*"], &["/usr//bin/x"], &["/usr/../x"], &["/"], &[]] {
            assert!(CommandLine::new(argv(words)).is_err(), "{words:?}");
        }
        assert_eq!(CommandLine::new(argv(&["/bin/x", "a\0b"])), Err(CommandError::Nul));
    }
}
