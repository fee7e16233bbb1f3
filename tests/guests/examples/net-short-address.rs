//! An address with parts left out.
#![no_std]

hostile::attack!("net-short-address", |sandbox, deployment| {
    sandbox.dial("http://127.1:80")?;
});
