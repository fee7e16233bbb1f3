//! A path that is a whole URL.
#![no_std]

hostile::attack!("net-path-absolute", |sandbox, deployment| {
    return hostile::exchange(sandbox, deployment, &hostile::get("http://evil.test/"));
});
