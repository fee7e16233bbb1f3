//! A program.
#![no_std]

hostile::attack!("fs-executable", |sandbox, deployment| {
    let prefix = hostile::text(&deployment.config, "prefix");
    let path = alloc::format!("{prefix}file");
    let attributes = lastmile_sdk::Attributes { mode: 0o755, owner: None, group: None };
    sandbox.write(&path, &hostile::content(), &attributes)?;
});
