//! A percent-encoded host.
#![no_std]

hostile::attack!("net-encoded-host", |sandbox, deployment| {
    sandbox.dial("http://%31%32%37.0.0.1:80")?;
});
