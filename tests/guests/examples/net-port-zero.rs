//! Port zero.
#![no_std]

hostile::attack!("net-port-zero", |sandbox, deployment| {
    sandbox.dial("http://127.0.0.1:0")?;
});
