//! The private key in a file that everybody may read.
#![no_std]

hostile::attack!("fs-key-readable", |sandbox, deployment| {
    let prefix = hostile::text(&deployment.config, "prefix");
    let path = alloc::format!("{prefix}file");
    let attributes = lastmile_sdk::Attributes { mode: 0o644, owner: None, group: None };
    sandbox.write(&path, &[lastmile_sdk::document::private_key()], &attributes)?;
});
