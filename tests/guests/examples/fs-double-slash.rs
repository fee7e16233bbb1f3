//! A path with an empty component.
#![no_std]

hostile::attack!("fs-double-slash", |sandbox, deployment| {
    let prefix = hostile::text(&deployment.config, "prefix");
    let path = alloc::format!("{prefix}/file");
    sandbox.write(&path, &hostile::content(), &hostile::OPEN)?;
});
