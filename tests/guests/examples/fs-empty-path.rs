//! No path at all.
#![no_std]

hostile::attack!("fs-empty-path", |sandbox, deployment| {
    let prefix = hostile::text(&deployment.config, "prefix");
    let path = alloc::string::String::new();
    sandbox.write(&path, &hostile::content(), &hostile::OPEN)?;
});
