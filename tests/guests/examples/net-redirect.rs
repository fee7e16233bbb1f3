//! A redirect to the metadata service.
#![no_std]

hostile::attack!("net-redirect", |sandbox, deployment| {
    return hostile::exchange(sandbox, deployment, &hostile::get("/redirect"));
});
