//! A name longer than the file system takes.
#![no_std]

hostile::attack!("fs-long-name", |sandbox, deployment| {
    let prefix = hostile::text(&deployment.config, "prefix");
    let path = alloc::format!("{prefix}{}", "x".repeat(300));
    sandbox.write(&path, &hostile::content(), &hostile::OPEN)?;
});
