//! A part that has a meaning in request headers only.
#![no_std]

hostile::attack!("fs-body-length", |sandbox, deployment| {
    let prefix = hostile::text(&deployment.config, "prefix");
    let path = alloc::format!("{prefix}file");
    sandbox.write(&path, &[lastmile_sdk::Part::BodyLength(1)], &hostile::OPEN)?;
});
