//! A file with a slash behind its name.
#![no_std]

hostile::attack!("fs-trailing-slash", |sandbox, deployment| {
    let prefix = hostile::text(&deployment.config, "prefix");
    let path = alloc::format!("{prefix}site.pem/");
    sandbox.write(&path, &hostile::content(), &hostile::OPEN)?;
});
