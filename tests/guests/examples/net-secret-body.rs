//! A server that repeats the key.
#![no_std]

hostile::attack!("net-secret-body", |sandbox, deployment| {
    let mut request = hostile::get("/echo");
    request.method = "POST".into();
    request.body = alloc::vec![lastmile_sdk::document::private_key()];
    return hostile::exchange(sandbox, deployment, &request);
});
