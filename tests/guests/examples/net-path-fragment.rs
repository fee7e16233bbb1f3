//! A path with a fragment.
#![no_std]

hostile::attack!("net-path-fragment", |sandbox, deployment| {
    return hostile::exchange(sandbox, deployment, &hostile::get("/a#b"));
});
