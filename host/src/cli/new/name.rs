//! What a connector may be called: its name is a plugin's, a crate's and a file's at once.

/// No crate can have these names, or it would hide one that every connector needs.
const TAKEN: &[&str] = &[
    "abstract",
    "alloc",
    "as",
    "async",
    "await",
    "become",
    "box",
    "break",
    "const",
    "continue",
    "core",
    "crate",
    "do",
    "dyn",
    "else",
    "enum",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "gen",
    "if",
    "impl",
    "in",
    "lastmile-sdk",
    "let",
    "loop",
    "macro",
    "match",
    "mod",
    "move",
    "mut",
    "override",
    "priv",
    "proc-macro",
    "pub",
    "ref",
    "return",
    "self",
    "static",
    "std",
    "struct",
    "super",
    "test",
    "trait",
    "true",
    "try",
    "type",
    "typeof",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "where",
    "while",
    "wit-bindgen",
    "yield",
];

/// What is wrong with a name, and what to write instead.
pub(super) fn fault(name: &str) -> Option<(&'static str, &'static str)> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.is_empty() || name.len() > 64 {
        Some(("it has not 1 to 64 characters", "write for example `my-server`"))
    } else if !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        Some(("it does not begin with a small letter", "write for example `my-server`"))
    } else if !name.chars().all(allowed) {
        Some(("it holds something else than a-z, 0-9 and `-`", "write for example `my-server`"))
    } else if name.ends_with('-') || name.contains("--") {
        Some(("a `-` in it joins nothing", "write one `-` between two words"))
    } else if TAKEN.contains(&name) {
        Some(("Rust has another use for it", "add a word, as in `my-server`"))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_plugins_crates_and_files() {
        for name in ["a", "nginx", "my-server", "f5-bigip-17", &"a".repeat(64)] {
            assert_eq!(fault(name), None, "{name}");
            assert!(lastmile::manifest::is_name(name), "{name}");
        }
        for (name, text) in [
            ("", "1 to 64"),
            (&*"a".repeat(65), "1 to 64"),
            ("1a", "begin"),
            ("-a", "begin"),
            ("My", "begin"),
            ("a_b", "something else"),
            ("a.b", "something else"),
            ("a/../b", "something else"),
            ("\u{fc}ber", "begin"),
            ("a-", "joins nothing"),
            ("a--b", "joins nothing"),
            ("test", "another use"),
            ("lastmile-sdk", "another use"),
        ] {
            assert!(fault(name).is_some_and(|(fault, _)| fault.contains(text)), "{name}: {:?}", fault(name));
        }
    }
}
