//! A secret of another target.
#![no_std]

hostile::attack!("fs-unknown-secret", |sandbox, deployment| {
    let prefix = hostile::text(&deployment.config, "prefix");
    let path = alloc::format!("{prefix}file");
    let part = lastmile_sdk::document::named("other-target", lastmile_sdk::Encoding::Raw);
    let attributes = lastmile_sdk::Attributes { mode: 0o600, owner: None, group: None };
    sandbox.write(&path, &[part], &attributes)?;
});
