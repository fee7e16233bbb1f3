//! A redirect that keeps the credentials.
#![no_std]

hostile::attack!("net-redirect-home", |sandbox, deployment| {
    return hostile::exchange(sandbox, deployment, &hostile::get("/redirect-home"));
});
