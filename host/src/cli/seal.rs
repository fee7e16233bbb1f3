//! `lastmile seal`: what `age -a -r RECIPIENT` does, with the host's recipient looked up.

use std::io::Read;
use std::process::ExitCode;

use clap::Args;
use zeroize::Zeroizing;

use crate::cli::load::Context;

/// Options of `lastmile seal`.
#[derive(Args)]
#[command(after_help = "Examples:
  lastmile seal < key.pem
  lastmile seal --recipient age1… < key.pem     # on a machine that is not the host")]
pub(crate) struct Options {
    /// Seal for these age recipients instead of this host.
    #[arg(long = "recipient", short = 'r')]
    recipients: Vec<String>,
}

/// Reads a private key from standard input and prints it sealed.
pub(crate) fn run(context: &Context, options: &Options) -> anyhow::Result<ExitCode> {
    let recipients = if options.recipients.is_empty() {
        let manifest = context.manifest()?;
        vec![context.identity(&manifest)?.recipient()]
    } else {
        options.recipients.clone()
    };
    let mut key = Zeroizing::new(Vec::new());
    std::io::stdin().lock().read_to_end(&mut key)?;
    print!("{}", lastmile::credential::seal(&key, &recipients)?);
    Ok(ExitCode::SUCCESS)
}
