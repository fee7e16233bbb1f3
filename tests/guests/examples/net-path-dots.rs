//! A path that climbs.
#![no_std]

hostile::attack!("net-path-dots", |sandbox, deployment| {
    return hostile::exchange(sandbox, deployment, &hostile::get("/api/../admin"));
});
