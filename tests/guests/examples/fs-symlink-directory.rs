//! A directory that is a symbolic link.
#![no_std]

hostile::attack!("fs-symlink-directory", |sandbox, deployment| {
    let prefix = hostile::text(&deployment.config, "prefix");
    let path = alloc::format!("{prefix}linked/file");
    sandbox.write(&path, &hostile::content(), &hostile::OPEN)?;
});
