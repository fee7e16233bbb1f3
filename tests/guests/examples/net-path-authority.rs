//! A path that names another host.
#![no_std]

hostile::attack!("net-path-authority", |sandbox, deployment| {
    return hostile::exchange(sandbox, deployment, &hostile::get("//evil.test/"));
});
