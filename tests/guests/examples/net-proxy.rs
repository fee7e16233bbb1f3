//! Reaches the server although the environment names a proxy.
#![no_std]

hostile::attack!("net-proxy", |sandbox, deployment| {
    return hostile::exchange(sandbox, deployment, &hostile::get("/"));
});
