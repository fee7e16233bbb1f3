//! The directory instead of a file.
#![no_std]

hostile::attack!("fs-directory-itself", |sandbox, deployment| {
    let prefix = hostile::text(&deployment.config, "prefix");
    let path = alloc::format!("{prefix}");
    sandbox.write(&path, &hostile::content(), &hostile::OPEN)?;
});
