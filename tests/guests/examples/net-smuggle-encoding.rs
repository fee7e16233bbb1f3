//! A transfer encoding of its own.
#![no_std]

hostile::attack!("net-smuggle-encoding", |sandbox, deployment| {
    let mut request = hostile::get("/");
    request.headers.push(("Transfer-Encoding".into(), alloc::vec![lastmile_sdk::document::text("chunked")]));
    return hostile::exchange(sandbox, deployment, &request);
});
