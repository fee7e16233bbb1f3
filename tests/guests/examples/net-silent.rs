//! A server that never answers.
#![no_std]

hostile::attack!("net-silent", |sandbox, deployment| {
    return hostile::exchange(sandbox, deployment, &hostile::get("/silent"));
});
