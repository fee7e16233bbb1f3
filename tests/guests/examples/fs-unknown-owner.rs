//! An owner that does not exist.
#![no_std]

hostile::attack!("fs-unknown-owner", |sandbox, deployment| {
    let prefix = hostile::text(&deployment.config, "prefix");
    let path = alloc::format!("{prefix}file");
    let attributes =
        lastmile_sdk::Attributes { mode: 0o644, owner: Some("no-such-user".into()), group: None };
    sandbox.write(&path, &hostile::content(), &attributes)?;
});
