//! IPv4 inside IPv6, by 6to4.
#![no_std]

hostile::attack!("net-6to4-address", |sandbox, deployment| {
    sandbox.dial("http://[2002:7f00:1::]:80")?;
});
