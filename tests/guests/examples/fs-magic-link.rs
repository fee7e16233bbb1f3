//! The process's own root through procfs.
#![no_std]

hostile::attack!("fs-magic-link", |sandbox, deployment| {
    let prefix = hostile::text(&deployment.config, "prefix");
    let path = alloc::format!("{prefix}root/tmp/lastmile-was-here");
    sandbox.write(&path, &hostile::content(), &hostile::OPEN)?;
});
