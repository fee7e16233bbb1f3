//! A neighbour whose name begins like the granted directory.
#![no_std]

hostile::attack!("fs-sibling-prefix", |sandbox, deployment| {
    let prefix = hostile::text(&deployment.config, "prefix");
    let path = alloc::format!("{}-other/file", prefix.trim_end_matches('/'));
    sandbox.write(&path, &hostile::content(), &hostile::OPEN)?;
});
