//! Climbs out of the granted directory.
#![no_std]

hostile::attack!("fs-parent-escape", |sandbox, deployment| {
    let prefix = hostile::text(&deployment.config, "prefix");
    let path = alloc::format!("{prefix}../../outside/file");
    sandbox.write(&path, &hostile::content(), &hostile::OPEN)?;
});
