//! `lastmile new NAME`: a connector that builds, passes its tests and conforms at once.

mod lock;
mod name;
mod template;

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};
use serde_json::json;

use self::template::Entry;
use crate::cli::load::Context;
use crate::cli::text::one_line;

/// Options of `lastmile new`.
#[derive(Args)]
#[command(after_help = "Examples:
  lastmile new my-server
  lastmile new my-appliance --shape http --directory ~/connectors/my-appliance

What is to be edited is marked EDIT in src/lib.rs. Nothing that is there is overwritten.")]
pub(crate) struct Options {
    /// The connector's name, also that of its file: a-z, 0-9 and `-`, beginning with a letter.
    name: String,
    /// How its target takes a certificate.
    #[arg(long, value_enum, default_value_t = Shape::Files)]
    shape: Shape,
    /// The project's directory, which must not be there or be empty; by default NAME, here.
    #[arg(long, value_name = "DIRECTORY")]
    directory: Option<PathBuf>,
}

/// How a target takes a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Shape {
    /// From files; a check and a reload.
    Files,
    /// Through an HTTP API.
    Http,
}

impl Shape {
    const fn label(self) -> &'static str {
        match self {
            Self::Files => "files",
            Self::Http => "http",
        }
    }
}

/// Writes the project and says what comes next.
pub(crate) fn run(context: &Context, options: &Options) -> anyhow::Result<ExitCode> {
    let Options { name, shape, directory } = options;
    if let Some((fault, instead)) = name::fault(name) {
        bail!("`{}` cannot name a connector: {fault}; {instead}", one_line(name));
    }
    let directory = directory.clone().unwrap_or_else(|| PathBuf::from(name));
    claim(&directory)?;
    let whole = directory.canonicalize().with_context(|| directory.display().to_string())?;
    let whole = whole.to_str().context("the directory's path is no UTF-8, and grants are text")?;
    let entries = template::entries(name, *shape, whole)?;
    for entry in &entries {
        write(&directory, entry)?;
    }
    if *shape == Shape::Files {
        fs::create_dir(directory.join("served")).context("the directory for the first deployment")?;
    }
    let next = next(name, *shape, &directory);
    if context.json {
        let files: Vec<&str> = entries.iter().map(|entry| entry.path.as_str()).collect();
        let made = json!({
            "name": name, "shape": shape.label(), "directory": directory, "files": files, "next": next,
        });
        Context::print_json(&made)?;
    } else {
        println!(
            "made the connector {name} in {}: edit what is marked EDIT in src/lib.rs",
            directory.display()
        );
        println!("\nNext:\n");
        next.iter().for_each(|command| println!("  {command}"));
    }
    Ok(ExitCode::SUCCESS)
}

/// A directory that holds nothing.
fn claim(directory: &Path) -> anyhow::Result<()> {
    let fault = || directory.display().to_string();
    match fs::create_dir(directory) {
        Ok(()) => return Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error).with_context(fault),
    }
    if fs::read_dir(directory).with_context(fault)?.next().is_some() {
        bail!("{} is not empty, and nothing is overwritten; give another --directory", directory.display());
    }
    Ok(())
}

fn write(directory: &Path, Entry { path, text, program }: &Entry) -> anyhow::Result<()> {
    let path = directory.join(path);
    let written = || -> std::io::Result<()> {
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        let mut file = File::create_new(&path)?;
        file.write_all(text.as_bytes())?;
        if *program {
            file.set_permissions(fs::Permissions::from_mode(0o755))?;
        }
        Ok(())
    };
    written().with_context(|| path.display().to_string())
}

fn next(name: &str, shape: Shape, directory: &Path) -> Vec<String> {
    vec![
        format!("cd {} && cargo test", quoted(directory)),
        "./build.sh".to_owned(),
        format!(
            "lastmile conformance plugins/{name}.wasm --target-config target.json{}",
            template::transcript(shape)
        ),
    ]
}

/// For a shell.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+".contains(c);
    if text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests;
