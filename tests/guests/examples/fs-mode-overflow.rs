//! Bits that are no permissions.
#![no_std]

hostile::attack!("fs-mode-overflow", |sandbox, deployment| {
    let prefix = hostile::text(&deployment.config, "prefix");
    let path = alloc::format!("{prefix}file");
    let attributes = lastmile_sdk::Attributes { mode: 0o177777, owner: None, group: None };
    sandbox.write(&path, &hostile::content(), &attributes)?;
});
