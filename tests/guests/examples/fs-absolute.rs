//! Names another directory altogether.
#![no_std]

hostile::attack!("fs-absolute", |sandbox, deployment| {
    let prefix = hostile::text(&deployment.config, "prefix");
    let path = alloc::format!("/tmp/lastmile-attack");
    sandbox.write(&path, &hostile::content(), &hostile::OPEN)?;
});
