//! Another mount below the granted directory.
#![no_std]

hostile::attack!("fs-other-mount", |sandbox, deployment| {
    let prefix = hostile::text(&deployment.config, "prefix");
    let path = alloc::format!("{prefix}shm/lastmile-was-here");
    sandbox.write(&path, &hostile::content(), &hostile::OPEN)?;
});
