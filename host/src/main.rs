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
    match cli::run(arguments, &mut cli::Arguments::command()) {
        Ok(code) => code,
        Err(error) => {
            anstream::eprintln!("{}error:{} {error:#}", cli::style::BAD, cli::style::PLAIN);
            ExitCode::from(cli::exit::FAILED)
        }
    }
}
