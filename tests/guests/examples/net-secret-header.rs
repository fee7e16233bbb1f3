//! A server that repeats the host's credentials.
#![no_std]

hostile::attack!("net-secret-header", |sandbox, deployment| {
    return hostile::exchange(sandbox, deployment, &hostile::get("/echo"));
});
