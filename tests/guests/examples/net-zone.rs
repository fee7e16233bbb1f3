//! A link-local address with its zone.
#![no_std]

hostile::attack!("net-zone", |sandbox, deployment| {
    sandbox.dial("http://[fe80::1%25eth0]:80")?;
});
