//! The host's own names beside a target.
#![no_std]

hostile::attack!("fs-own-names", |sandbox, deployment| {
    let prefix = hostile::text(&deployment.config, "prefix");
    let path = alloc::format!("{prefix}.lastmile-1-1-0.old");
    sandbox.write(&path, &hostile::content(), &hostile::OPEN)?;
});
