//! A setuid program.
#![no_std]

hostile::attack!("fs-setuid", |sandbox, deployment| {
    let prefix = hostile::text(&deployment.config, "prefix");
    let path = alloc::format!("{prefix}file");
    let attributes = lastmile_sdk::Attributes { mode: 0o4755, owner: None, group: None };
    sandbox.write(&path, &hostile::content(), &attributes)?;
});
