//! `lastmile plugin inspect FILE`: all that can be told of a component without trusting it.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use lastmile::deploy::resolve::{UnknownNeeds, needs};
use lastmile::grant::Grant;
use lastmile::sandbox::{Granted, Inert, Limits, Loaded, PluginSpec, Report, inspect};

use crate::cli::load::{self, Context};
use crate::cli::text::{indented, one_line, printable};
use crate::cli::{exit, style};

/// Options of `lastmile plugin inspect`.
#[derive(Args)]
pub(crate) struct Options {
    /// The component.
    file: PathBuf,
    /// A target's configuration for it, a JSON file: print what the connector declares for it.
    #[arg(long, value_name = "FILE")]
    target_config: Option<PathBuf>,
    /// Judge it as under `wasi = "inert"`.
    #[arg(long)]
    inert_wasi: bool,
}

/// What is printed; the same in both forms.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Inspected {
    file: PathBuf,
    #[serde(flatten)]
    report: Report,
    /// What it calls itself.
    name: Option<String>,
    /// What each WASI import would get; empty for a component that imports none.
    inert_wasi: Vec<Inert>,
    /// What it declares for the configuration that was given.
    declares: Option<Vec<String>>,
    /// The lines of plugins.toml that grant just that.
    grant: Option<String>,
    /// What it finds wrong with the configuration.
    problems: Vec<Problem>,
}

#[derive(Serialize)]
struct Problem {
    pointer: String,
    message: String,
}

/// Inspects and prints.
pub(crate) fn run(context: &Context, options: &Options) -> anyhow::Result<ExitCode> {
    let config = options.target_config.as_deref().map(load::target_config).transpose()?;
    let inspected = look(options, config.as_deref())?;
    let code = if inspected.report.refused.is_some() {
        ExitCode::from(exit::REFUSED)
    } else {
        exit::unless(!inspected.problems.is_empty(), exit::CONFIGURATION)
    };
    if context.json {
        Context::print_json(&inspected)?;
    } else {
        print(&inspected);
    }
    Ok(code)
}

fn look(options: &Options, config: Option<&str>) -> anyhow::Result<Inspected> {
    let report = inspect(&options.file)?;
    let imports_wasi = report.imports.iter().any(|import| import.starts_with("wasi:"));
    let mut inspected = Inspected {
        file: options.file.clone(),
        report,
        name: None,
        inert_wasi: Vec::new(),
        declares: None,
        grant: None,
        problems: Vec::new(),
    };
    let (sandbox, _private) = load::examining(None)?;
    let loaded = sandbox.load(&PluginSpec {
        name: "candidate".to_owned(),
        path: options.file.clone(),
        sha256: None,
        granted: Granted { fs: true, net: true, process: true },
        inert_wasi: imports_wasi,
        limits: Limits::default(),
    });
    let loaded = match loaded {
        Ok(loaded) => loaded,
        Err(error) => {
            inspected.report.refused = Some(error.reason);
            return Ok(inspected);
        }
    };
    if options.inert_wasi || !imports_wasi {
        inspected.report.refused = None;
    }
    inspected.inert_wasi = loaded.inert_wasi();
    match loaded.name() {
        Ok(name) => inspected.name = Some(name),
        Err(error) => inspected.report.refused = Some(format!("asked for its name: {error}")),
    }
    if let Some(config) = config {
        ask(&loaded, config, &mut inspected);
    }
    Ok(inspected)
}

fn ask(loaded: &Loaded, config: &str, inspected: &mut Inspected) {
    match needs(loaded, config) {
        Ok(declared) => {
            inspected.declares = Some(list(&declared));
            let name = inspected.name.as_deref().unwrap_or("NAME");
            let keys: Vec<_> = inspected.report.imported().keys().collect();
            inspected.grant = Some(declared.to_toml_linking(&lastmile::manifest::key(&[name]), &keys));
        }
        Err(UnknownNeeds::Problems(problems)) => {
            inspected.problems = problems
                .into_iter()
                .map(|problem| Problem { pointer: problem.pointer, message: problem.message })
                .collect();
        }
        Err(UnknownNeeds::NoAnswer(error)) => {
            inspected.report.refused = Some(format!("asked what the configuration needs: {error}"));
        }
        Err(UnknownNeeds::Nonsense(text)) => {
            inspected.report.refused = Some(format!("it declares what cannot be granted: {text}"));
        }
    }
}

/// One line for each power that is declared.
fn list(declared: &Grant) -> Vec<String> {
    let files = declared.fs_write.iter().map(|path| format!("fs.write {path}"));
    let endpoints = declared.net_dial.iter().map(|endpoint| format!("net.dial {endpoint}"));
    let commands = declared.process_exec.iter().map(|line| format!("process.exec {line}"));
    files.chain(endpoints).chain(commands).collect()
}

fn print(inspected: &Inspected) {
    let Inspected { report, .. } = inspected;
    println!("file      {}", inspected.file.display());
    println!("sha256    {}", report.sha256);
    println!("size      {} bytes", report.size);
    if let Some(name) = &inspected.name {
        println!("name      {}", one_line(name));
    }
    for import in &report.imports {
        println!("import    {}", one_line(import));
    }
    for export in &report.exports {
        println!("export    {}", one_line(export));
    }
    if report.is_reversible() {
        println!("rollback  goes back over the network");
    }
    for inert in &inspected.inert_wasi {
        let of = |what: &str, list: &[String]| match list {
            [] => String::new(),
            list => format!("; {what} {}", list.join(", ")),
        };
        let text =
            format!("{}{}{}", inert.import, of("answers", &inert.answers), of("traps on", &inert.traps));
        println!("inert     {}", one_line(&text));
    }
    for declared in inspected.declares.iter().flatten() {
        println!("declares  {}", one_line(declared));
    }
    for problem in &inspected.problems {
        let (bad, plain) = (style::BAD, style::PLAIN);
        anstream::println!(
            "{bad}problem{plain}   {}: {}",
            one_line(&problem.pointer),
            one_line(&problem.message)
        );
    }
    match &report.refused {
        None => anstream::println!("verdict   {}admissible{}", style::GOOD, style::PLAIN),
        Some(why) => {
            anstream::println!(
                "verdict   {}refused{}: {}",
                style::BAD,
                style::PLAIN,
                indented(&printable(why))
            );
        }
    }
    if let Some(grant) = &inspected.grant {
        println!("\nTo grant what it declares, and no more:\n\n{grant}");
    }
}
