//! The `lastmile` command.

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

mod cli;

fn main() -> ExitCode {
    // The compile child is this binary again; it must not parse arguments, read files or open sockets.
    if std::env::args_os().nth(1).is_some_and(|first| first == lastmile::sandbox::COMPILE_CHILD) {
        return lastmile::sandbox::compile_child();
    }
    let arguments = cli::Arguments::parse();
    cli::logging::start(arguments.log_format);
    let json = arguments.json;
    match cli::run(arguments, &mut cli::Arguments::command()) {
        Ok(code) => code,
        Err(error) => {
            if let Some(faults) = error.downcast_ref::<lastmile::manifest::Faults>() {
                return cli::check::print_faults(json, faults);
            }
            let text = cli::text::printable(&format!("{error:#}"));
            anstream::eprintln!("{}error:{} {}", cli::style::BAD, cli::style::PLAIN, text);
            ExitCode::from(cli::exit::FAILED)
        }
    }
}
