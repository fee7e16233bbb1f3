//! A path that climbs, percent-encoded.
#![no_std]

hostile::attack!("net-path-encoded-dots", |sandbox, deployment| {
    return hostile::exchange(sandbox, deployment, &hostile::get("/api/%2e%2e/admin"));
});
