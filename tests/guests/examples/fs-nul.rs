//! A NUL that would end the path early.
#![no_std]

hostile::attack!("fs-nul", |sandbox, deployment| {
    let prefix = hostile::text(&deployment.config, "prefix");
    let path = alloc::format!("{prefix}file\0.pem");
    sandbox.write(&path, &hostile::content(), &hostile::OPEN)?;
});
