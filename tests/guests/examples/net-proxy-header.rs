//! Credentials for a proxy.
#![no_std]

hostile::attack!("net-proxy-header", |sandbox, deployment| {
    let mut request = hostile::get("/");
    request
        .headers
        .push(("Proxy-Authorization".into(), alloc::vec![lastmile_sdk::document::text("Basic eDp5")]));
    return hostile::exchange(sandbox, deployment, &request);
});
