//! Interim answers without end.
#![no_std]

hostile::attack!("net-informational-flood", |sandbox, deployment| {
    return hostile::exchange(sandbox, deployment, &hostile::get("/informational"));
});
