//! An address in octal.
#![no_std]

hostile::attack!("net-octal-address", |sandbox, deployment| {
    sandbox.dial("http://0177.0.0.1:80")?;
});
