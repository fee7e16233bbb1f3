//! `lastmile init`: the state directory, the identity, the outbox.

use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::process::ExitCode;

use anyhow::Context as _;
use serde_json::json;

use lastmile::credential::Identity;

use crate::cli::load::{Context, identity_path, outbox_path};

/// Makes what is missing and keeps what is there.
pub(crate) fn run(context: &Context) -> anyhow::Result<ExitCode> {
    let manifest = context.manifest()?;
    let state = &manifest.host.state_dir;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(state)
        .with_context(|| format!("the state directory {}", state.display()))?;
    std::fs::set_permissions(state, std::fs::Permissions::from_mode(0o700))?;
    let path = identity_path(state);
    let identity = if path.exists() {
        Identity::load(&path)?
    } else {
        let fresh = Identity::generate();
        fresh.save(&path).with_context(|| format!("the identity {}", path.display()))?;
        fresh
    };
    context.store(&manifest)?;
    if context.json {
        Context::print_json(&json!({
            "state-dir": state, "recipient": identity.recipient(), "outbox": outbox_path(state),
        }))?;
    } else {
        println!("state directory  {}", state.display());
        println!("outbox           {}", outbox_path(state).display());
        println!("recipient        {}", identity.recipient());
        println!(
            "\nSeal private keys for this host with `lastmile seal`, or `age -a -r {}`.",
            identity.recipient()
        );
    }
    Ok(ExitCode::SUCCESS)
}
