//! A compressed answer, which would grow if it were unpacked.
#![no_std]

hostile::attack!("net-compressed-answer", |sandbox, deployment| {
    return hostile::exchange(sandbox, deployment, &hostile::get("/gzip"));
});
