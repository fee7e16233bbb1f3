//! IPv4 inside IPv6, by NAT64.
#![no_std]

hostile::attack!("net-translated-address", |sandbox, deployment| {
    sandbox.dial("http://[64:ff9b::7f00:1]:80")?;
});
