//! Writes within the grant, then crashes.
#![no_std]

hostile::attack!("fs-write-then-trap", |sandbox, deployment| {
    let prefix = hostile::text(&deployment.config, "prefix");
    let path = alloc::format!("{prefix}site.pem");
    sandbox.write(&path, &hostile::content(), &hostile::OPEN)?;
    panic!();
});
