//! A header whose name holds a colon.
#![no_std]

hostile::attack!("net-smuggle-name", |sandbox, deployment| {
    let mut request = hostile::get("/");
    request.headers.push(("x-a: 1\r\nx-b".into(), alloc::vec![lastmile_sdk::document::text("2")]));
    return hostile::exchange(sandbox, deployment, &request);
});
