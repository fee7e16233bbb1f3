//! Longer than any path may be.
#![no_std]

hostile::attack!("fs-path-max", |sandbox, deployment| {
    let prefix = hostile::text(&deployment.config, "prefix");
    let path = alloc::format!("{prefix}{}file", "d/".repeat(2100));
    sandbox.write(&path, &hostile::content(), &hostile::OPEN)?;
});
