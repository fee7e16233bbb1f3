//! A path that is not in its plain form.
#![no_std]

hostile::attack!("fs-dot", |sandbox, deployment| {
    let prefix = hostile::text(&deployment.config, "prefix");
    let path = alloc::format!("{prefix}./file");
    sandbox.write(&path, &hostile::content(), &hostile::OPEN)?;
});
