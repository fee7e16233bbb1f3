//! A header that takes other headers off.
#![no_std]

hostile::attack!("net-smuggle-connection", |sandbox, deployment| {
    let mut request = hostile::get("/");
    request.headers.push(("Connection".into(), alloc::vec![lastmile_sdk::document::text("x-api-key")]));
    return hostile::exchange(sandbox, deployment, &request);
});
