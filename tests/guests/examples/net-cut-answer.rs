//! An answer that ends before its length.
#![no_std]

hostile::attack!("net-cut-answer", |sandbox, deployment| {
    return hostile::exchange(sandbox, deployment, &hostile::get("/cut"));
});
