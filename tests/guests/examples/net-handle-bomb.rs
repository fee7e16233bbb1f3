//! Connections without end.
#![no_std]

hostile::attack!("net-handle-bomb", |sandbox, deployment| {
    let mut open = alloc::vec::Vec::new();
    loop {
        open.push(sandbox.dial(&hostile::text(&deployment.config, "endpoint"))?);
    }
});
