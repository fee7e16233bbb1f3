//! A directory that the host would have to make.
#![no_std]

hostile::attack!("fs-missing-directory", |sandbox, deployment| {
    let prefix = hostile::text(&deployment.config, "prefix");
    let path = alloc::format!("{prefix}new/site.pem");
    sandbox.write(&path, &hostile::content(), &hostile::OPEN)?;
});
