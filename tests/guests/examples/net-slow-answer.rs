//! An answer of one byte at a time.
#![no_std]

hostile::attack!("net-slow-answer", |sandbox, deployment| {
    return hostile::exchange(sandbox, deployment, &hostile::get("/slow"));
});
