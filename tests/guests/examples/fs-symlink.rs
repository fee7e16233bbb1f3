//! A symbolic link that leads out.
#![no_std]

hostile::attack!("fs-symlink", |sandbox, deployment| {
    let prefix = hostile::text(&deployment.config, "prefix");
    let path = alloc::format!("{prefix}link");
    sandbox.write(&path, &hostile::content(), &hostile::OPEN)?;
});
