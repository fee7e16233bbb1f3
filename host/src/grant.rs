//! What may be granted: path prefixes, endpoints and command lines.
//!
//! An operator's grant and a connector's declaration are the same types. A deployment may do what was
//! declared, and only if the grant covers all of it.

mod command;
mod endpoint;
mod path;

pub use command::{CommandError, CommandLine};
pub use endpoint::{Endpoint, EndpointError, Scheme};
pub use path::{PathError, PathPrefix};

/// The three powers, each by prefix. Empty grants nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grant {
    /// Files and directories that may be written.
    pub fs_write: Vec<PathPrefix>,
    /// Endpoints that may be dialled.
    pub net_dial: Vec<Endpoint>,
    /// Command lines that may be run.
    pub process_exec: Vec<CommandLine>,
}

impl Grant {
    /// What `declared` has beyond this grant.
    #[must_use]
    pub fn missing(&self, declared: &Self) -> Self {
        Self {
            fs_write: beyond(&self.fs_write, &declared.fs_write, PathPrefix::covers),
            net_dial: beyond(&self.net_dial, &declared.net_dial, Endpoint::covers),
            process_exec: beyond(&self.process_exec, &declared.process_exec, CommandLine::covers),
        }
    }

    /// Whether it grants nothing.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.fs_write.is_empty() && self.net_dial.is_empty() && self.process_exec.is_empty()
    }

    /// The lines of plugins.toml that grant this to `plugin`.
    #[must_use]
    pub fn to_toml(&self, plugin: &str) -> String {
        self.to_toml_linking(plugin, &[])
    }

    /// The same; each of `keys` stands there even with nothing in its list.
    #[must_use]
    pub fn to_toml_linking(&self, plugin: &str, keys: &[&str]) -> String {
        let mut lines = format!("[plugins.{plugin}.grant]\n");
        let mut line = |key: &str, entries: Vec<String>| {
            if !entries.is_empty() || keys.contains(&key) {
                lines.push_str(&format!("{key} = [{}]\n", entries.join(", ")));
            }
        };
        line("fs.write", self.fs_write.iter().map(|path| quote(&path.to_string())).collect());
        line("net.dial", self.net_dial.iter().map(|endpoint| quote(&endpoint.to_string())).collect());
        line("process.exec", self.process_exec.iter().map(ToString::to_string).collect());
        lines
    }
}

fn beyond<T: Clone>(granted: &[T], declared: &[T], covers: fn(&T, &T) -> bool) -> Vec<T> {
    declared.iter().filter(|wanted| !granted.iter().any(|entry| covers(entry, wanted))).cloned().collect()
}

/// A TOML basic string.
fn quote(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    fn command(argv: &[&str]) -> CommandLine {
        CommandLine::new(argv.iter().map(|&arg| arg.to_owned()).collect()).unwrap()
    }

    #[test]
    fn an_empty_grant_covers_nothing() {
        let declared = Grant {
            fs_write: vec!["/etc/nginx/tls/".parse().unwrap()],
            net_dial: vec!["https://a.example".parse().unwrap()],
            process_exec: vec![command(&["/usr/sbin/nginx", "-t"])],
        };
        assert_eq!(Grant::default().missing(&declared), declared);
        assert!(declared.missing(&declared).is_empty());
    }

    #[test]
    fn the_lines_to_paste_grant_what_was_missing() {
        let missing = Grant {
            fs_write: vec!["/etc/a \"b\"/".parse().unwrap()],
            net_dial: vec![],
            process_exec: vec![command(&["/bin/true", "x"])],
        };
        assert_eq!(
            missing.to_toml("nginx"),
            "[plugins.nginx.grant]\nfs.write = [\"/etc/a \\\"b\\\"/\"]\nprocess.exec = [[\"/bin/true\", \"x\"]]\n"
        );
    }
}
