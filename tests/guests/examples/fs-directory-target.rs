//! A directory at the target.
#![no_std]

hostile::attack!("fs-directory-target", |sandbox, deployment| {
    let prefix = hostile::text(&deployment.config, "prefix");
    let path = alloc::format!("{prefix}directory");
    sandbox.write(&path, &hostile::content(), &hostile::OPEN)?;
});
