//! More headers than the host's table holds.
#![no_std]

hostile::attack!("net-header-flood", |sandbox, deployment| {
    let headers = (0..30_000).map(|number| (alloc::format!("x{number}"), alloc::vec![])).collect();
    let request = lastmile_sdk::Request { headers, ..hostile::get("/") };
    return hostile::exchange(sandbox, deployment, &request);
});
