//! A file where a directory would have to be.
#![no_std]

hostile::attack!("fs-file-as-directory", |sandbox, deployment| {
    let prefix = hostile::text(&deployment.config, "prefix");
    let path = alloc::format!("{prefix}site.pem/file");
    sandbox.write(&path, &hostile::content(), &hostile::OPEN)?;
});
