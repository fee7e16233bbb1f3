//! Writes within the grant, then never ends.
#![no_std]

hostile::attack!("fs-write-then-spin", |sandbox, deployment| {
    let prefix = hostile::text(&deployment.config, "prefix");
    let path = alloc::format!("{prefix}site.pem");
    sandbox.write(&path, &hostile::content(), &hostile::OPEN)?;
    loop {
        core::hint::black_box(0);
    }
});
