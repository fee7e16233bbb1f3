//! Headers without end.
#![no_std]

hostile::attack!("net-endless-headers", |sandbox, deployment| {
    return hostile::exchange(sandbox, deployment, &hostile::get("/headers"));
});
