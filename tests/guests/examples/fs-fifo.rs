//! A FIFO at the target, which would block an ordinary open for ever.
#![no_std]

hostile::attack!("fs-fifo", |sandbox, deployment| {
    let prefix = hostile::text(&deployment.config, "prefix");
    let path = alloc::format!("{prefix}fifo");
    sandbox.write(&path, &hostile::content(), &hostile::OPEN)?;
});
