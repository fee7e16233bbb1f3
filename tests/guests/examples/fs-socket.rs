//! A socket at the target.
#![no_std]

hostile::attack!("fs-socket", |sandbox, deployment| {
    let prefix = hostile::text(&deployment.config, "prefix");
    let path = alloc::format!("{prefix}socket");
    sandbox.write(&path, &hostile::content(), &hostile::OPEN)?;
});
