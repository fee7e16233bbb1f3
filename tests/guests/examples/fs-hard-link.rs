//! A name within the grant that is another name of a file outside it.
#![no_std]

hostile::attack!("fs-hard-link", |sandbox, deployment| {
    let prefix = hostile::text(&deployment.config, "prefix");
    let path = alloc::format!("{prefix}hard");
    sandbox.write(&path, &hostile::content(), &hostile::OPEN)?;
});
