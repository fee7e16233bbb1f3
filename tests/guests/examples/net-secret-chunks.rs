//! A server that repeats the host's credentials in slices.
#![no_std]

hostile::attack!("net-secret-chunks", |sandbox, deployment| {
    return hostile::exchange(sandbox, deployment, &hostile::get("/echo-slices"));
});
