//! A line break in a name.
#![no_std]

hostile::attack!("fs-newline", |sandbox, deployment| {
    let prefix = hostile::text(&deployment.config, "prefix");
    let path = alloc::format!("{prefix}a\nb");
    sandbox.write(&path, &hostile::content(), &hostile::OPEN)?;
});
