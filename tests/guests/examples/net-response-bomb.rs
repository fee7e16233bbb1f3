//! An answer without end.
#![no_std]

hostile::attack!("net-response-bomb", |sandbox, deployment| {
    return hostile::exchange(sandbox, deployment, &hostile::get("/bomb"));
});
