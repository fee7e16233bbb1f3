//! The granted host with a dot behind it.
#![no_std]

hostile::attack!("net-trailing-dot", |sandbox, deployment| {
    sandbox.dial("http://localhost.:80")?;
});
